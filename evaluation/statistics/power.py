"""How many listeners and how many clips for which difference.

A difference of two models is judged by their clips: with few clips, more listeners soon stop helping, because nobody
can hear what other clips would have been like (Westfall, Kenny & Judd 2014; Judd, Westfall & Kenny 2017). Here the
power of the crossed mixed model in closed form: the noncentral t distribution with Satterthwaite's degrees of freedom.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats

from evaluation.statistics.linear import LinearFit
from evaluation.statistics.verdicts import VerdictFit

POWER, ALPHA = 0.80, 0.05
LISTENERS = (10, 20, 30, 50, 100, 200, 1000)
CLIPS = (2, 3, 4, 6, 8, 12, 20, 40)
MOST = 100_000  # listeners or clips; beyond, the answer is "not in this way"


@dataclass(frozen=True)
class Spread:
    """Standard deviations that decide how sure a difference of two sources will be.

    Parameters
    ----------
    clip : between clips of one source
    taste : between listeners in what they think of a source
    rest : of a single answer, all else being known
    """

    clip: float
    taste: float
    rest: float

    @classmethod
    def from_fit(cls, fit: LinearFit) -> "Spread":
        """A pilot's own, in rating points."""
        return cls(fit.sd.get("clip", 0.0), fit.sd.get("participant:source", 0.0), fit.sd["residual"])

    @classmethod
    def from_verdicts(cls, fit: VerdictFit) -> "Spread":
        """A pilot's own, in units of d'."""
        return cls(fit.sd["clip"], 0.0, PROBIT_REST)


# A verdict says less than a number: the variance of one probit answer with an even chance, Φ(1 - Φ) / φ² = π / 2.
PROBIT_REST = float(np.sqrt(np.pi / 2))
RATINGS = Spread(clip=0.27, taste=0.20, rest=0.90)  # points on a scale from 1 to 5, as listeners usually give them
VERDICTS = Spread(clip=0.38, taste=0.0, rest=PROBIT_REST)  # d'; as in a public survey of 293 listeners


@dataclass(frozen=True)
class Plan:
    """A survey in which `listeners` hear `heard` clips of each of `sources` sources.

    Parameters
    ----------
    clips : of each source, in the pool
    heard : of each source by each listener; all of them if absent
    """

    listeners: int
    clips: int
    sources: int = 4
    heard: int | None = None


def precision(plan: Plan, spread: Spread) -> tuple[float, float]:
    """Standard error of a difference of two sources, and its degrees of freedom.

    Returns
    -------
    With k clips a source, h of them heard by each of L listeners:

        variance = 2 clip² / k + 2 taste² / L + 2 rest² / (h L)

    estimated from the mean squares of clips (k - 1 for each source), of listeners by sources and of the rest, whose
    degrees of freedom Satterthwaite's formula joins: (Σ a)² / Σ (a² / df).
    """
    heard = min(plan.heard or plan.clips, plan.clips)
    of_clip = plan.listeners * heard / plan.clips  # answers to a clip
    rest, clip_df = spread.rest**2, plan.sources * (plan.clips - 1)
    clips = rest + of_clip * spread.clip**2
    tastes = rest + heard * spread.taste**2
    taste_df = (plan.listeners - 1) * (plan.sources - 1)
    rest_df = max(plan.listeners * plan.sources * heard - plan.sources - clip_df - taste_df - plan.listeners + 1, 1)
    squares = clips + tastes - rest
    spread_of_squares = clips**2 / max(clip_df, 1e-9) + tastes**2 / taste_df + rest**2 / rest_df
    return float(np.sqrt(2 * squares / (heard * plan.listeners))), float(squares**2 / spread_of_squares)


def power(difference: float, plan: Plan, spread: Spread, *, alpha: float = ALPHA) -> float:
    """The chance (0 to 1) that a true difference is found at level `alpha`, two-sided."""
    se, df = precision(plan, spread)
    limit = stats.t.ppf(1 - alpha / 2, df)
    return float(stats.nct.sf(limit, df, abs(difference) / se))


def smallest_difference(plan: Plan, spread: Spread, *, power: float = POWER, alpha: float = ALPHA) -> float:
    """The smallest true difference found with the given power; infinite with one clip a source."""
    if plan.clips < 2 or plan.listeners < 2:
        return float("inf")
    se, df = precision(plan, spread)
    return se * _noncentrality(round(df, 6), power, alpha)


@cache
def _noncentrality(df: float, power: float, alpha: float) -> float:
    """How many standard errors away a difference must be."""
    limit = stats.t.ppf(1 - alpha / 2, df)
    upper = limit + 2 * stats.norm.ppf(power) + 5
    return float(optimize.brentq(lambda away: stats.nct.sf(limit, df, away) - power, 0.01, upper))


def listeners_needed(
    difference: float, clips: int, spread: Spread, *, sources: int = 4, heard: int | None = None, power: float = POWER
) -> int | None:
    """The fewest listeners who find a difference with this many clips of each source; None where no number would do."""
    return _fewest(
        lambda listeners: smallest_difference(Plan(listeners, clips, sources, heard), spread, power=power),
        difference,
        2,
    )


def clips_needed(
    difference: float,
    listeners: int,
    spread: Spread,
    *,
    sources: int = 4,
    heard: int | None = None,
    power: float = POWER,
) -> int | None:
    """The fewest clips of each source that find a difference with this many listeners; None where none would do."""
    return _fewest(
        lambda clips: smallest_difference(Plan(listeners, clips, sources, heard), spread, power=power), difference, 2
    )


def _fewest(smallest_with: Callable[[int], float], difference: float, number: int) -> int | None:
    """The smallest number, from `number` up, with which so small a difference is found."""
    if smallest_with(MOST) > difference:
        return None
    low, high = number - 1, number
    while smallest_with(high) > difference:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if smallest_with(middle) > difference else (low, middle)
    return high


def table(
    spread: Spread = RATINGS,
    *,
    listeners: Sequence[int] = LISTENERS,
    clips: Sequence[int] = CLIPS,
    sources: int = 4,
    heard: int | None = None,
    power: float = POWER,
) -> pd.DataFrame:
    """The smallest difference found: a row for each number of clips a source, a column for each of listeners."""
    rows = [[smallest_difference(Plan(n, k, sources, heard), spread, power=power) for n in listeners] for k in clips]
    return pd.DataFrame(rows, index=pd.Index(clips, name="clips"), columns=pd.Index(listeners, name="listeners"))


def advice(
    plan: Plan,
    spread: Spread,
    *,
    more_clips: int = 12,
    more_listeners: int = 40,
    unit: str = "points",
    power: float = POWER,
) -> str:
    """What helps more, in two sentences: more clips (of all sources together) or more listeners."""

    def smallest(listeners: int, clips: int) -> float:
        return smallest_difference(Plan(listeners, clips, plan.sources, plan.heard), spread, power=power)

    a_source = max(1, round(more_clips / plan.sources))
    now = smallest(plan.listeners, plan.clips)
    with_clips = smallest(plan.listeners, plan.clips + a_source)
    with_listeners = smallest(plan.listeners + more_listeners, plan.clips)
    clips, listeners = f"{a_source * plan.sources} more clips", f"{more_listeners} more listeners"
    better, worse = (clips, listeners) if with_clips < with_listeners else (listeners, clips)
    least, other = min(with_clips, with_listeners), max(with_clips, with_listeners)
    start = (
        f"{plan.listeners} listeners and {plan.clips} clips of each model find a difference of {now:.2f} {unit} "
        f"in {100 * power:.0f} % of surveys."
        if now < float("inf")
        else "With one clip of a model, or one listener, no difference between models can be found."
    )
    if round(least, 2) == round(other, 2):
        return f"{start} {clips} help as much as {listeners}: {least:.2f} {unit}."
    return f"{start} {better} help more than {worse}: {least:.2f} against {other:.2f} {unit}."
