"""The package of a preference survey: its choices, what they mean, the strengths, the charts."""

from collections.abc import Collection, Sequence

import pandas as pd

from evaluation.charts.chart import Chart
from evaluation.charts.gallery import source_keys
from evaluation.charts.theme import REHEARSAL
from evaluation.package.codebook import (
    ABOUT_LISTENERS,
    ANSWERS,
    CLIPS,
    NOT_BELOW_0,
    PARTICIPANTS,
    SOURCES,
    YES_NO,
    Field,
    codebook_rows,
    data_package,
)
from evaluation.package.figures import Progress, figure_files
from evaluation.package.numbers import json_bytes, software, table_records
from evaluation.package.supplement import NO_SUPPLEMENT, Supplement
from evaluation.package.tidy import csv
from evaluation.statistics.analysis_record import plain
from evaluation.statistics.pair_results import COLUMNS, REASONS, PairResults
from evaluation.statistics.quality import REASONS as RATING_REASONS

FILES = {
    "pairs.csv": "one row for each participant and pair: who chose what",
    "repeats.csv": "pairs that came again, A and B exchanged",
    "participants.csv": "one row for each participant, with what was noticed about how they answered (1: yes)",
    "clips.csv": "one row for each clip",
    "sources.csv": "one row for each source (pages call it model)",
    "codebook.csv": "what each column of these tables means",
    "datapackage.json": "the same for programs (Frictionless Data Package v2), with checksums",
    "results.json": "every number unrounded: wins, strengths, intervals",
    "preregistration.md": "what was planned: design, exclusion rules, models",
    "figures/": "each chart as SVG, PNG and PDF, and its numbers as CSV",
}


def pair_files(
    results: PairResults,
    charts: Sequence[Chart],
    *,
    supplement: Supplement = NO_SUPPLEMENT,
    pictures: bool = True,
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """All files by their names; where no picture can be drawn, README.txt says why."""
    tables, known = pair_tables(results), fields_of(results)
    files = {f"{name}.csv": csv(table) for name, table in tables.items()}
    files["datapackage.json"] = json_bytes(data_package(results.table.title, results.table.rehearsal, known, files))
    files["codebook.csv"] = csv(codebook_rows(known, tables))
    files["results.json"] = json_bytes(pair_record(results))
    if supplement.preregistration:
        files["preregistration.md"] = supplement.preregistration.encode()
    figures, missing = figure_files(charts, pictures=pictures, progress=progress)
    files |= figures
    files["README.txt"] = _readme(results, files, missing).encode()
    return dict(sorted(files.items()))


def pair_tables(results: PairResults) -> dict[str, pd.DataFrame]:
    pairs = results.table
    flags = results.flags.drop(columns=["answers"]).astype({"participant": str})
    return {
        "pairs": pairs.answers,
        **({"repeats": pairs.repeats} if len(pairs.repeats) else {}),
        "participants": pairs.participants.merge(flags, on="participant", how="left", validate="one_to_one"),
        "clips": pairs.clips,
        "sources": pairs.sources.assign(key=list(source_keys(pairs.sources["source"]).values())),
    }


def fields_of(results: PairResults) -> dict[str, dict[str, Field]]:
    origins = ANSWERS["origin"].categories
    kinds = {
        "familiar": ("integer", "", YES_NO),
        "position": ("integer", "", {"minimum": 1}),
        "given": ("date", "", {}),
        **{name: ("number", "s", NOT_BELOW_0) for name in COLUMNS if name.startswith("seconds")},
    }
    pairs = {}
    for name, meaning in COLUMNS.items():
        kind, unit, limits = kinds.get(name, ("string", "", {}))
        pairs[name] = Field(meaning, kind, unit, origins if name.startswith("origin") else (), limits)
    for aspect in results.table.aspects:
        pairs[aspect.key] = Field(f"which was chosen: {aspect.label.lower()}", categories=("a", "b", "tie"))
    people = {name: field for name, field in PARTICIPANTS.items() if name not in RATING_REASONS}
    people |= {name: Field(f"1: {reason}", "integer", constraints=YES_NO) for name, reason in REASONS.items()}
    people |= {name: field for name, field in ABOUT_LISTENERS.items() if name in results.table.participants}
    return {"pairs": pairs, "repeats": pairs, "participants": people, "clips": CLIPS, "sources": SOURCES}


def pair_record(results: PairResults) -> dict:
    """Every number unrounded."""
    pairs = results.table
    tables = {name: getattr(results, name) for name in ("wins", "sides", "repeated", "flags", "flow")}
    return {
        "title": pairs.title,
        "rehearsal": pairs.rehearsal,
        **({"note": REHEARSAL} if pairs.rehearsal else {}),
        "software": software(),
        "answers": len(pairs),
        "participants": int(pairs.answers["participant"].nunique()),
        "left_out": results.left_out,
        "questions": [{"key": aspect.key, "question": aspect.question} for aspect in pairs.aspects],
        "rules": dict(pairs.rules),
        "sources": table_records(pairs.sources),
        "description": {name: table_records(table) for name, table in tables.items()},
        "preferences": {key: plain(fit) for key, fit in results.fits.items()},
        "cautions": results.cautions,
    }


def _readme(results: PairResults, files: Collection[str], missing: str) -> str:
    pairs = results.table
    people = pairs.answers["participant"].nunique()
    folders = {name.split("/")[0] + "/" for name in files if "/" in name}
    lines = [
        pairs.title,
        *([f"{REHEARSAL.upper()}. NOT DATA."] if pairs.rehearsal else []),
        "",
        f"{len(pairs):,} choices between two clips by {people:,} listeners.",
        *([f"{results.left_out} flagged listeners were left out."] if results.left_out else []),
        "",
        "Files",
        *(f"  {name:<21}{text}" for name, text in FILES.items() if name in files or name in folders),
        *([f"  {missing}"] if missing else []),
        "",
        "Tables are UTF-8 with commas; NA is a missing value. Pseudonyms of participants hold in this package only.",
        "Strengths are those of Bradley and Terry (1952) with Davidson's (1970) ties; intervals are 95 %, from leaving",
        "out each listener and each clip in turn.",
        *(["", "Beware", *(f"  {caution}" for caution in results.cautions)] if results.cautions else []),
    ]
    return "\n".join(lines) + "\n"
