"""Source against source: how far apart, how sure, how large, and whether small enough not to matter.

The linear mixed model's differences carry the conclusions. Cliff's delta says the same without believing in equal steps
of the scale; the old tests on listeners' means come last, with the label they need: they speak of these clips only.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse, stats

from evaluation.statistics.bootstrap import BATCH, LARGE, REPLICATES, times_drawn, widened_interval
from evaluation.statistics.designs import Design
from evaluation.statistics.estimates import Equivalence, Estimate, equivalence, holm
from evaluation.statistics.linear import LinearFit
from evaluation.statistics.reasons import Reason

THESE_CLIPS = "for these clips only: nothing is said about other clips of the same models"
DIGITS = 9  # equal means are equal only up to the last bit, and ranks would tell them apart
EXACT_BELOW = 50  # pairs; the signed rank test counts all orderings, as R does


@dataclass(frozen=True)
class Delta:
    """Cliff's delta: how much more often a rating of `source` is higher than one of `reference` than it is lower.

    Parameters
    ----------
    delta : from -1 (always lower) to 1 (always higher)
    low, high : 95 % interval, listeners and clips drawn anew; none where a source has a single clip
    superiority : (delta + 1) / 2, the chance that a rating of `source` is higher, a tie counted half (Vargha & Delaney
        2000)
    """

    label: str
    delta: float
    low: float
    high: float

    @property
    def superiority(self) -> float:
        return (self.delta + 1) / 2


@dataclass(frozen=True)
class Comparison:
    """One pair of sources on one aspect.

    Parameters
    ----------
    difference : in rating points, from the linear mixed model, p corrected within the aspect
    standardised : difference divided by the spread of single ratings within a source
    equivalence : whether the difference is shown to be smaller than the bound
    """

    label: str
    difference: Estimate
    standardised: float
    delta: Delta
    equivalence: Equivalence


def compare(fit: LinearFit, design: Design, *, bound: float, rng: np.random.Generator) -> tuple[Comparison, ...]:
    """All pairs of sources of a fitted aspect, later minus earlier.

    Parameters
    ----------
    bound : difference in rating points that counts as nothing, fixed before the answers were seen
    rng : for the bootstrap
    """
    deltas = {delta.label: delta for delta in cliffs_deltas(design, rng=rng)}
    return tuple(
        Comparison(
            label=pair.label,
            difference=pair,
            standardised=pair.estimate / fit.total_sd,
            delta=deltas[pair.label],
            equivalence=equivalence(pair, bound),
        )
        for pair in fit.pairs()
    )


def cliffs_delta(source: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Cliff's delta from how often each value was chosen (Cliff 1993), for many tables at once.

    Parameters
    ----------
    source, reference : counts of each value, lowest value first, in the last dimension

    Returns
    -------
    P(source > reference) - P(source < reference), the same as 2 U / (m n) - 1 for Mann and Whitney's U; nan where
    either has no rating.
    """
    below = np.cumsum(reference, axis=-1) - reference
    above = reference.sum(axis=-1, keepdims=True) - reference - below
    pairs = source.sum(axis=-1) * reference.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (source * (below - above)).sum(axis=-1) / pairs


def cliffs_deltas(design: Design, *, rng: np.random.Generator, replicates: int = REPLICATES) -> tuple[Delta, ...]:
    """Cliff's delta of all pairs of sources, with intervals from drawing listeners and clips anew.

    Percentiles of the replicated deltas, widened about the estimate for the number of clips (of the source that has
    fewer; see `bootstrap.widened_interval`).
    """
    values, value = np.unique(design.answers, return_inverse=True)
    chosen = np.zeros((len(design.sources), len(values)))
    np.add.at(chosen, (design.source, value), 1)
    replicated = _replicated_counts(design, value, len(values), rng, replicates)
    of_clip = _source_of_clip(design)
    clips = np.bincount(of_clip, minlength=len(design.sources))
    deltas = []
    for i, j in sorted(combinations(range(len(design.sources)), 2), key=lambda pair: (pair[1], pair[0])):
        delta = float(cliffs_delta(chosen[j], chosen[i]))
        draws = cliffs_delta(replicated[:, j], replicated[:, i])
        low, high = widened_interval(draws, delta, int(min(clips[i], clips[j])), design.df_between_clips)
        deltas.append(Delta(f"{design.sources[j]} - {design.sources[i]}", delta, *np.clip([low, high], -1, 1).tolist()))
    return tuple(deltas)


def _source_of_clip(design: Design) -> np.ndarray:
    of_clip = np.empty(len(design.clips), np.int64)
    of_clip[design.clip] = design.source
    return of_clip


def _replicated_counts(
    design: Design, value: np.ndarray, values: int, rng: np.random.Generator, replicates: int
) -> np.ndarray:
    """How often each value was given to each source in each replicate: (replicates, sources, values).

    An answer counts as often as its listener was drawn times as often as its clip was drawn (within its source).
    """
    people, clips, sources = len(design.participants), len(design.clips), len(design.sources)
    shape, place = (people, clips * values), (design.participant, design.clip * values + value)
    given = sparse.csr_array((np.ones(len(design)), place), shape=shape)
    if people * clips * values <= LARGE:
        given = given.toarray()
    of_clip = _source_of_clip(design)
    counts = np.zeros((replicates, sources, values))
    for first in range(0, replicates, BATCH):
        size = min(BATCH, replicates - first)
        answered = times_drawn(people, size, rng) @ given  # (size, clips * values)
        answered = answered.reshape(size, clips, values)
        for source in range(sources):
            own = np.flatnonzero(of_clip == source)
            drawn = times_drawn(len(own), size, rng)
            counts[first : first + size, source] = np.einsum("rc,rcv->rv", drawn, answered[:, own])
    return counts


@dataclass(frozen=True)
class RankTest:
    """A rank test on listeners' means: statistic, two-sided p, and how many listeners took part."""

    label: str
    statistic: float
    p: float
    listeners: int
    p_holm: float | None = None


@dataclass(frozen=True)
class TheseClips:
    """Tests that treat the clips as all there is: right for these recordings, wrong as a claim about models.

    Where models do not differ at all, Friedman's test finds a difference in 38 % of studies with 24 clips and 30
    listeners, and in 81 % with 200 listeners, because each model's clips happen to differ.
    """

    friedman: RankTest | None
    pairs: tuple[RankTest, ...]
    scope: str = THESE_CLIPS


def compare_these_clips(design: Design) -> TheseClips | Reason:
    """Friedman's test over all sources and Wilcoxon's signed rank test for each pair, Holm-corrected, on the means that
    each listener gave to each source; listeners who missed a source are left out."""
    shape = (len(design.participants), len(design.sources))
    cell = design.participant * shape[1] + design.source
    counts = np.bincount(cell, minlength=shape[0] * shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (np.bincount(cell, design.answers, shape[0] * shape[1]) / counts).reshape(shape)
    means = means[~np.isnan(means).any(axis=1)]
    if len(means) < 5:
        return Reason(f"Only {len(means)} listeners rated all models: too few for tests on listeners' means.")
    return TheseClips(_friedman(means), _signed_ranks(means, design.sources))


def _friedman(means: np.ndarray) -> RankTest | None:
    if means.shape[1] < 3 or np.all(np.ptp(means, axis=1) == 0):
        return None
    result = stats.friedmanchisquare(*np.round(means, DIGITS).T)
    return RankTest("all models", float(result.statistic), float(result.pvalue), len(means))


def _signed_ranks(means: np.ndarray, sources: tuple[str, ...]) -> tuple[RankTest, ...]:
    tests = []
    for i, j in sorted(combinations(range(len(sources)), 2), key=lambda pair: (pair[1], pair[0])):
        statistic, p = signed_rank(np.round(means[:, j] - means[:, i], DIGITS))
        tests.append(RankTest(f"{sources[j]} - {sources[i]}", statistic, p, len(means)))
    corrected = holm([test.p for test in tests])
    return tuple(
        RankTest(test.label, test.statistic, test.p, test.listeners, float(p))
        for test, p in zip(tests, corrected, strict=True)
    )


def signed_rank(differences: np.ndarray) -> tuple[float, float]:
    """Wilcoxon's signed rank test, as R's `wilcox.test(paired = TRUE)`.

    Returns
    -------
    V, the sum of ranks of positive differences, and the two-sided p: exact below 50 differences without ties and
    zeros, else normal with continuity correction. Zeros are left out; if there is nothing else, p is 1.
    """
    there = differences[differences != 0]
    if len(there) == 0:
        return 0.0, 1.0
    ties = len(np.unique(np.abs(there))) < len(there)
    exact = len(differences) < EXACT_BELOW and not ties and len(there) == len(differences)
    ranks = stats.rankdata(np.abs(there))
    result = stats.wilcoxon(there, correction=not exact, method="exact" if exact else "asymptotic")
    return float(ranks[there > 0].sum()), float(result.pvalue)
