"""Ratings collected elsewhere: a tidy CSV, checked line by line, becomes the same table as a survey's answers.

Every complaint names the row (as a spreadsheet counts, the header is row 1), the column, the value and what would have
been right.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.statistics.answer_table import NEEDED, ORIGINS, AnswerTable, Aspect, natural_order, sort_sources
from studies.errors import EarwitnessError

EMPTY = ("", "NA", "NaN", "nan", "null", "None", "na", "N/A")
NUMBERS = ("position", "seconds_heard", "seconds_taken", "familiar", "confidence")
NO_BACKGROUND = ("order", "given")  # say when and how something was asked, not who answered


class RatingsError(EarwitnessError):
    """What is wrong with the file, and where, in one sentence."""


def read_ratings(
    path: Path, aspects: Sequence[str], *, scale: tuple[float, float] = (1, 5), rehearsal: bool = False, title: str = ""
) -> AnswerTable:
    """The ratings in a CSV: one row for each participant and clip.

    Parameters
    ----------
    path : UTF-8, comma-separated; columns ``participant``, ``clip``, ``source``, ``origin`` (human, ai or anchor),
        ``verdict`` (human, ai or empty; the column may be missing), one for each aspect (a number or empty), and
        optionally ``position``, ``seconds_heard``, ``seconds_taken``, ``familiar``, ``confidence``; others are kept as
        they are, and count as the listener's background where they are the same in all rows of each listener
    aspects : names of the columns that hold ratings
    scale : lowest and highest rating
    """
    table = _read(path)
    _check_columns(table, aspects, path)
    if table.empty:
        raise RatingsError(f"{path.name} has a header but no rows.")
    table = table.assign(**{name: table[name].str.strip() for name in table.columns})
    _check_words(table)
    _check_pairs(table)
    table = table.assign(**{name: _ratings(table, name, scale) for name in aspects})
    table = table.assign(**{name: _numbers(table, name) for name in NUMBERS if name in table})
    if table[list(aspects)].isna().all(axis=None) and table["verdict"].isin(EMPTY).all():
        raise RatingsError(f"{path.name} holds neither a rating ({', '.join(aspects)}) nor a verdict.")
    return _collected(table, aspects, scale, rehearsal, title or path.stem)


def read_scale(text: str) -> tuple[float, float]:
    """ "1-5" as (1, 5)."""
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError:
        raise RatingsError(f'The scale "{text}" is not two numbers with a hyphen between, as 1-5 or 0-100.') from None
    if low >= high:
        raise RatingsError(f'The scale "{text}" must begin with its lowest point, as 1-5.')
    return low, high


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise RatingsError(
            f"There is no file {path}." if not path.exists() else f"{path} is a folder; a CSV file is needed."
        )
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except UnicodeDecodeError:
        raise RatingsError(f"{path.name} is no text in UTF-8; save it as “CSV UTF-8”.") from None
    except pd.errors.EmptyDataError:
        raise RatingsError(f"{path.name} is empty.") from None
    except pd.errors.ParserError as error:
        raise RatingsError(f"{path.name} cannot be read as a table: {_tokenizer_words(error)}.") from None
    blank = (table == "").all(axis=1)  # lines of nothing, often the last ones
    return table[~blank]


def _tokenizer_words(error: Exception) -> str:
    """ "Error tokenizing data. C error: Expected 5 fields in line 3, saw 6" without its first half."""
    return str(error).split("C error:")[-1].strip().rstrip(".") or "its rows differ in length"


def _check_columns(table: pd.DataFrame, aspects: Sequence[str], path: Path) -> None:
    if not aspects:
        raise RatingsError("Name at least one aspect, as --aspects enjoyment,complexity.")
    columns = list(table.columns)
    if len(columns) == 1 and ";" in columns[0]:
        raise RatingsError(f"{path.name} has semicolons between its columns; save it with commas.")
    for name in [*NEEDED, *aspects]:
        if name == "verdict" and name not in columns:
            table["verdict"] = ""
        elif name not in columns:
            near = difflib.get_close_matches(name, columns, 1, 0.6)
            meant = f' Is it the column "{near[0]}"?' if near else ""
            raise RatingsError(f'{path.name} has no column "{name}"; its columns are {", ".join(columns)}.{meant}')
        if name in aspects and name in (*NEEDED, *NUMBERS):
            raise RatingsError(f'"{name}" has a meaning of its own and cannot be an aspect.')
    if len(set(aspects)) < len(aspects):
        raise RatingsError("An aspect is named twice.")


def _check_words(table: pd.DataFrame) -> None:
    for name in ("participant", "clip", "source"):
        _refuse(table, name, table[name].isin(EMPTY), "is empty")
    _refuse(table, "origin", ~table["origin"].isin(ORIGINS), "must be human, ai or anchor")
    _refuse(table, "verdict", ~table["verdict"].isin(["human", "ai", *EMPTY]), "must be human, ai or empty")


def _check_pairs(table: pd.DataFrame) -> None:
    """A clip has one source, a source one origin, and nobody rates a clip twice."""
    for inner, outer in (("clip", "source"), ("source", "origin")):
        firsts = table.groupby(inner)[outer].transform("first")
        wrong = table[outer] != firsts
        if wrong.any():
            row = table.index[wrong][0]
            name, here, before = table.at[row, inner], table.at[row, outer], firsts[row]
            raise RatingsError(
                f'Row {row + 2}: the {inner} "{name}" has the {outer} "{here}" here and "{before}" in an earlier row; '
                f"each {inner} has one {outer}."
            )
    twice = table.duplicated(["participant", "clip"])
    if twice.any():
        row = table.index[twice][0]
        who, what = table.at[row, "participant"], table.at[row, "clip"]
        first = table.index[(table["participant"] == who) & (table["clip"] == what)][0]
        raise RatingsError(
            f'Row {row + 2}: participant "{who}" has an answer to clip "{what}" already in row {first + 2}; '
            "there must be one row for each participant and clip."
        )


def _ratings(table: pd.DataFrame, name: str, scale: tuple[float, float]) -> pd.Series:
    values = _numbers(table, name)
    low, high = scale
    _refuse(table, name, (values < low) | (values > high), f"is outside {low:g} to {high:g} (see --scale)")
    return values


def _numbers(table: pd.DataFrame, name: str) -> pd.Series:
    filled = table[name].mask(table[name].isin(EMPTY))
    values = pd.to_numeric(filled, errors="coerce").astype(float)
    _refuse(table, name, (filled.notna() & values.isna()) | np.isinf(values), "is not a number")
    return values


def _refuse(table: pd.DataFrame, name: str, wrong: pd.Series, why: str) -> None:
    """Say what is wrong with the first wrong row, and how many more there are."""
    if wrong.any():
        row = table.index[wrong][0]
        more = int(wrong.sum()) - 1
        others = f" ({more:,} more like it)" if more else ""
        raise RatingsError(f'Row {row + 2}, column "{name}": "{table.at[row, name]}" {why}{others}.')


def _collected(table: pd.DataFrame, aspects, scale, rehearsal: bool, title: str) -> AnswerTable:
    table = table.reset_index(drop=True)
    sources = sort_sources(table[["source", "origin"]].drop_duplicates("source"))
    clips = table[["clip", "source"]].drop_duplicates("clip")
    clips = clips.assign(source=pd.Categorical(clips["source"], categories=sources["source"]))
    clips = clips.sort_values(["source", "clip"], key=natural_order).astype({"source": str}).reset_index(drop=True)
    verdict = table["verdict"].mask(table["verdict"].isin(EMPTY))
    answers = table.assign(
        participant=table["participant"].astype("category"),
        clip=pd.Categorical(table["clip"], categories=clips["clip"]),
        source=pd.Categorical(table["source"], categories=sources["source"]),
        origin=pd.Categorical(table["origin"], categories=list(ORIGINS)),
        verdict=pd.Categorical(verdict, categories=["human", "ai"]),
        **{name: _as_meant(table[name]) for name in _others(table, aspects)},
    )
    counts = answers["participant"].value_counts().sort_index()
    return AnswerTable(
        answers=answers,
        participants=pd.DataFrame({"participant": counts.index.astype(str), "answers": counts.to_numpy()}),
        clips=clips,
        sources=sources,
        aspects=tuple(
            Aspect(name, name.replace("_", " ").capitalize(), lowest=scale[0], highest=scale[1]) for name in aspects
        ),
        title=title,
        rehearsal=rehearsal,
        background=tuple(name for name in _others(answers, aspects) if _is_background(answers, name)),
    )


def _others(answers: pd.DataFrame, aspects: Sequence[str]) -> list[str]:
    """Columns that mean nothing to the program, but to whoever made the file."""
    return [name for name in answers.columns if name not in (*NEEDED, *NUMBERS, *NO_BACKGROUND, *aspects)]


def _as_meant(column: pd.Series) -> pd.Series:
    """Numbers where all are, words otherwise; what is empty is missing."""
    filled = column.mask(column.isin(EMPTY))
    values = pd.to_numeric(filled, errors="coerce")
    return values.astype(float) if values.notna().equals(filled.notna()) else filled


def _is_background(answers: pd.DataFrame, name: str) -> bool:
    """Whether a column says something about listeners: the same in all rows of each, and not a name of their own."""
    by_person = answers.groupby("participant", observed=True)[name].nunique(dropna=False)
    return bool(by_person.max() == 1) and 1 < answers[name].nunique() < len(by_person)
