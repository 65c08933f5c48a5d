"""Ratings collected elsewhere: a tidy CSV, checked line by line, becomes the same table as a survey's answers.

Every error names the row (as a spreadsheet counts, the header is row 1), the column, the value and what would be right.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        raise RatingsError(_("%(file)s has a header but no rows.") % {"file": path.name})
    table = table.assign(**{name: table[name].str.strip() for name in table.columns})
    _check_words(table)
    _check_pairs(table)
    table = table.assign(**{name: _ratings(table, name, scale) for name in aspects})
    table = table.assign(**{name: _numbers(table, name) for name in NUMBERS if name in table})
    if table[list(aspects)].isna().all(axis=None) and table["verdict"].isin(EMPTY).all():
        message = _("%(file)s contains no ratings (%(aspects)s) and no verdicts.")
        raise RatingsError(message % {"file": path.name, "aspects": ", ".join(aspects)})
    return _answer_table(table, aspects, scale, rehearsal, title or path.stem)


def read_scale(text: str) -> tuple[float, float]:
    """ "1-5" as (1, 5)."""
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError:
        message = _('The scale "%(scale)s" is not two numbers with a hyphen between them, for example 1-5 or 0-100.')
        raise RatingsError(message % {"scale": text}) from None
    if low >= high:
        message = _('The scale "%(scale)s" must start with its lowest point, for example 1-5.')
        raise RatingsError(message % {"scale": text})
    return low, high


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        message = _("%(path)s is a folder. Name a CSV file.") if path.exists() else _("There is no file %(path)s.")
        raise RatingsError(message % {"path": path})
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except UnicodeDecodeError:
        message = _("%(file)s is not UTF-8 text. Save it as “CSV UTF-8”.")
        raise RatingsError(message % {"file": path.name}) from None
    except pd.errors.EmptyDataError:
        raise RatingsError(_("%(file)s is empty.") % {"file": path.name}) from None
    except pd.errors.ParserError as error:
        message = _("%(file)s cannot be read as a table: %(why)s.")
        raise RatingsError(message % {"file": path.name, "why": _parser_message(error)}) from None
    blank = (table == "").all(axis=1)  # lines of nothing, often the last ones
    return table[~blank]


def _parser_message(error: Exception) -> str:
    """ "Error tokenizing data. C error: Expected 5 fields in line 3, saw 6" without its first half."""
    return str(error).split("C error:")[-1].strip().rstrip(".") or "its rows differ in length"


def _check_columns(table: pd.DataFrame, aspects: Sequence[str], path: Path) -> None:
    if not aspects:
        raise RatingsError(_("Name at least one aspect, for example --aspects enjoyment,complexity."))
    columns = list(table.columns)
    if len(columns) == 1 and ";" in columns[0]:
        message = _("The columns of %(file)s are separated by semicolons. Save the file with commas.")
        raise RatingsError(message % {"file": path.name})
    for name in [*NEEDED, *aspects]:
        if name == "verdict" and name not in columns:
            table["verdict"] = ""
        elif name not in columns:
            near = difflib.get_close_matches(name, columns, 1, 0.6)
            message = _('%(file)s has no column "%(column)s". Its columns are %(columns)s.')
            hint = _(' Did you mean "%(column)s"?') % {"column": near[0]} if near else ""
            names = {"file": path.name, "column": name, "columns": ", ".join(columns)}
            raise RatingsError(message % names + hint)
        if name in aspects and name in (*NEEDED, *NUMBERS):
            raise RatingsError(_('"%(column)s" is a reserved column and cannot be an aspect.') % {"column": name})
    if len(set(aspects)) < len(aspects):
        raise RatingsError(_("An aspect is named twice."))


def _check_words(table: pd.DataFrame) -> None:
    for name in ("participant", "clip", "source"):
        _refuse(table, name, table[name].isin(EMPTY), _("is empty"))
    _refuse(table, "origin", ~table["origin"].isin(ORIGINS), _("must be human, ai or anchor"))
    _refuse(table, "verdict", ~table["verdict"].isin(["human", "ai", *EMPTY]), _("must be human, ai or empty"))


def _check_pairs(table: pd.DataFrame) -> None:
    """A clip has one source, a source one origin, and nobody rates a clip twice."""
    for inner, outer in (("clip", "source"), ("source", "origin")):
        firsts = table.groupby(inner)[outer].transform("first")
        wrong = table[outer] != firsts
        if wrong.any():
            row = table.index[wrong][0]
            name, here, before = table.at[row, inner], table.at[row, outer], firsts[row]
            message = _(
                'Row %(row)s: the %(inner)s "%(name)s" has the %(outer)s "%(here)s" here and "%(before)s" in an '
                "earlier row. Each %(inner)s must have one %(outer)s."
            )
            values = {"row": row + 2, "inner": inner, "outer": outer, "name": name, "here": here, "before": before}
            raise RatingsError(message % values)
    twice = table.duplicated(["participant", "clip"])
    if twice.any():
        row = table.index[twice][0]
        who, what = table.at[row, "participant"], table.at[row, "clip"]
        first = table.index[(table["participant"] == who) & (table["clip"] == what)][0]
        message = _(
            'Row %(row)s: participant "%(participant)s" already answered clip "%(clip)s" in row %(first)s. There '
            "must be one row per participant and clip."
        )
        raise RatingsError(message % {"row": row + 2, "participant": who, "clip": what, "first": first + 2})


def _ratings(table: pd.DataFrame, name: str, scale: tuple[float, float]) -> pd.Series:
    values = _numbers(table, name)
    low, high = scale
    outside = _("is outside %(low)s to %(high)s (see --scale)") % {"low": f"{low:g}", "high": f"{high:g}"}
    _refuse(table, name, (values < low) | (values > high), outside)
    return values


def _numbers(table: pd.DataFrame, name: str) -> pd.Series:
    filled = table[name].mask(table[name].isin(EMPTY))
    values = pd.to_numeric(filled, errors="coerce").astype(float)
    _refuse(table, name, (filled.notna() & values.isna()) | np.isinf(values), _("is not a number"))
    return values


def _refuse(table: pd.DataFrame, name: str, wrong: pd.Series, why: str) -> None:
    """Say what is wrong with the first wrong row, and how many more there are."""
    if wrong.any():
        row = table.index[wrong][0]
        more = int(wrong.sum()) - 1
        others = ngettext(" (and in %(number)s more row)", " (and in %(number)s more rows)", more) if more else ""
        message = _('Row %(row)s, column "%(column)s": "%(value)s" %(why)s%(others)s.')
        values = {"row": row + 2, "column": name, "value": table.at[row, name], "why": why}
        raise RatingsError(message % {**values, "others": others % {"number": f"{more:,}"} if others else ""})


def _answer_table(table: pd.DataFrame, aspects, scale, rehearsal: bool, title: str) -> AnswerTable:
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
        **{name: _parse_column(table[name]) for name in _further_columns(table, aspects)},
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
        background=tuple(name for name in _further_columns(answers, aspects) if _is_background(answers, name)),
    )


def _further_columns(answers: pd.DataFrame, aspects: Sequence[str]) -> list[str]:
    """Columns that mean nothing to the program, but to whoever made the file."""
    return [name for name in answers.columns if name not in (*NEEDED, *NUMBERS, *NO_BACKGROUND, *aspects)]


def _parse_column(column: pd.Series) -> pd.Series:
    """Numbers where all are, words otherwise; what is empty is missing."""
    filled = column.mask(column.isin(EMPTY))
    values = pd.to_numeric(filled, errors="coerce")
    return values.astype(float) if values.notna().equals(filled.notna()) else filled


def _is_background(answers: pd.DataFrame, name: str) -> bool:
    """Whether a column says something about listeners: the same in all rows of each, and not a name of their own."""
    by_person = answers.groupby("participant", observed=True)[name].nunique(dropna=False)
    return bool(by_person.max() == 1) and 1 < answers[name].nunique() < len(by_person)
