"""Belief and liking: what people take for machine-made they like less, whoever wrote it.

Shown, and never used to adjust anything: the belief comes from the same hearing as the rating, so that "holding belief
fixed" would take away a part of what the music did.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.bootstrap import REPLICATES, bootstrap_means
from evaluation.statistics.describe import why_no_interval
from evaluation.statistics.designs import drop_anchors
from evaluation.statistics.ranks import rank_correlation

CELL = ["origin", "verdict"]
COLUMNS = ["aspect", *CELL, "ratings", "listeners", "clips", "mean", "low", "high", "why"]
CLIP_COLUMNS = ["aspect", "clips", "rho", "low", "high"]


def ratings_by_belief(
    answers: pd.DataFrame, aspects: Sequence[Aspect], *, rng: np.random.Generator, replicates: int = REPLICATES
) -> pd.DataFrame:
    """Each aspect's mean rating by what a clip is and what it was taken for.

    Returns
    -------
    One row for each aspect, origin (human, ai; anchors are left out) and verdict that occur together: ``ratings``,
    ``listeners``, ``clips``, ``mean``, and ``low`` and ``high``, the 95 % interval of a two-way bootstrap; or ``why``
    there is none.
    """
    judged = drop_anchors(answers)
    judged = judged[judged["verdict"].notna()].astype({"origin": str, "verdict": str, "clip": str})
    keys = [aspect.key for aspect in aspects if judged[aspect.key].notna().any()]
    if judged.empty or not keys:
        return pd.DataFrame(columns=COLUMNS)
    # A cell stands where a source stands: what is drawn anew are its listeners and its clips.
    cell = judged["origin"] + "/" + judged["verdict"]
    apart = judged.assign(source=cell, clip=cell + "/" + judged["clip"])
    limits = {aspect.key: (aspect.lowest, aspect.highest) for aspect in aspects}
    intervals = bootstrap_means(apart, keys, rng=rng, replicates=replicates, limits=limits)
    rows = [_cell_row(part, key, cell) for key in keys for cell, part in _cells(apart, key)]
    table = pd.DataFrame(rows).merge(
        intervals.rename(columns={"column": "aspect"}), on=["source", "aspect"], how="left"
    )
    table["why"] = [why_no_interval(*pair) for pair in zip(table["clips"], table["listeners"], strict=True)]
    table.loc[table["why"] != "", ["low", "high"]] = np.nan
    return table[COLUMNS]


def _cells(apart: pd.DataFrame, key: str) -> list[tuple[str, pd.DataFrame]]:
    rated = apart[apart[key].notna()]
    order = {cell: place for place, cell in enumerate(("human/human", "human/ai", "ai/human", "ai/ai"))}
    return sorted(rated.groupby("source"), key=lambda pair: order[pair[0]])


def _cell_row(part: pd.DataFrame, key: str, cell: str) -> dict[str, Any]:
    origin, verdict = cell.split("/")
    counts = {"listeners": part["participant"].nunique(), "clips": part["clip"].nunique()}
    return (
        {"source": cell, "aspect": key, "origin": origin, "verdict": verdict, "ratings": len(part)}
        | counts
        | {"mean": part[key].mean()}
    )


def mean_by_verdict(cells: pd.DataFrame) -> dict[str, float]:
    """The mean rating of all clips that were taken for human, and for AI, from one aspect's `ratings_by_belief`."""
    return {
        str(verdict): float(np.average(part["mean"], weights=part["ratings"]))
        for verdict, part in cells.groupby("verdict")
    }


def ratings_and_beliefs_of_clips(clip_ratings: pd.DataFrame, clip_verdicts: pd.DataFrame) -> pd.DataFrame:
    """How a clip's mean rating goes with the share of listeners who took it for AI.

    Parameters
    ----------
    clip_ratings, clip_verdicts : `describe.ratings_by_clip`, `describe.verdicts_by_clip`, best without anchors

    Returns
    -------
    One row for each aspect: ``clips``, Spearman's ``rho`` with its 95 % interval; nan below four clips, or where all
    clips are alike. The answers are of the same people, so that this describes and explains nothing.
    """
    if clip_ratings.empty or clip_verdicts.empty:
        return pd.DataFrame(columns=CLIP_COLUMNS)
    both = clip_ratings.astype({"clip": str}).merge(clip_verdicts[["clip", "share"]].astype({"clip": str}), on="clip")
    rows = []
    for aspect, part in both.groupby("aspect", sort=False):
        rho = rank_correlation(part["mean"].to_numpy(), part["share"].to_numpy())
        rows.append(dict(zip(CLIP_COLUMNS, (aspect, len(part), *rho), strict=True)))
    return pd.DataFrame(rows, columns=CLIP_COLUMNS)
