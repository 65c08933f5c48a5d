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
from evaluation.results import Results
from evaluation.statistics.collected import COLUMNS

# Every entry of a zip bears this date: the same results give the same bytes.
SOME_DAY = (1980, 1, 1, 0, 0, 0)


class ExportError(Exception):
    """Why nothing was written, with the remedy."""


def files_of(results: Results, *, pictures: bool = True) -> dict[str, bytes]:
    """All files of an export by their names; where no picture can be drawn, README.txt says why."""
    charts = charts_of(results)
    files = {f"{name}.csv": csv(table) for name, table in tables_of(results).items()}
    files |= {f"figures/{chart.key}.csv": chart.csv().encode() for chart in charts}
    missing = "" if pictures else "They were left out."
    if pictures:
        try:
            files |= {f"figures/{name}": content for name, content in drawing.draw(charts).items()}
        except drawing.DrawingError as error:
            missing = f"The figures could not be drawn: {error} Their numbers are in figures/*.csv."
    files["results.json"] = as_json(results)
    files["README.txt"] = readme(results, charts, missing).encode()
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


def as_json(results: Results) -> bytes:
    """Every number unrounded, with what is needed to have it again."""
    collected = results.collected
    content = {
        "title": collected.title,
        "rehearsal": collected.rehearsal,
        **({"note": REHEARSAL} if collected.rehearsal else {}),
        "fingerprint": collected.fingerprint(),
        "seed": results.seed,
        "replicates": results.replicates,
        "aspects": [vars(aspect) for aspect in collected.aspects],
        "verdict_question": collected.verdict_question,
        "sources": records(collected.sources),
        **{name: records(table) for name, table in results.tables.items()},
        "cautions": results.cautions,
        "versions": {name: version(name) for name in ("numpy", "pandas", "scipy", "plotly")}
        | {"python": platform.python_version()},
    }
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def records(table: pd.DataFrame) -> list[dict]:
    """A table as JSON: a missing value is null."""
    rows = table.astype(object).to_dict("records")
    return [{name: None if _is_missing(value) else _plain(value) for name, value in row.items()} for row in rows]


def _is_missing(value) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _plain(value):
    return value.item() if hasattr(value, "item") else value


def readme(results: Results, charts: list[Chart], missing: str) -> str:
    collected = results.collected
    people = collected.answers["participant"].nunique()
    lines = [
        f"{collected.title}",
        *([f"{REHEARSAL.upper()}. NOT DATA."] if collected.rehearsal else []),
        "",
        f"{len(collected):,} answers of {people:,} listeners to {collected.answers['clip'].nunique():,} clips of "
        f"{collected.answers['source'].nunique()} models.",
        "",
        "answers.csv        one row for each participant and clip; what each column means is below",
        "ratings_long.csv   one row for each participant, clip and aspect",
        "participants.csv   one row for each participant, with what was noticed about how they answered (1: yes)",
        "clips.csv          one row for each clip",
        "sources.csv        one row for each source (pages call it model), with the key that names its figures",
        "results.json       every number unrounded, the seed, the versions",
        "figures/           each chart as SVG, PNG and PDF, and its numbers as CSV",
        *([missing] if missing else []),
        "",
        "Tables are UTF-8 with commas; NA is a missing value. Pseudonyms of participants hold within this export only.",
        "Intervals are 95 %, from a two-way bootstrap of listeners and clips within their source.",
        f"The same numbers again: manage.py analyse answers.csv --out DIR --aspects {','.join(collected.keys)} "
        f"--scale {collected.aspects[0].lowest:g}-{collected.aspects[0].highest:g}"
        + (" --rehearsal" if collected.rehearsal else ""),
        "",
        "Columns of answers.csv",
        *(f"  {name:<18} {meaning}" for name, meaning in meanings(results).items()),
        "",
        "Figures",
        *(f"  {chart.key:<40} {chart.title}" for chart in charts),
        *(["", "Beware", *(f"  {caution}" for caution in results.cautions)] if results.cautions else []),
    ]
    return "\n".join(lines) + "\n"


def meanings(results: Results) -> dict[str, str]:
    """What each column of answers.csv means."""
    aspects = {aspect.key: aspect for aspect in results.collected.aspects}
    words = {}
    for name in results.collected.answers.columns:
        if name in aspects:
            aspect = aspects[name]
            ends = f" ({aspect.low} to {aspect.high})" if aspect.low else ""
            words[name] = (
                f"rating from {aspect.lowest:g} to {aspect.highest:g}{ends}: {aspect.question or aspect.label}"
            )
        else:
            words[name] = COLUMNS.get(name, "as it was in the file")
    return words


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
