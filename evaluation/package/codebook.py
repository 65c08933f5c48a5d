"""What every column of every table means: for people as a codebook, for programs as a Frictionless descriptor.

https://datapackage.org (Data Package v2). No Django.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from evaluation.statistics.answer_table import COLUMNS, ORIGINS
from evaluation.statistics.quality import REASONS
from evaluation.statistics.rating_results import RatingResults
from surveys.listener_questions import LISTENER_QUESTIONS

YES_NO = {"enum": [0, 1]}
NOT_BELOW_0 = {"minimum": 0}


@dataclass(frozen=True)
class Field:
    """One column."""

    description: str
    type: str = "string"
    unit: str = ""
    categories: tuple[str, ...] = ()
    constraints: Mapping[str, Any] = field(default_factory=dict)
    question: str = ""

    def values(self) -> str:
        """What may stand in it, in words."""
        if self.categories:
            return ", ".join(self.categories)
        if "enum" in self.constraints:
            return ", ".join(map(str, self.constraints["enum"]))
        low, high = (self.constraints.get(end) for end in ("minimum", "maximum"))
        if low is not None and high is not None:
            return f"{low:g} to {high:g}"
        return f"{low:g} or more" if low is not None else ""


SAID = Field("said by the participant about themselves")
# What our own surveys ask; a table from elsewhere has columns that only its makers can explain.
ABOUT_LISTENERS = {
    asked.key: Field(
        SAID.description, categories=tuple(value for value, _ in asked.answers), question=str(asked.question)
    )
    for asked in LISTENER_QUESTIONS
}


ANSWERS = {
    "participant": Field(COLUMNS["participant"], constraints={"required": True}),
    "clip": Field(COLUMNS["clip"], constraints={"required": True}),
    "source": Field(COLUMNS["source"], constraints={"required": True}),
    "origin": Field(COLUMNS["origin"], categories=ORIGINS),
    "verdict": Field(COLUMNS["verdict"], categories=("human", "ai")),
    "familiar": Field(COLUMNS["familiar"], "integer", constraints=YES_NO),
    "position": Field(COLUMNS["position"], "integer", constraints={"minimum": 1}),
    "order": Field(COLUMNS["order"], categories=("ratings_first", "verdict_first")),
    "seconds_heard": Field(COLUMNS["seconds_heard"], "number", "s", constraints=NOT_BELOW_0),
    "seconds_taken": Field(COLUMNS["seconds_taken"], "number", "s", constraints=NOT_BELOW_0),
    "given": Field(COLUMNS["given"], "date"),
    "confidence": Field("how sure the listener was of the verdict, higher for surer; empty if not asked", "number"),
}
PARTICIPANTS = {
    "participant": ANSWERS["participant"],
    "order": ANSWERS["order"],
    "finished": Field("1: answered all their clips", "integer", constraints=YES_NO),
    "answers": Field("how many clips they answered", "integer", constraints=NOT_BELOW_0),
    "checks": Field("how many attention checks they answered", "integer", constraints=NOT_BELOW_0),
    "checks_failed": Field("how many of them not as asked", "integer", constraints=NOT_BELOW_0),
    "familiar": Field("how many of the clips they knew before", "integer", constraints=NOT_BELOW_0),
    **{name: Field(f"1: {reason}", "integer", constraints=YES_NO) for name, reason in REASONS.items()},
    "flagged": Field("1: any of these was noticed", "integer", constraints=YES_NO),
    "reasons": Field("what was noticed, in words"),
}
CLIPS = {
    "clip": ANSWERS["clip"],
    "number": Field("number of the clip within its source", "integer", constraints={"minimum": 1}),
    "source": ANSWERS["source"],
    "title": Field("the file or piece it came from"),
    "loudness": Field("integrated loudness (BS.1770)", "number", "LUFS"),
    "true_peak": Field("true peak", "number", "dBTP"),
    "midi_sha256": Field("SHA-256 of its MIDI file"),
    "content_sha256": Field("SHA-256 of the file it was made from"),
    "seconds": Field("length of the audio", "number", "s", constraints=NOT_BELOW_0),
}
SOURCES = {
    "source": ANSWERS["source"],
    "origin": ANSWERS["origin"],
    "key": Field("short name, part of the names of its figures"),
}


def fields_of(results: RatingResults) -> dict[str, dict[str, Field]]:
    """For each table the fields that its columns may have; a column that is not in it came with the file."""
    aspects = {
        aspect.key: Field(
            f"rating of {aspect.label.lower()}{f' ({aspect.low} to {aspect.high})' if aspect.low else ''}",
            "integer" if aspect.points else "number",
            "points",
            constraints={"minimum": aspect.lowest, "maximum": aspect.highest},
            question=aspect.question,
        )
        for aspect in results.table.aspects
    }
    verdict = Field(COLUMNS["verdict"], categories=("human", "ai"), question=results.table.verdict_question)
    answers = ANSWERS | aspects | {"verdict": verdict}
    scale = {
        "minimum": min((aspect.lowest for aspect in results.table.aspects), default=1),
        "maximum": max((aspect.highest for aspect in results.table.aspects), default=5),
    }
    long = {
        "aspect": Field("what is rated", categories=tuple(aspects)),
        "rating": Field("the rating", "number", "points", constraints=scale),
    }
    background = {name: ABOUT_LISTENERS.get(name, SAID) for name in results.table.background}
    words = results.table.measure_words
    measured = {
        name: Field(f"{title.lower()}, measured on the notes", "number", unit) for name, (title, unit) in words.items()
    }
    return {
        "answers": answers | background,
        "ratings_long": answers | background | long,
        "repeats": answers,
        "participants": PARTICIPANTS | background,
        "clips": CLIPS,
        "measures": {"clip": ANSWERS["clip"]} | measured,
        "sources": SOURCES,
    }


def codebook(results: RatingResults, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for each column of each table."""
    return codebook_rows(fields_of(results), tables)


def codebook_rows(known: Mapping[str, Mapping[str, Field]], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for table, content in tables.items():
        for name in content.columns:
            here = known[table].get(name, Field("as it was in the file"))
            rows.append(
                {
                    "table": f"{table}.csv",
                    "column": name,
                    "meaning": here.description,
                    "type": here.type,
                    "values": here.values(),
                    "unit": here.unit,
                    "missing": "NA",
                    "question": here.question,
                }
            )
    return pd.DataFrame(rows)


def descriptor(results: RatingResults, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The data package's descriptor, for the tables among `files` (names to bytes)."""
    return data_package(results.table.title, results.table.rehearsal, fields_of(results), files)


def data_package(
    title: str, rehearsal: bool, known: Mapping[str, Mapping[str, Field]], files: Mapping[str, bytes]
) -> dict[str, Any]:
    resources = [_resource(table, files[f"{table}.csv"], known[table]) for table in known if f"{table}.csv" in files]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "listening-survey" + ("-rehearsal" if rehearsal else ""),
        "title": title,
        "description": "A rehearsal: robots answered, no people." if rehearsal else "A listening survey.",
        "resources": resources,
    }


KEYS = {
    "answers": ["participant", "clip"],
    "ratings_long": ["participant", "clip", "aspect"],
    "repeats": [],
    "pairs": ["participant", "position"],
    "participants": ["participant"],
    "clips": ["clip"],
    "measures": ["clip"],
    "sources": ["source"],
}
POINTS_TO = {"participant": "participants", "clip": "clips", "source": "sources"}


def _resource(table: str, content: bytes, known: Mapping[str, Field]) -> dict[str, Any]:
    names = pd.read_csv(io.BytesIO(content), nrows=0).columns
    schema = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(name, known.get(name, Field("as it was in the file"))) for name in names],
        "missingValues": ["NA", ""],
        **({"primaryKey": KEYS[table]} if KEYS[table] else {}),
    }
    points = [
        {"fields": [name], "reference": {"resource": other, "fields": [name]}}
        for name, other in POINTS_TO.items()
        if name in names and other != table
    ]
    if points:
        schema["foreignKeys"] = points
    return {
        "name": table.replace("_", "-"),
        "type": "table",
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _field(name: str, known: Field) -> dict[str, Any]:
    description: dict[str, Any] = {"name": name, "type": known.type, "description": known.description}
    if known.question:
        description["title"] = known.question
    if known.categories:
        description["categories"] = list(known.categories)
    if known.constraints:
        description["constraints"] = dict(known.constraints)
    return description
