"""Every number unrounded, as `results.json`, and the schema that says what stands in it."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from evaluation.charts.theme import REHEARSAL
from evaluation.results import Results
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.quality import Rules
from evaluation.statistics.results import SCHEMA as FORM
from evaluation.statistics.results import results as conclusions

SCHEMA = Path(__file__).parent / "results.schema.json"


def software() -> dict[str, str]:
    """What the numbers were worked out with."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("numpy", "scipy", "pandas")}


def records_of(results: Results, analysis: Analysis | None = None) -> dict:
    """Every number unrounded, with what is needed to have it again; each fit under its formula in R's notation."""
    collected = results.collected
    concluded = conclusions(analysis) if analysis else {}
    heard = collected.answers
    return {
        "schema": FORM,
        "title": collected.title,
        "rehearsal": collected.rehearsal,
        **({"note": REHEARSAL} if collected.rehearsal else {}),
        "fingerprint": collected.fingerprint(),
        "seed": results.seed,
        "replicates": results.replicates,
        "left_out": results.left_out,
        "rules": vars(Rules(**collected.rules)),
        "software": software(),
        "answers": len(heard),
        "participants": int(heard["participant"].nunique()),
        "clips": int(heard["clip"].nunique()),
        "verdict_question": collected.verdict_question,
        "scales": [vars(aspect) for aspect in collected.aspects],
        "sources": records(collected.sources),
        "description": {name: records(table) for name, table in results.tables.items()},
        "cautions": results.cautions,
        **concluded,
    }


def as_text(content: dict) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def records(table: pd.DataFrame) -> list[dict]:
    """A table as JSON: a missing value is null."""
    rows = table.astype(object).to_dict("records")
    return [{name: None if _is_missing(value) else _plain(value) for name, value in row.items()} for row in rows]


def _is_missing(value) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value):
    return value.item() if hasattr(value, "item") else value
