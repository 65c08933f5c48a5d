"""Sentences made from numbers: what a chart shows, for those who do not see it and for those in a hurry."""

import pandas as pd


def mean(value: float) -> str:
    return f"{value:.2f}"


def share(value: float) -> str:
    return f"{100 * value:.0f} %"


def interval(row, number) -> str:
    """ " (95 % interval 3.10 to 3.70)", or nothing where there is none."""
    return "" if pd.isna(row.low) else f" (95 % interval {number(row.low)} to {number(row.high)})"


def extremes(table: pd.DataFrame, column: str) -> tuple[pd.Series, pd.Series]:
    """The rows with the highest and the lowest value."""
    return table.loc[table[column].idxmax()], table.loc[table[column].idxmin()]
