"""The tidy tables of a package: who said what to which clip, and what was heard."""

import pandas as pd

from evaluation.charts import source_keys
from evaluation.results import Results
from evaluation.statistics.answer_table import COLUMNS


def tables_of(results: Results) -> dict[str, pd.DataFrame]:
    """The tidy tables: who said what, and what was heard."""
    collected = results.collected
    answers, keys = collected.answers, collected.keys
    names = [name for name in answers.columns if name not in keys]
    flags = results.flags.drop(columns=["answers"])
    told = {"repeats": collected.repeats, "measures": collected.measures}
    return {
        "answers": answers,
        "ratings_long": answers.melt(
            id_vars=[name for name in names if name in COLUMNS], value_vars=keys, var_name="aspect", value_name="rating"
        ).dropna(subset="rating"),
        "participants": collected.participants.merge(
            flags.astype({"participant": str}), on="participant", how="left", validate="one_to_one"
        ),
        "clips": collected.clips,
        **{name: table for name, table in told.items() if len(table)},
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
