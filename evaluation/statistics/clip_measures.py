"""What is measured on the notes beside what people said: description, never a proof of quality.

There are as many points as clips, however many people listened; and a measure that tells models apart goes with
everything else that tells them apart. So each correlation is given twice: over all clips, and within models.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from evaluation.statistics.designs import drop_anchors
from evaluation.statistics.estimates import holm
from evaluation.statistics.ranks import FEWEST, correlate
from generation.music.analysis.overlap import overlap

WARNING = (
    "Correlations over clips describe these clips. There are as many points as clips, not as listeners; many measures "
    "are tried at once (p after Holm's correction over them); and over all clips a measure also stands for "
    "whatever else differs between the models, which the correlation within models leaves out. None of this shows that "
    "a measure makes music better or worse."
)
DRAWS = 200  # of clips anew, for the interval of an overlapping area
OVERLAP_COLUMNS = ["source", "measure", "area", "low", "high", "human", "clips"]
COLUMNS = ["aspect", "measure", "clips", "rho", "low", "high", "p_holm", "within", "within_low", "within_high"]


def measures_by_source(
    measures: pd.DataFrame, clips: pd.DataFrame, sources: Sequence[str], keys: Sequence[str]
) -> pd.DataFrame:
    """Each measure's values in each of `sources`, in their order: ``source``, ``measure``, ``clips`` (with a
    value), ``mean``, ``sd``, ``lowest``, ``median``, ``highest``."""
    known = clips[["clip", "source"]].astype(str).merge(measures.astype({"clip": str}), on="clip")
    if known.empty or not keys:
        return pd.DataFrame(columns=["source", "measure", "clips", "mean", "sd", "lowest", "median", "highest"])
    order = {str(source): place for place, source in enumerate(sources)}
    long = known.melt(id_vars=["clip", "source"], value_vars=list(keys), var_name="measure", value_name="value")
    grouped = long.dropna(subset="value").groupby(["measure", "source"], sort=False)["value"]
    named = {"clips": "size", "mean": "mean", "sd": "std", "lowest": "min", "median": "median", "highest": "max"}
    table = grouped.agg(**named).reset_index()
    place = table["source"].map(order)
    return (
        table.assign(place=place)
        .sort_values(["measure", "place"], key=_rank_of(keys), kind="stable")[["source", "measure", *named]]
        .reset_index(drop=True)
    )


def _rank_of(keys: Sequence[str]) -> Callable[[pd.Series], pd.Series]:
    """For sorting measures in the order in which they are given."""
    rank = {key: number for number, key in enumerate(keys)}
    return lambda column: column.map(rank) if column.name == "measure" else column


def correlations(
    measures: pd.DataFrame, clip_ratings: pd.DataFrame, origins: dict[str, str], keys: Sequence[str]
) -> pd.DataFrame:
    """How each measure goes with each aspect's mean rating, clip by clip.

    Parameters
    ----------
    measures : ``clip`` and a column for each of `keys`
    clip_ratings : `describe.ratings_by_clip`; may also hold the share judged AI as a further "aspect"
    origins : of each source; anchors are left out, since they are made to differ

    Returns
    -------
    One row for each aspect and measure: ``clips``; Spearman's ``rho`` over all clips with its 95 % interval and
    ``p_holm`` (Holm over all measures of an aspect); ``within`` models with its interval. A measure that is the same
    for all clips has nan.
    """
    rated = clip_ratings.astype({"clip": str, "source": str})
    rated = drop_anchors(rated.assign(origin=rated["source"].map(origins)))
    both = rated.merge(measures.astype({"clip": str}), on="clip")
    rows = []
    for aspect, part in both.groupby("aspect", sort=False):
        family = [_row(aspect, key, part) for key in keys if part[key].notna().any()]
        for row, corrected in zip(family, holm([row.pop("p") for row in family]), strict=True):
            rows.append(row | {"p_holm": float(corrected)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(aspect: str, key: str, part: pd.DataFrame) -> dict[str, Any]:
    x, y = part[key].to_numpy(float), part["mean"].to_numpy(float)
    over, within = correlate(x, y), correlate(x, y, part["source"].tolist())
    return {
        **{"aspect": aspect, "measure": key, "clips": over.n, "rho": over.rho, "low": over.low, "high": over.high},
        **{"p": over.p, "within": within.rho, "within_low": within.low, "within_high": within.high},
    }


def overlaps(
    measures: pd.DataFrame,
    clips: pd.DataFrame,
    origins: dict[str, str],
    keys: Sequence[str],
    *,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """How alike each source's clips and the human ones are in each measure: Yang and Lerch's overlapping area.

    Returns
    -------
    One row for each source that is not human and each measure: ``area`` (0 to 1), its 95 % interval ``low`` to
    ``high`` from drawing clips anew, ``human`` and ``clips``, how many were compared; nan for fewer than three of
    either. The area of a handful of clips is itself uncertain.
    """
    known = clips[["clip", "source"]].astype(str).merge(measures.astype({"clip": str}), on="clip")
    known = known.assign(origin=known["source"].map(origins))
    human = known[known["origin"] == "human"]
    rows = []
    there = set(known["source"])
    for source in [source for source, origin in origins.items() if origin != "human" and source in there]:
        own = known[known["source"] == source]
        for key in keys:
            common = overlap(human[key].to_numpy(float), own[key].to_numpy(float), rng, draws=DRAWS)
            rows.append((source, key, common.area, common.low, common.high, common.first, common.second))
    return pd.DataFrame(rows, columns=OVERLAP_COLUMNS)


def caution(clips: int) -> str:
    """What a reader must know before correlations over so many clips."""
    if clips <= FEWEST:
        return WARNING
    # The smallest |rho| whose 95 % interval leaves out 0, roughly.
    critical = float(np.tanh(1.96 * np.sqrt(1.06 / (clips - 3))))
    return f"With {clips} clips a correlation must pass about ±{critical:.2f} to be told from none. {WARNING}"
