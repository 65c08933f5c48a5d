"""How much answers agree, where they differ, and how far their means can be trusted: three questions, three numbers.

Tastes differ, so single listeners agree little (a low alpha) while the mean of many is steady all the same (a high
reliability). Neither number is the other, and both belong beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.statistics.bootstrap import REPLICATES, times_drawn
from evaluation.statistics.designs import Design
from evaluation.statistics.linear import LinearFit, fit_design
from evaluation.statistics.reasons import Reason

LEVELS = ("nominal", "ordinal", "interval")


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha: 1 where all listeners agree on every clip, 0 where they agree as by chance.

    Parameters
    ----------
    level : how two ratings are compared: "nominal" (same or not), "ordinal" or "interval"
    low, high : 95 % interval from drawing clips anew
    clips, ratings : how many clips were rated twice or more, and by how many ratings
    """

    level: str
    alpha: float
    low: float
    high: float
    clips: int
    ratings: int


def agreement(
    design: Design, *, level: str = "ordinal", rng: np.random.Generator, replicates: int = REPLICATES
) -> Agreement | Reason:
    """Agreement of listeners on one aspect; not every listener needs to have rated every clip.

    Parameters
    ----------
    design : the ratings, laid out by `rating_design`
    rng : for the interval
    """
    values, value = np.unique(design.answers, return_inverse=True)
    counts = np.bincount(design.clip * len(values) + value, minlength=len(design.clips) * len(values))
    counts = counts.reshape(-1, len(values)).astype(float)
    counts = counts[counts.sum(axis=1) > 1]
    if len(counts) < 2:
        return Reason("Fewer than two clips were rated twice: there is no agreement to speak of.")
    drawn = times_drawn(len(counts), replicates, rng)
    low, high = np.nanquantile(_alphas(counts, values, level, drawn), [0.025, 0.975])
    return Agreement(level, alpha(counts, values, level), float(low), float(high), len(counts), int(counts.sum()))


def alpha(counts: np.ndarray, values: Sequence[float] | np.ndarray, level: str) -> float:
    """Krippendorff's alpha from how often each value was given to each unit.

    Parameters
    ----------
    counts : units x values; units with fewer than two values do not count
    values : what the columns stand for, lowest first
    level : "nominal", "ordinal" or "interval"

    Returns
    -------
    1 - observed / expected disagreement (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"); nan where
    all values are the same, and expected disagreement with it is 0.
    """
    return float(_alphas(np.asarray(counts, float), values, level, np.ones((1, len(counts))))[0])


def _alphas(counts: np.ndarray, values: Sequence[float] | np.ndarray, level: str, weights: np.ndarray) -> np.ndarray:
    """Alpha for each row of weights, which say how often each unit counts."""
    there = counts.sum(axis=1) > 1
    weights, counts = weights[:, there], counts[there]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    pairs /= (counts.sum(axis=1) - 1)[:, None, None]  # units x values x values: each unit's coincidences
    coincidences = np.tensordot(weights, pairs, axes=([1], [0]))
    given = coincidences.sum(axis=2)
    distances = _distances(given, np.asarray(values, float), level)
    observed = (coincidences * distances).sum(axis=(1, 2))
    expected = (given[:, :, None] * given[:, None, :] * distances).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (given.sum(axis=1) - 1) * observed / expected


def _distances(given: np.ndarray, values: np.ndarray, level: str) -> np.ndarray:
    """Squared differences of two values; on an ordinal scale as many steps apart as there are ratings between them."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "interval":
        return (values[:, None] - values) ** 2
    if level != "ordinal":
        raise ValueError(f'the level of agreement is one of {", ".join(LEVELS)}, not "{level}"')
    middle = np.cumsum(given, axis=-1) - given / 2
    return (middle[..., :, None] - middle[..., None, :]) ** 2


@dataclass(frozen=True)
class VarianceShares:
    """Components of variance in ratings, as shares that sum to 1.

    Parameters
    ----------
    source : between models
    clip : between clips of one model
    participant : listeners who rate high or low altogether
    taste : listeners who differ in what they think of a model (0 where not estimated)
    rest : everything else: this listener, this clip, this moment
    variance : of a single rating, in squared points
    """

    source: float
    clip: float
    participant: float
    taste: float
    rest: float
    variance: float


def _variance_between_sources(fit: LinearFit) -> float:
    """What the sources' means differ by beyond the error of these differences: (mean of d² - se² over all pairs) / 2,
    which for equally many answers is the estimate from analysis of variance; not below 0."""
    return max(0.0, float(np.mean([pair.estimate**2 - pair.se**2 for pair in fit.pairs()])) / 2)


def variance_shares(fit: LinearFit) -> VarianceShares:
    """From a fitted linear mixed model, best the one with `(1 | participant:source)`."""
    parts = [_variance_between_sources(fit)] + [
        fit.sd.get(name, 0.0) ** 2 for name in ("clip", "participant", "participant:source", "residual")
    ]
    total = sum(parts)
    source, clip, participant, taste, rest = (part / total for part in parts)
    return VarianceShares(source, clip, participant, taste, rest, variance=total)


@dataclass(frozen=True)
class Reliability:
    """How far listeners' ratings tell clips, and models, apart.

    Parameters
    ----------
    single : of one listener's rating, ICC(A,1): clip / (clip + participant + rest); a lenient and a stern listener
        count as disagreeing
    mean : of a clip's mean over its listeners, the generalizability coefficient for ranking clips:
        clip / (clip + rest / n)
    listeners : n, the harmonic mean of how many rated a clip
    models : of the models' means over other listeners and other clips: between models / (between models + error)
    """

    single: float
    mean: float
    listeners: float
    models: float

    def mean_of(self, listeners: float) -> float:
        """Reliability of a clip's mean over another number of listeners (Spearman and Brown)."""
        if self.mean in (0, 1):
            return self.mean
        signal = self.mean / (1 - self.mean) / self.listeners
        return signal * listeners / (1 + signal * listeners)


def reliability(design: Design, fit: LinearFit) -> Reliability | Reason:
    """Reliability of one aspect, from the variances of `aspect ~ 1 + (1 | participant) + (1 | clip)`, so that not every
    listener needs to have heard every clip (Brennan 2001; Shavelson & Webb 1991).

    Parameters
    ----------
    design, fit : the ratings, and the linear mixed model of them
    """
    pooled = fit_design(
        replace(design, matrix=design.matrix[:, :1], terms=design.terms[:1], source_rows=np.ones((1, 1)))
    )
    if isinstance(pooled, Reason):
        return pooled
    clip, participant, rest = (pooled.sd.get(name, 0.0) ** 2 for name in ("clip", "participant", "residual"))
    listeners = 1 / np.mean(1 / np.bincount(design.clip))
    between = _variance_between_sources(fit)
    error = float(np.mean([pair.se**2 for pair in fit.pairs()])) / 2
    return Reliability(
        single=clip / (clip + participant + rest),
        mean=float(clip / (clip + rest / listeners)),
        listeners=float(listeners),
        models=between / (between + error),
    )
