"""Rank correlation with its interval, over all clips and within sources."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

FEWEST = 4  # clips; with three every order is as good as another


@dataclass(frozen=True)
class Correlation:
    """Spearman's correlation of `n` clips with its 95 % interval and two-sided p; nan where there is none."""

    rho: float
    low: float
    high: float
    p: float
    n: int


def rank_correlation(x: np.ndarray, y: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Spearman's correlation with its interval (Fisher's z with Bonett & Wright's 2000 standard error)."""
    correlation = correlate(x, y, level=level)
    return correlation.rho, correlation.low, correlation.high


def correlate(x: np.ndarray, y: np.ndarray, within: Sequence[str] | None = None, *, level: float = 0.95) -> Correlation:
    """How two numbers go together over clips.

    Parameters
    ----------
    x, y : one number for each clip; clips for which either is unknown are left out
    within : the source of each clip: each source's mean rank is taken away first, so that what sources differ in does
        not count (a partial rank correlation; one degree of freedom less for each source but the first)

    Returns
    -------
    nan where fewer than four clips (and one for each further source) are left, or either number never changes.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < FEWEST:
        return Correlation(np.nan, np.nan, np.nan, np.nan, int(known.sum()))
    ranks = [stats.rankdata(values[known]) for values in (x, y)]
    lost = 0
    if within is not None:
        sources = np.asarray(within, dtype=object)[known]
        ranks = [values - pd.Series(values).groupby(sources).transform("mean").to_numpy() for values in ranks]
        lost = len(set(sources)) - 1
    n, free = int(known.sum()), int(known.sum()) - lost
    if free < FEWEST or min(np.ptp(values) for values in ranks) < 1e-9:
        return Correlation(np.nan, np.nan, np.nan, np.nan, n)
    rho = float(np.clip(np.corrcoef(*ranks)[0, 1], -1, 1))
    z = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    reach = stats.norm.ppf(0.5 + level / 2) * np.sqrt((1 + rho**2 / 2) / (free - 3))
    t = rho * np.sqrt((free - 2) / max(1 - rho**2, 1e-15))
    return Correlation(
        rho, float(np.tanh(z - reach)), float(np.tanh(z + reach)), float(2 * stats.t.sf(abs(t), free - 2)), n
    )
