"""The tidy tables of a package: who said what to which clip, and what was heard."""

import pandas as pd

from evaluation.charts.gallery import source_keys
from evaluation.statistics.answer_table import COLUMNS
from evaluation.statistics.rating_results import RatingResults


def tidy_tables(results: RatingResults) -> dict[str, pd.DataFrame]:
    """The tidy tables: who said what, and what was heard."""
    answer_table = results.table
    answers, keys = answer_table.answers, answer_table.keys
    names = [name for name in answers.columns if name not in keys]
    flags = results.flags.drop(columns=["answers"])
    optional = {"repeats": answer_table.repeats, "measures": answer_table.measures}
    return {
        "answers": answers,
        "ratings_long": answers.melt(
            id_vars=[name for name in names if name in COLUMNS], value_vars=keys, var_name="aspect", value_name="rating"
        ).dropna(subset="rating"),
        "participants": answer_table.participants.merge(
            flags.astype({"participant": str}), on="participant", how="left", validate="one_to_one"
        ),
        "clips": answer_table.clips,
        **{name: table for name, table in optional.items() if len(table)},
        "sources": answer_table.sources.assign(key=list(source_keys(answer_table.sources["source"]).values())),
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
