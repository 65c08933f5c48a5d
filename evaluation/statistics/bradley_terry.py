"""Which of two? Strengths of sources from choices between pairs of clips, ties allowed.

Bradley & Terry (1952) with Davidson's (1970) ties: of two sources with strengths s and t, the first is chosen in
proportion to s, the second to t, neither in proportion to ν √(s t). Strengths are given as logarithms against the first
source, so that a difference is the log-odds of being chosen, ties aside. Intervals come from drawing listeners and
clips anew, because choices by one listener or about one clip are no independent choices.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import optimize

from evaluation.statistics.designs import source_order
from evaluation.statistics.estimates import Estimate, Share, pairwise, t_estimate
from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS, Reason, join_words, quantity

COLUMNS = ("participant", "clip_a", "source_a", "clip_b", "source_b", "choice")
CHOICES = ("a", "b", "tie")


@dataclass(frozen=True, eq=False)
class PreferenceFit:
    """Strengths of sources.

    Parameters
    ----------
    strengths : log strength of each source but the first, against the first
    pairs : all differences of two, Holm-corrected; their exponential is the odds of being chosen
    chances : for each pair the chance that the later source is chosen, a tie counted half
    ties : share of choices that were ties
    naive_se : standard errors of the strengths if all choices were independent; too small, for comparison only
    """

    sources: tuple[str, ...]
    strengths: tuple[Estimate, ...]
    pairs: tuple[Estimate, ...]
    chances: tuple[Share, ...]
    ties: float
    naive_se: tuple[float, ...]
    log_likelihood: float
    choices: int
    levels: dict[str, int]


@dataclass(frozen=True, eq=False)
class _Choices:
    """Choices between two different sources, as codes."""

    pair: np.ndarray  # which two sources
    outcome: np.ndarray  # 0: the first of them, 1: the second, 2: tie
    participant: np.ndarray
    clips: np.ndarray  # (choices, 2)
    source_of_clip: np.ndarray


def fit_preferences(frame: pd.DataFrame) -> PreferenceFit | Reason:
    """Bradley and Terry's model with ties of all choices between clips of different sources.

    Parameters
    ----------
    frame : one row for each choice: participant, clip_a, source_a, clip_b, source_b, choice ("a", "b" or "tie"); with
        origin_a and origin_b, human sources come first
    """
    missing = [column for column in COLUMNS if column not in frame]
    if missing:
        return Reason(
            f"Choices between pairs need the columns {join_words(COLUMNS)}; {join_words(missing)} is missing."
        )
    chosen = frame.dropna(subset=list(COLUMNS))
    chosen = chosen[chosen["source_a"].astype(str) != chosen["source_b"].astype(str)]
    odd = sorted(set(chosen["choice"].astype(str)) - set(CHOICES))
    if odd:
        return Reason(f'A choice is "a", "b" or "tie"; the table holds "{odd[0]}".')
    sources = _sources(chosen)
    obstacle = _why_not(chosen, sources)
    if obstacle:
        return obstacle
    choices = _encode_choices(chosen, sources)
    counts = _counts(choices, len(sources))
    if not _has_a_maximum(*_outcomes(counts, len(sources))):
        return Reason(
            f"Of {join_words(sources)}, some were never chosen over the others, or nothing ever was: no finite "
            "strengths fit that."
        )
    return _preference_fit(choices, davidson(counts, len(sources)), counts, sources)


def _sources(chosen: pd.DataFrame) -> list[str]:
    sides = [
        pd.DataFrame({"source": chosen[f"source_{s}"].astype(str), "origin": chosen.get(f"origin_{s}", "")})
        for s in "ab"
    ]
    return [str(source) for source in source_order(pd.concat(sides))]


def _why_not(chosen: pd.DataFrame, sources: list[str]) -> Reason | None:
    if len(sources) < 2:
        return Reason("No choice was between clips of two different models: there is nothing to compare.")
    sides = pd.concat([chosen[[f"source_{s}", f"clip_{s}"]].set_axis(["source", "clip"], axis=1) for s in "ab"])
    clips = sides.astype(str).groupby("source")["clip"].nunique()
    few = clips[clips < FEWEST_CLIPS]
    if len(few):
        counts = join_words(f"{source} has {quantity(number, 'clip')}" for source, number in few.items())
        return Reason(f"Conclusions about models need at least {FEWEST_CLIPS} clips of each; {counts}.")
    if chosen["participant"].nunique() < FEWEST_PARTICIPANTS:
        listeners = quantity(chosen["participant"].nunique(), "listener")
        return Reason(f"Conclusions need at least {FEWEST_PARTICIPANTS} listeners; {listeners} made choices.")
    return None


def _encode_choices(chosen: pd.DataFrame, sources: list[str]) -> _Choices:
    a, b = (pd.Categorical(chosen[f"source_{s}"].astype(str), categories=sources).codes.astype(np.int64) for s in "ab")
    names = [chosen[f"source_{s}"].astype(str) + "\0" + chosen[f"clip_{s}"].astype(str) for s in "ab"]
    clip, _ = pd.factorize(pd.concat(names), sort=True)
    clips = clip.reshape(2, -1).T
    source_of_clip = np.empty(clip.max() + 1, np.int64)
    source_of_clip[clips[:, 0]], source_of_clip[clips[:, 1]] = a, b
    place = {pair: number for number, pair in enumerate(combinations(range(len(sources)), 2))}
    pair = np.array([place[tuple(sorted(both))] for both in zip(a.tolist(), b.tolist(), strict=True)])
    side = chosen["choice"].map({"a": 0, "b": 1, "tie": 2}).to_numpy(np.int64)
    outcome = np.where((side < 2) & (a > b), 1 - side, side)  # the first of a pair is the earlier source
    return _Choices(pair, outcome, pd.factorize(chosen["participant"])[0], clips, source_of_clip)


def _counts(choices: _Choices, sources: int) -> np.ndarray:
    """How often each outcome happened for each pair of sources: (pairs, 3)."""
    pairs = sources * (sources - 1) // 2
    return np.bincount(choices.pair * 3 + choices.outcome, minlength=pairs * 3).reshape(pairs, 3).astype(float)


@dataclass(frozen=True, eq=False)
class Davidson:
    """Davidson's model, fitted to counts.

    Parameters
    ----------
    values : log strengths of all sources but the first and, if there were ties, log ν
    covariance : of `values`, if all choices were independent
    scores : what one choice of each pair and outcome contributes to the gradient (pairs x outcomes x values)
    information : what one choice of each pair contributes to the inverse of `covariance` (pairs x values x values)
    """

    values: np.ndarray
    covariance: np.ndarray
    scores: np.ndarray
    information: np.ndarray
    log_likelihood: float


def _outcomes(counts: np.ndarray, sources: int) -> tuple[np.ndarray, np.ndarray]:
    """The outcomes that there are, ties only if there were any: their counts (pairs x outcomes), and what the logarithm
    of each is made of (pairs x outcomes x values)."""
    meaning = np.zeros((len(counts), 3, sources + 1))
    for place, (i, j) in enumerate(combinations(range(sources), 2)):
        meaning[place, 0, i] = meaning[place, 1, j] = 1
        meaning[place, 2, [i, j, sources]] = 0.5, 0.5, 1
    if counts[:, 2].any():
        return counts, meaning[..., 1:]
    return counts[:, :2], meaning[:, :2, 1:-1]


def _has_a_maximum(counts: np.ndarray, meaning: np.ndarray) -> bool:
    """Whether finite values are likeliest: in no direction do all choices made become likelier for ever, or stay as
    they are (Albert & Anderson 1984; without ties it is Ford's condition of 1957)."""
    gains = np.concatenate(
        [meaning[pair, made] - np.delete(meaning[pair], made, axis=0) for pair, made in np.argwhere(counts > 0)]
    )
    if np.linalg.matrix_rank(gains) < gains.shape[1]:
        return False
    directions = optimize.linprog(-gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=(-1, 1))
    return directions.fun > -1e-9


def davidson(counts: np.ndarray, sources: int) -> Davidson:
    """Maximise the likelihood by Newton's method.

    Parameters
    ----------
    counts : pairs x (first wins, second wins, ties), pairs in the order of `itertools.combinations`
    """
    counts, meaning = _outcomes(counts, sources)
    values, totals = np.zeros(meaning.shape[-1]), counts.sum(axis=1, keepdims=True)
    for _ in range(100):
        logs = meaning @ values
        logs -= np.logaddexp.reduce(logs, axis=1, keepdims=True)
        scores = meaning - np.einsum("po,pok->pk", np.exp(logs), meaning)[:, None]
        information = np.einsum("po,pok,pol->pkl", np.exp(logs), scores, scores)
        curvature = np.einsum("p,pkl->kl", totals[:, 0], information)
        step = np.linalg.solve(curvature, np.einsum("po,pok->k", counts, scores))
        values = values + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    return Davidson(values, np.linalg.inv(curvature), scores, information, float((counts * logs).sum()))


def _jackknife(choices: _Choices, fit: Davidson) -> np.ndarray:
    """Covariance of the values from leaving out each clip of each source, and each listener, in turn.

    The variance that choices have by themselves is in the clips' part twice and in the listeners' once: two are taken
    off.
    """
    covariance = -2 * fit.covariance
    first, second = choices.clips.T
    moved = _weights_without(choices, fit, np.concatenate([first, second]), 2)
    for source in range(int(choices.source_of_clip.max()) + 1):
        covariance = covariance + _spread(moved[choices.source_of_clip == source])
    return covariance + _spread(_weights_without(choices, fit, choices.participant, 1))


def _weights_without(choices: _Choices, fit: Davidson, group: np.ndarray, sides: int) -> np.ndarray:
    """How far the values move when a group of choices is left out, to first order: (groups x values)."""
    size = len(fit.values)
    score = np.tile(fit.scores[choices.pair, choices.outcome], (sides, 1))
    information = np.tile(fit.information[choices.pair].reshape(-1, size * size), (sides, 1))
    scores = np.column_stack([np.bincount(group, column) for column in score.T])
    informations = np.column_stack([np.bincount(group, column) for column in information.T]).reshape(-1, size, size)
    rest = np.linalg.inv(fit.covariance) - informations
    return -np.linalg.solve(rest, scores[..., None])[..., 0]


def _spread(moved: np.ndarray) -> np.ndarray:
    """The jackknife's covariance (Efron & Tibshirani 1993, chapter 11)."""
    apart = moved - moved.mean(axis=0)
    return (len(moved) - 1) / len(moved) * apart.T @ apart


def _preference_fit(choices: _Choices, fit: Davidson, counts: np.ndarray, sources: list[str]) -> PreferenceFit:
    clips, df = len(choices.source_of_clip), len(choices.source_of_clip) - len(sources)
    strength = np.append(0, fit.values[: len(sources) - 1])
    robust, naive = _jackknife(choices, fit), fit.covariance

    def difference(i: int, j: int, label: str) -> Estimate:
        weights = (np.arange(1, len(fit.values) + 1) == j).astype(float) - (np.arange(1, len(fit.values) + 1) == i)
        # By chance it may come out smaller than if all choices were independent; it is not.
        variance = max(weights @ robust @ weights, weights @ naive @ weights)
        return t_estimate(label, strength[j] - strength[i], np.sqrt(variance), df)

    pairs = pairwise(sources, difference)
    ties = float(np.exp(fit.values[-1])) if counts[:, 2].any() else 0.0
    return PreferenceFit(
        sources=tuple(sources),
        strengths=tuple(difference(0, j, source) for j, source in enumerate(sources) if j),
        pairs=pairs,
        chances=tuple(Share.from_estimate(pair, lambda x: chance(x, ties)) for pair in pairs),
        ties=float(counts[:, 2].sum() / counts.sum()),
        naive_se=tuple(np.sqrt(np.diag(naive))[: len(sources) - 1].tolist()),
        log_likelihood=fit.log_likelihood,
        choices=len(choices.pair),
        levels={"participant": int(choices.participant.max()) + 1, "clip": clips},
    )


def chance(difference: float, ties: float) -> float:
    """The chance of being chosen at a difference of log strengths, ties (Davidson's ν) counted half."""
    tied = ties * np.exp(difference / 2)
    return float((np.exp(difference) + tied / 2) / (1 + np.exp(difference) + tied))
