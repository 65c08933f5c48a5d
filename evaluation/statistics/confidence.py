"""Do listeners know when they know? How often verdicts are right, by how sure their givers said they were.

Only where listeners were asked: a column ``confidence`` beside the verdict, higher for surer.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.statistics.bootstrap import REPLICATES, bootstrap_means
from evaluation.statistics.describe import why_no_interval
from evaluation.statistics.designs import Design, drop_anchors, lay_out, why_no_model
from evaluation.statistics.estimates import Estimate, t_estimate
from evaluation.statistics.laplace import fit_cumulative
from evaluation.statistics.reasons import Reason

CONFIDENCE = "confidence"
MOST_LEVELS = 7  # told apart; a finer scale is cut into fifths of the verdicts
COLUMNS = [CONFIDENCE, "verdicts", "listeners", "clips", "right", "share", "low", "high", "why"]
FORMULA = "right ~ confidence + source + (1 | participant) + (1 | clip)"


def calibration(answers: pd.DataFrame, *, rng: np.random.Generator, replicates: int = REPLICATES) -> pd.DataFrame:
    """How often verdicts are right at each level of confidence.

    Returns
    -------
    One row for each level (of more than seven levels: for each fifth of the verdicts, named by its mean):
    ``confidence``, ``verdicts``, ``listeners``, ``clips``, ``right`` (count), ``share`` (0 to 1), ``low`` and ``high``
    (95 %, two-way bootstrap), or ``why`` there is no interval. Anchors are left out. Whoever knows how well they hear
    is right the more often the surer they are. With more AI than human clips guessing "AI" is right more often than
    not: compare levels, not with one half.
    """
    judged = _judged_rows(answers)
    if judged is None:
        return pd.DataFrame(columns=COLUMNS)
    levels = _levels(judged[CONFIDENCE])
    # A level stands where a source stands, as in `belief`.
    apart = judged.assign(source=levels.astype(str), level=levels, clip=levels.astype(str) + "/" + judged["clip"])
    intervals = bootstrap_means(apart, ["right"], rng=rng, replicates=replicates, limits={"right": (0.0, 1.0)})
    by_level = apart.groupby("level")
    table = by_level.agg(
        source=("source", "first"),
        verdicts=("right", "size"),
        listeners=("participant", "nunique"),
        clips=("clip", "nunique"),
        right=("right", "sum"),
        share=("right", "mean"),
    )
    table = table.rename_axis(CONFIDENCE).reset_index().merge(intervals, on="source", how="left")
    table["right"] = table["right"].astype(int)
    table["why"] = [why_no_interval(*pair) for pair in zip(table["clips"], table["listeners"], strict=True)]
    table.loc[table["why"] != "", ["low", "high"]] = np.nan
    return table[COLUMNS]


def _judged_rows(answers: pd.DataFrame) -> pd.DataFrame | None:
    """Verdicts with a confidence, anchors left out, and whether each is right."""
    if CONFIDENCE not in answers:
        return None
    judged = drop_anchors(answers)
    judged = judged[judged["verdict"].notna() & judged[CONFIDENCE].notna()]
    if judged.empty:
        return None
    right = (judged["verdict"].astype(str) == judged["origin"].astype(str)).astype(float)
    return judged.assign(right=right, clip=judged["clip"].astype(str))


def _levels(confidence: pd.Series) -> pd.Series:
    if confidence.nunique() <= MOST_LEVELS:
        return confidence.astype(float)
    fifth = pd.qcut(confidence, 5, duplicates="drop")
    return confidence.groupby(fifth, observed=True).transform("mean").astype(float)


@dataclass(frozen=True)
class Insight:
    """Whether surer verdicts are better ones.

    Parameters
    ----------
    formula : in R's notation, for `clmm(link = "probit")` with `right` as a factor
    slope : by how many probits a verdict is more often right for one point of confidence more, models and clips held
        equal; above 0: listeners know when they know. Its t test has clips - sources degrees of freedom
    """

    formula: str
    slope: Estimate
    answers: int


def insight(answers: pd.DataFrame) -> Insight | Reason | None:
    """The mixed probit model of right and wrong by confidence; None where nobody was asked how sure they were."""
    judged = _judged_rows(answers)
    if judged is None:
        return None
    if judged[CONFIDENCE].nunique() < 2:
        return Reason("Everybody was equally sure of every verdict: there is nothing to compare.")
    if judged["right"].nunique() < 2:
        return Reason(f"All verdicts were {'right' if judged['right'].iloc[0] else 'wrong'}: nothing to compare.")
    obstacle = why_no_model(judged, CONFIDENCE)
    design = obstacle or lay_out(judged, judged["right"].to_numpy(float), "right", [CONFIDENCE])
    if not isinstance(design, Design):
        return design
    factors = {"participant": design.participant, "clip": design.clip}
    if not design.has_repeated_participants:
        del factors["participant"]
    fit = fit_cumulative(design.answers.astype(np.int64), design.matrix[:, 1:], factors, link="probit")
    if not fit.converged:
        return Reason("The model of right verdicts by confidence found no stable answer; see the shares.")
    slope = t_estimate(CONFIDENCE, fit.beta[-1], fit.se[-1], float(design.df_between_clips))
    return Insight(FORMULA, slope, len(design))
