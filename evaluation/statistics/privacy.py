"""Could somebody be recognised by what they said about themselves?

Samarati and Sweeney's k-anonymity: of each combination of background answers there should be at least k people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

FEWEST_ALIKE = 5


@dataclass(frozen=True)
class Rare:
    """A combination of background answers that few listeners share: its columns, and how many listeners are in
    combinations that fewer than `FEWEST_ALIKE` share."""

    columns: tuple[str, ...]
    listeners: int
    smallest: int


def rare_combinations(answers: pd.DataFrame, background: Sequence[str]) -> tuple[Rare, ...]:
    """Background columns, alone and in pairs, and all together, by which somebody stands out.

    Parameters
    ----------
    answers : with ``participant`` and the columns of `background`, the same in all rows of a listener
    """
    people = answers.groupby("participant", observed=True)[list(background)].first() if len(background) else None
    if people is None:
        return ()
    wanted = [*((name,) for name in background), *combinations(background, 2)]
    if len(background) > 2:
        wanted.append(tuple(background))
    return tuple(rare for columns in wanted if (rare := _rare(people, columns)))


def _rare(people: pd.DataFrame, columns: tuple[str, ...]) -> Rare | None:
    counts = people.astype(object).fillna("").groupby(list(columns), observed=True).size()
    few = counts[counts < FEWEST_ALIKE]
    return Rare(columns, int(few.sum()), int(few.min())) if len(few) else None


def warnings(answers: pd.DataFrame, background: Sequence[str]) -> list[str]:
    """A sentence for each combination by which somebody may be recognised; none where nothing was asked."""
    sentences = []
    for rare in rare_combinations(answers, background):
        what = " and ".join([", ".join(rare.columns[:-1]), rare.columns[-1]]) if rare.columns[1:] else rare.columns[0]
        who = "1 listener is" if rare.listeners == 1 else f"{rare.listeners} listeners are"
        sentences.append(
            f"By {what} {who} in a group of fewer than {FEWEST_ALIKE} (the smallest: {rare.smallest}). Anyone who "
            "knows this about a person may find their answers. Merge groups or remove the column before publishing."
        )
    return sentences
