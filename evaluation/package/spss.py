"""answers.sav: the table of answers for SPSS, PSPP and jamovi: labels, values in words, levels of measurement."""

import tempfile
from pathlib import Path

import pandas as pd
import pyreadstat

from evaluation.package.codebook import Field, fields_of
from evaluation.statistics.rating_results import RatingResults

ORDINAL_UP_TO = 11  # points of a scale
SOME_DAY = b"01 Jan 8000:00:00"  # where the file says when it was made: the same answers give the same bytes
DAY_STANDS_AT = 92
LONGEST_LABEL = 250  # characters; SPSS cuts at 256 bytes


def answers_sav(results: RatingResults, answers: pd.DataFrame) -> bytes:
    """The tidy answers as an SPSS file: words that can be quantity become numbers with labels."""
    known = fields_of(results)["answers"]
    columns, labels, values, measures, names = {}, {}, {}, {}, _names(answers.columns)
    for column in answers.columns:
        name = names[column]
        columns[name], coded = _coded_column(answers[column], known.get(column, Field("as it was in the file")))
        if coded:
            values[name] = coded
        labels[name] = _label(column, known.get(column))
        measures[name] = _measure(answers[column], known.get(column), coded)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "answers.sav"
        pyreadstat.write_sav(
            pd.DataFrame(columns),
            str(path),
            file_label=results.table.title[:60],
            column_labels=labels,
            variable_value_labels=values,
            variable_measure=measures,
        )
        content = bytearray(path.read_bytes())
    content[DAY_STANDS_AT : DAY_STANDS_AT + len(SOME_DAY)] = SOME_DAY
    return bytes(content)


def _names(columns) -> dict[str, str]:
    """SPSS knows no spaces and signs in names, no two names that differ in case only, and none above 64 bytes."""
    names: dict[str, str] = {}
    for column in columns:
        plain = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in str(column)).strip("_")[:60]
        plain = plain if plain[:1].isalpha() else f"v_{plain}"
        name, number = plain, 2
        while name.lower() in (other.lower() for other in names.values()):
            name, number = f"{plain}_{number}", number + 1
        names[column] = name
    return names


def _coded_column(column: pd.Series, field: Field) -> tuple[pd.Series, dict[float, str]]:
    """Numbers as they are; words of which the codebook knows all, and clips and sources, as numbers with labels."""
    if pd.api.types.is_bool_dtype(column):
        return column.astype(float), {0.0: "no", 1.0: "yes"}
    if pd.api.types.is_numeric_dtype(column):
        is_yes_no = field.constraints.get("enum") == [0, 1]
        return column.astype(float), {0.0: "no", 1.0: "yes"} if is_yes_no else {}
    words = list(field.categories) or (
        [str(word) for word in column.cat.categories] if isinstance(column.dtype, pd.CategoricalDtype) else []
    )
    if not words or column.name == "participant":
        return column.astype(object).where(column.notna(), "").astype(str), {}
    codes = {word: float(number) for number, word in enumerate(words, 1)}
    return column.astype(object).map(codes).astype(float), {code: word[:120] for word, code in codes.items()}


def _label(column: str, field: Field | None) -> str:
    text = (field.question or field.description) if field else str(column)
    return text[:LONGEST_LABEL]


def _measure(column: pd.Series, field: Field | None, coded: dict) -> str:
    if coded or not pd.api.types.is_numeric_dtype(column):
        return "nominal"
    ends = [field.constraints.get(end) for end in ("minimum", "maximum")] if field else [None, None]
    is_scale = None not in ends and field.unit == "points"
    return "ordinal" if is_scale and ends[1] - ends[0] < ORDINAL_UP_TO else "scale"
