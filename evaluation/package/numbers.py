"""Every number unrounded, as `results.json`, and the schema that says what stands in it."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from evaluation.charts.theme import REHEARSAL
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.analysis_record import SCHEMA as FORM
from evaluation.statistics.analysis_record import analysis_record
from evaluation.statistics.quality import Rules
from evaluation.statistics.rating_results import RatingResults

SCHEMA = Path(__file__).parent / "results.schema.json"


def software() -> dict[str, str]:
    """What the numbers were worked out with."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("numpy", "scipy", "pandas")}


def rating_record(results: RatingResults, analysis: Analysis | None = None) -> dict:
    """Every number unrounded, with what is needed to have it again; each fit under its formula in R's notation."""
    answer_table = results.table
    concluded = analysis_record(analysis) if analysis else {}
    heard = answer_table.answers
    return {
        "schema": FORM,
        "title": answer_table.title,
        "rehearsal": answer_table.rehearsal,
        **({"note": REHEARSAL} if answer_table.rehearsal else {}),
        "fingerprint": answer_table.fingerprint(),
        "seed": results.seed,
        "replicates": results.replicates,
        "left_out": results.left_out,
        "rules": vars(Rules(**answer_table.rules)),
        "software": software(),
        "answers": len(heard),
        "participants": int(heard["participant"].nunique()),
        "clips": int(heard["clip"].nunique()),
        "verdict_question": answer_table.verdict_question,
        "scales": [vars(aspect) for aspect in answer_table.aspects],
        "sources": table_records(answer_table.sources),
        "description": {name: table_records(table) for name, table in results.tables.items()},
        "cautions": results.cautions,
        **concluded,
    }


def json_bytes(content: dict) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def table_records(table: pd.DataFrame) -> list[dict]:
    """A table as JSON: a missing value is null."""
    rows = table.astype(object).to_dict("records")
    return [{name: None if _is_missing(value) else _plain(value) for name, value in row.items()} for row in rows]


def _is_missing(value) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value):
    return value.item() if hasattr(value, "item") else value
