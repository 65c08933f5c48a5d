"""CITATION.cff: how the study is cited (https://citation-file-format.github.io, 1.2.0)."""

import json
import uuid
from collections.abc import Sequence

from evaluation.charts.theme import REHEARSAL
from evaluation.statistics.rating_results import RatingResults

NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, for addresses


def citation_cff(results: RatingResults, authors: Sequence[str] = ()) -> str:
    """Of the data set that the package is; dated by its last answer, identified by the answers' fingerprint."""
    answer_table = results.table
    fingerprint = answer_table.fingerprint()
    title = answer_table.title + (f" ({REHEARSAL})" if answer_table.rehearsal else "")
    lines = [
        "cff-version: 1.2.0",
        f"message: {yaml_string('If you use these data, please cite them as below.')}",
        "type: dataset",
        f"title: {yaml_string(title)}",
        "authors:",
        *(f"  - name: {yaml_string(name)}" for name in (authors or ["Fill in: who did this study"])),
        f"version: {yaml_string(fingerprint[:12])}",
        "identifiers:",
        "  - type: other",
        f"    value: {yaml_string(f'urn:uuid:{uuid.uuid5(NAMESPACE, fingerprint)}')}",
        f"    description: {yaml_string(f'SHA-256 of the answers: {fingerprint}')}",
        *([f"date-released: {day}"] if (day := last_day(results)) else []),
        "keywords:",
        *(f"  - {yaml_string(word)}" for word in ("listening test", "generated music", "ratings")),
        f"abstract: {yaml_string(_abstract(results))}",
    ]
    return "\n".join(lines) + "\n"


def last_day(results: RatingResults) -> str:
    """The day of the last answer, as 2026-03-01; nothing where days are not known."""
    answers = results.table.answers
    return str(answers["given"].astype(str).max())[:10] if "given" in answers and len(answers) else ""


def _abstract(results: RatingResults) -> str:
    answers = results.table.answers
    return (
        f"{len(answers):,} answers of {answers['participant'].nunique():,} listeners to "
        f"{answers['clip'].nunique():,} clips of {answers['source'].nunique()} models, rated blind."
    )


def yaml_string(text: str) -> str:
    """As YAML reads it without surprises: JSON's strings are YAML's."""
    return json.dumps(text, ensure_ascii=False)
