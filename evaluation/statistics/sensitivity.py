"""Sensitivity analyses: the same model again, on fewer answers or with more known about them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.statistics.designs import Design, drop_anchors
from evaluation.statistics.estimates import Estimate, pairwise, t_estimate
from evaluation.statistics.linear import LinearFit, fit_linear
from evaluation.statistics.reasons import Reason


@dataclass(frozen=True, eq=False)
class Variation:
    """One other way to ask.

    Parameters
    ----------
    name : short, stable: "unfamiliar", "position", "clip means" ...
    what : in words
    fit : the linear mixed model asked this way, or why there is none
    left_out : how many answers the variation did without
    """

    name: str
    what: str
    fit: LinearFit | Reason
    left_out: int = 0


def variations(frame: pd.DataFrame, aspect: str, covariates: Sequence[str] = ()) -> tuple[Variation, ...]:
    """The linear mixed model of an aspect without known pieces, and with each thing that may have played a part.

    Parameters
    ----------
    frame : the tidy table; columns `familiar`, `position` and `order` are used where they are there and vary
    covariates : further columns, each tried by itself: headphones, musical training, age ...
    """
    rated = drop_anchors(frame)
    rated = rated[rated[aspect].notna()]
    fits = []
    if "familiar" in rated and rated["familiar"].eq(1).any():
        known = rated["familiar"].eq(1)
        fit = fit_linear(rated[~known], aspect)
        fits.append(Variation("unfamiliar", "without clips that the listener knew", fit, int(known.sum())))
    named = {"position": "with the place in the listener's sequence", "order": "with the order of the questions"}
    for column in (*named, *covariates):
        if column in rated and rated[column].dropna().nunique() > 1:
            what = named.get(column, f"with {column}")
            missing = int(rated[column].isna().sum())
            fits.append(Variation(column, what, fit_linear(rated, aspect, covariates=[column]), missing))
    return tuple(fits)


def clip_means(design: Design) -> tuple[Estimate, ...] | Reason:
    """The t test on clips' means, one number for each clip: the plain old test that treats clips as random.

    Its standard error is pooled over sources, with clips minus sources degrees of freedom. It weighs all clips alike,
    however many heard them.
    """
    means = np.bincount(design.clip, design.answers) / np.bincount(design.clip)
    of_clip = np.empty(len(design.clips), np.int64)
    of_clip[design.clip] = design.source
    counts = np.bincount(of_clip)
    middles = np.bincount(of_clip, means) / counts
    pooled = np.sum((means - middles[of_clip]) ** 2) / design.df_between_clips
    if pooled < 1e-20:
        return Reason("All clips of a model have the same mean: nothing to judge differences by.")

    def difference(i: int, j: int, label: str) -> Estimate:
        se = np.sqrt(pooled * (1 / counts[i] + 1 / counts[j]))
        return t_estimate(label, middles[j] - middles[i], se, design.df_between_clips)

    return pairwise(design.sources, difference)
