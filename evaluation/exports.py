"""Results as files: tidy tables, every number unrounded, the charts, and a page that explains them.

A dictionary of names and bytes is made first; only when it is whole is anything written.
"""

import io
import json
import math
import os
import platform
import shutil
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from evaluation import drawing
from evaluation.charts import Chart, charts_of, source_keys
from evaluation.charts.theme import REHEARSAL
from evaluation.codebook import codebook, descriptor
from evaluation.results import Results
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.collected import COLUMNS
from evaluation.statistics.results import results as conclusions
from evaluation.tables import printed_tables

# Every entry of a zip bears this date: the same results give the same bytes.
SOME_DAY = (1980, 1, 1, 0, 0, 0)


class ExportError(Exception):
    """Why nothing was written, with the remedy."""


def files_of(results: Results, *, pictures: bool = True, analysis: Analysis | None = None) -> dict[str, bytes]:
    """All files of an export by their names; where no picture can be drawn, README.txt says why."""
    charts = charts_of(results, analysis)
    tables = tables_of(results)
    files = {f"{name}.csv": csv(table) for name, table in tables.items()}
    files["datapackage.json"] = as_text(descriptor(results, files))
    files["codebook.csv"] = csv(codebook(results, tables))
    files |= {f"figures/{chart.key}.csv": chart.csv().encode() for chart in charts}
    for table in printed_tables(results, analysis):
        files[f"tables/{table.key}.tex"] = table.latex().encode()
        files[f"tables/{table.key}.md"] = table.markdown().encode()
    missing = "They were left out." if not pictures else ""
    if pictures:
        try:
            files |= {f"figures/{name}": content for name, content in drawing.draw(charts).items()}
        except drawing.DrawingError as error:
            missing = f"The figures could not be drawn: {error} Their numbers are in figures/*.csv."
    files["results.json"] = as_json(results, analysis)
    files["README.txt"] = readme(results, charts, missing, analysis).encode()
    return dict(sorted(files.items()))


def tables_of(results: Results) -> dict[str, pd.DataFrame]:
    """The tidy tables: who said what, and what was heard."""
    collected = results.collected
    answers, keys = collected.answers, collected.keys
    names = [name for name in answers.columns if name not in keys]
    flags = results.flags.drop(columns=["answers"])
    return {
        "answers": answers,
        "ratings_long": answers.melt(
            id_vars=[name for name in names if name in COLUMNS], value_vars=keys, var_name="aspect", value_name="rating"
        ).dropna(subset="rating"),
        "participants": collected.participants.merge(
            flags.astype({"participant": str}), on="participant", how="left", validate="one_to_one"
        ),
        "clips": collected.clips,
        "sources": collected.sources.assign(key=list(source_keys(collected.sources["source"]).values())),
    }


def csv(table: pd.DataFrame) -> bytes:
    """UTF-8, commas, LF, NA for what is missing, 1 and 0 for yes and no, whole numbers without a point."""
    plain = table.copy()
    for name in plain:
        column = plain[name]
        if column.dtype == bool:
            plain[name] = column.astype(int)
        elif column.dtype.kind == "f" and (column.dropna() % 1 == 0).all():
            plain[name] = column.astype("Int64")
    return plain.to_csv(index=False, na_rep="NA", lineterminator="\n").encode()


def as_json(results: Results, analysis: Analysis | None = None) -> bytes:
    return as_text(records_of(results, analysis))


def records_of(results: Results, analysis: Analysis | None = None) -> dict:
    """Every number unrounded, with what is needed to have it again; each fit under its formula in R's notation."""
    collected = results.collected
    versions = {name: version(name) for name in ("numpy", "pandas", "scipy")}
    concluded = conclusions(analysis) if analysis else {}
    return {
        "title": collected.title,
        "rehearsal": collected.rehearsal,
        **({"note": REHEARSAL} if collected.rehearsal else {}),
        "fingerprint": collected.fingerprint(),
        "seed": results.seed,
        "replicates": results.replicates,
        "left_out": results.left_out,
        "software": versions | {"python": platform.python_version()},
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


def readme(results: Results, charts: list[Chart], missing: str, analysis: Analysis | None) -> str:
    collected = results.collected
    people = collected.answers["participant"].nunique()
    again = f"manage.py analyse answers.csv --out DIR --aspects {','.join(collected.keys)}"
    if collected.aspects:
        again += f" --scale {collected.aspects[0].lowest:g}-{collected.aspects[0].highest:g}"
    lines = [
        collected.title,
        *([f"{REHEARSAL.upper()}. NOT DATA."] if collected.rehearsal else []),
        "",
        f"{len(collected):,} answers of {people:,} listeners to {collected.answers['clip'].nunique():,} clips of "
        f"{collected.answers['source'].nunique()} models.",
        *([f"{results.left_out} flagged listeners were left out."] if results.left_out else []),
        "",
        "answers.csv        one row for each participant and clip",
        "ratings_long.csv   one row for each participant, clip and aspect",
        "participants.csv   one row for each participant, with what was noticed about how they answered (1: yes)",
        "clips.csv          one row for each clip",
        "sources.csv        one row for each source (pages call it model), with the key that names its figures",
        "codebook.csv       what each column of these tables means",
        "datapackage.json   the same for programs (Frictionless Data Package v2), with checksums",
        "results.json       every number unrounded, the seed, the versions" + (", each fit" if analysis else ""),
        "tables/            tables for a paper, as LaTeX (booktabs) and Markdown",
        "figures/           each chart as SVG, PNG and PDF, and its numbers as CSV",
        *([missing] if missing else []),
        "",
        "Tables are UTF-8 with commas; NA is a missing value. Pseudonyms of participants hold within this export only.",
        "Intervals in the charts are 95 %, from a two-way bootstrap of listeners and clips within their source.",
        f"The same numbers again: {again}{' --rehearsal' if collected.rehearsal else ''}",
        "",
        "Figures",
        *(f"  {chart.key:<48} {chart.title}" for chart in charts),
        *(["", "Beware", *(f"  {caution}" for caution in results.cautions)] if results.cautions else []),
    ]
    return "\n".join(lines) + "\n"


def as_zip(files: dict[str, bytes], folder: str) -> bytes:
    """All files in one zip, under one folder; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", SOME_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def check_target(out: Path) -> None:
    """Say at once if `out` cannot be written, before minutes of work."""
    if out.suffix == ".zip":
        if out.exists():
            raise ExportError(f"{out} is there already; name another file or remove it first.")
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{out} is there already and not an empty folder; name another or remove it first.")
    parent = next(parent for parent in out.absolute().parents if parent.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise ExportError(f"{out} cannot be written: {parent} is not a folder in which this user may write.")


def write(files: dict[str, bytes], out: Path) -> None:
    """Write all files into a folder, or one zip if `out` ends in .zip: whole, or not at all."""
    check_target(out)
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Beside its final place: moving within one disk is one step that cannot be half done.
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as room:
            whole = Path(room) / "whole"
            if out.suffix == ".zip":
                whole.write_bytes(as_zip(files, out.stem))
            else:
                for name, content in files.items():
                    (whole / name).parent.mkdir(parents=True, exist_ok=True)
                    (whole / name).write_bytes(content)
            if out.is_dir():
                out.rmdir()
            shutil.move(whole, out)
    except OSError as error:
        raise ExportError(f"{out} could not be written: {error.strerror or error}.") from error
