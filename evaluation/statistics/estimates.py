"""One number with what belongs to it: its standard error, its interval and its test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Estimate:
    """An estimate and its t test against zero.

    Parameters
    ----------
    label : what is estimated, e.g. "LSTM - originals"
    estimate, se : the number and its standard error, in the unit of the answers (or in log-odds, or in d')
    df : degrees of freedom of the t distribution; infinite for a normal one
    t, p : estimate / se, and its two-sided p
    low, high : the interval at `level`
    p_holm : p after Holm's correction within its family, where there is a family
    """

    label: str
    estimate: float
    se: float
    df: float
    t: float
    p: float
    low: float
    high: float
    level: float = 0.95
    p_holm: float | None = None


def t_estimate(label: str, estimate: float, se: float, df: float, level: float = 0.95) -> Estimate:
    """An estimate with its t test and interval, from standard error and degrees of freedom."""
    t = estimate / se
    reach = stats.t.ppf(0.5 + level / 2, df) * se
    return Estimate(
        label,
        float(estimate),
        float(se),
        float(df),
        float(t),
        float(2 * stats.t.sf(abs(t), df)),
        float(estimate - reach),
        float(estimate + reach),
        level,
    )


@dataclass(frozen=True)
class Share:
    """A share (0 to 1) with its interval, or another number that was judged on a stretched scale."""

    label: str
    value: float
    low: float
    high: float
    level: float = 0.95

    @classmethod
    def from_estimate(cls, estimate: Estimate, back: Callable[[float], float]) -> "Share":
        """From an estimate on a scale without ends (log-odds, probits), brought `back`: no interval leaves 0 to 1."""
        value, low, high = (float(back(end)) for end in (estimate.estimate, estimate.low, estimate.high))
        return cls(estimate.label, value, low, high, estimate.level)


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests (Schuirmann 1987): is the difference smaller than `bound`, whichever way?

    Parameters
    ----------
    low, high : the interval at `level` (90 %), which must lie within -bound to bound
    p : the larger of the two one-sided p values
    holds : whether the difference can be called negligible. A p above .05 elsewhere never says so.
    """

    label: str
    bound: float
    low: float
    high: float
    p: float
    holds: bool
    level: float = 0.90


def equivalence(estimate: Estimate, bound: float, alpha: float = 0.05) -> Equivalence:
    """Whether an estimated difference is shown to be smaller than `bound`, fixed before the data were seen."""
    below = stats.t.cdf((estimate.estimate - bound) / estimate.se, estimate.df)
    above = stats.t.sf((estimate.estimate + bound) / estimate.se, estimate.df)
    reach = stats.t.ppf(1 - alpha, estimate.df) * estimate.se
    p = float(max(below, above))
    low, high = float(estimate.estimate - reach), float(estimate.estimate + reach)
    return Equivalence(estimate.label, float(bound), low, high, p, p < alpha, 1 - 2 * alpha)


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """p values corrected for having asked several questions: the step-down method of Holm (1979).

    Parameters
    ----------
    p_values : the p values of one family; nan stays nan and is not counted

    Returns
    -------
    As many values, in the same order: the smallest p times m, the next times m - 1 and so on, never falling, at most 1.
    """
    p_values = np.asarray(p_values, float)
    corrected = np.full(len(p_values), np.nan)
    asked = np.flatnonzero(~np.isnan(p_values))
    order = asked[np.argsort(p_values[asked], kind="stable")]
    steps = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps * p_values[order])) if len(order) else []
    return corrected


def pairwise(sources: Sequence[str], difference: Callable[[int, int, str], Estimate]) -> tuple[Estimate, ...]:
    """Every difference of two sources, later minus earlier, with Holm's correction over all of them."""
    places = sorted(combinations(range(len(sources)), 2), key=lambda pair: (pair[1], pair[0]))
    pairs = [difference(i, j, f"{sources[j]} - {sources[i]}") for i, j in places]
    corrected = holm([pair.p for pair in pairs])
    return tuple(replace(pair, p_holm=float(p)) for pair, p in zip(pairs, corrected, strict=True))
