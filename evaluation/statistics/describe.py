"""What the answers are, before anything is concluded from them: counts, means, spreads, shares.

A table of answers in, a table out; no table that was given is changed. A row of the results exists only where there
is something to describe: a source that nobody rated has none.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS, quantity


def ratings_by_source(answers: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """Each aspect's ratings of each source.

    Parameters
    ----------
    answers : one row for each participant and clip, with ``participant``, ``clip``, ``source`` and the aspects' columns

    Returns
    -------
    One row for each source and aspect: ``ratings`` (how many), ``listeners``, ``clips``, ``mean``, ``sd`` (n - 1; none
    for a single rating), ``median`` and the quartiles ``q1`` and ``q3`` (linear interpolation). The mean weighs each
    rating alike.
    """
    return _each_aspect(answers, aspects, _describe_source)


def _describe_source(rated: pd.DataFrame, key: str) -> pd.DataFrame:
    by_source = rated.groupby("source", observed=True)
    values = by_source[key]
    quartiles = values.quantile([0.25, 0.75]).unstack()
    return pd.DataFrame(
        {
            "ratings": values.size(),
            "listeners": by_source["participant"].nunique(),
            "clips": by_source["clip"].nunique(),
            "mean": values.mean(),
            "sd": values.std(),
            "median": values.median(),
            "q1": quartiles[0.25],
            "q3": quartiles[0.75],
        }
    ).reset_index()


def ratings_by_clip(answers: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """Each aspect's ratings of each clip: ``source``, ``clip``, ``aspect``, ``ratings``, ``mean``, ``sd``."""
    return _each_aspect(answers, aspects, _describe_clip)


def _describe_clip(rated: pd.DataFrame, key: str) -> pd.DataFrame:
    named = {"ratings": (key, "size"), "mean": (key, "mean"), "sd": (key, "std")}
    return rated.groupby(["source", "clip"], observed=True).agg(**named).reset_index()


def _each_aspect(
    answers: pd.DataFrame, aspects: Sequence[Aspect], describe: Callable[[pd.DataFrame, str], pd.DataFrame]
) -> pd.DataFrame:
    """`describe(rated answers, key)` for every aspect, one below the other, the aspect's key as a column."""
    parts = []
    for aspect in aspects:
        rated = answers[answers[aspect.key].notna()]
        if len(rated):
            part = describe(rated, aspect.key)
            part.insert(part.columns.get_loc("source") + 1, "aspect", aspect.key)
            parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["source", "aspect"])


def categories(answers: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """How often each point of the scale was chosen.

    Returns
    -------
    One row for each source, aspect and point of the scale, also for points that nobody chose: ``value``, ``ratings``,
    ``share`` (0 to 1; the shares of a source and aspect sum to 1) and ``start``, where the point's bar begins in a
    diverging chart: shares below the middle of the scale lie left of 0, a middle point is split by 0. Aspects whose
    scale has more than 11 points have no rows.
    """

    def count(rated: pd.DataFrame, key: str) -> pd.DataFrame:
        points = next(aspect.points for aspect in aspects if aspect.key == key)
        sources = rated["source"].astype("category").cat.remove_unused_categories()
        counts = pd.crosstab(sources, rated[key]).reindex(columns=points, fill_value=0)
        shares = counts.div(counts.sum(axis=1), axis=0)
        ends = shares.cumsum(axis=1)
        middle = (points[0] + points[-1]) / 2
        below = shares.loc[:, [point < middle for point in points]].sum(axis=1)
        at_middle = shares[middle] / 2 if middle in points else 0.0
        starts = (ends - shares).sub(below + at_middle, axis=0)
        long = {"ratings": counts, "share": shares, "start": starts}
        return (
            pd.DataFrame({name: wide.stack() for name, wide in long.items()})
            .rename_axis(["source", "value"])
            .reset_index()
        )

    return _each_aspect(answers, [aspect for aspect in aspects if aspect.points], count)


def upper_shares(counts: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """Of each source's ratings of an aspect, the share above the middle of the scale, from `categories`: ``source``,
    ``aspect``, ``share`` (0 to 1). On a scale of five, those who said 4 or 5.
    """
    if counts.empty:
        return pd.DataFrame(columns=["source", "aspect", "share"])
    middles = {aspect.key: (aspect.lowest + aspect.highest) / 2 for aspect in aspects}
    upper = counts["share"].where(counts["value"] > counts["aspect"].map(middles), 0.0)
    return upper.groupby([counts["source"], counts["aspect"]], observed=True, sort=False).sum().reset_index()


def verdicts_by_source(answers: pd.DataFrame) -> pd.DataFrame:
    """Who was taken for AI: one row for each source with ``verdicts`` (how many), ``listeners``, ``clips``, ``ai``,
    ``human`` (counts) and ``share``, the share of verdicts that said AI (0 to 1).

    No interval here: answers to one source share clips and listeners, so that the usual one is far too narrow.
    """
    judged = _judged_rows(answers)
    by_source = judged.groupby(["source", "origin"], observed=True)
    return (
        by_source.agg(
            verdicts=("said_ai", "size"),
            listeners=("participant", "nunique"),
            clips=("clip", "nunique"),
            ai=("said_ai", "sum"),
            share=("said_ai", "mean"),
        )
        .assign(human=lambda table: table["verdicts"] - table["ai"])
        .reset_index()
    )


def verdicts_by_clip(answers: pd.DataFrame) -> pd.DataFrame:
    """Share of listeners who took each clip for AI.

    Returns
    -------
    One row for each clip: ``verdicts`` (count), ``ai``, ``human``, ``share`` (0 to 1) that said AI, ``share_human``
    that said human, and ``low`` and ``high`` of the share, the 95 % Wilson interval; listeners answer independently of
    each other, so the interval is right for one clip, and would be wrong for a whole source. A clip without verdicts
    has no row.
    """
    judged = _judged_rows(answers)
    counts = (
        judged.groupby(["source", "clip"], observed=True)
        .agg(verdicts=("said_ai", "size"), ai=("said_ai", "sum"), share=("said_ai", "mean"))
        .assign(human=lambda table: table["verdicts"] - table["ai"])
        .reset_index()
    )
    low, high = wilson(counts["ai"].to_numpy(), counts["verdicts"].to_numpy())
    return counts.assign(share_human=1 - counts["share"], low=low, high=high)


def _judged_rows(answers: pd.DataFrame) -> pd.DataFrame:
    judged = answers[answers["verdict"].notna()]
    return judged.assign(said_ai=(judged["verdict"] == "ai").astype(int))


def wilson(successes: np.ndarray, trials: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval for a share (Wilson 1927; Newcombe 1998, method 3, no continuity correction).

    Parameters
    ----------
    successes, trials : counts, of independent trials; `trials` above 0

    Returns
    -------
    Lower and upper ends, from 0 to 1. Unlike the textbook interval it never leaves that range and is right for 0 of n.
    """
    successes, trials = np.asarray(successes, float), np.asarray(trials, float)
    z = norm.ppf((1 + level) / 2)
    share = successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def why_no_interval(clips: int, listeners: int) -> str:
    """A sentence where an interval would mean nothing; empty where there can be one."""
    if clips < FEWEST_CLIPS:
        return f"no interval: {quantity(clips, 'clip')} of this model, at least {FEWEST_CLIPS} are needed"
    if listeners < FEWEST_PARTICIPANTS:
        return f"no interval: {quantity(listeners, 'listener')}, at least {FEWEST_PARTICIPANTS} are needed"
    return ""
