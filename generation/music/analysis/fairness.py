"""Whether the clips of several sources differ in what is not to be judged: level, length, density and the like.

Where sources differ in one of these, listeners may judge that instead of the music. Each feature is compared by a
permutation test on ranks (Kruskal and Wallis' statistic, labels of the clips exchanged at random); p-values are
adjusted for the number of features (Holm, 1979). A difference that nobody hears is none, however sure it is.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.05  # of error, for all features together
DRAWS = 4_999
ONE_VOICE, SEVERAL_VOICES = 1.2, 1.8  # pitches that sound at a time, on average


@dataclass(frozen=True)
class Feature:
    key: str
    title: str
    unit: str
    least: float  # medians that differ by less are not told apart by ear
    digits: int = 1


FEATURES = (
    Feature("loudness", "Loudness", "LUFS", 0.5),
    Feature("true_peak", "True peak", "dBTP", 3.0),
    Feature("sounding", "Length of the music", "s", 0.5),
    Feature("leading_silence", "Silence before it", "s", 0.05, 2),
    Feature("tempo", "Tempo", "quarter notes/min", 5.0, 0),
    Feature("note_density", "Note density", "notes/s", 0.5),
    Feature("loudness_spread", "Velocity spread", "velocity", 4.0),
    Feature("pitch_range", "Range", "semitones", 4.0, 0),
    Feature("polyphony", "Polyphony", "pitches", 0.3),
    Feature("instruments", "Instruments", "", 1.0, 0),
    Feature("bandwidth", "Bandwidth", "Hz", 1_500.0, 0),
    Feature("sample_rate", "Sample rate of the source", "Hz", 1.0, 0),
)


@dataclass(frozen=True)
class Summary:
    """Of the clips of one source: how many have the feature, its median and its extremes."""

    source: str
    count: int
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    feature: Feature
    groups: tuple[tuple[str, tuple[float, ...]], ...]  # source, its values
    summaries: tuple[Summary, ...]
    p: float  # adjusted for the number of features; NaN where there is nothing to compare
    differs: bool
    may_differ: bool = False  # would, were it the only feature: with few clips chance is hard to rule out

    @property
    def is_same_everywhere(self) -> bool:
        """No two clips of any source differ in it."""
        return len({self.format_value(value) for _, values in self.groups for value in values}) == 1

    @property
    def sentence(self) -> str:
        """What differs, for a person; empty where nothing does."""
        if not self.differs:
            return ""
        return (
            f"{self.feature.title} differs between the models by more than chance would give ({self.p_text}): "
            f"{self.medians} (medians)."
        )

    @property
    def medians(self) -> str:
        """ "Bach 4.0, LSTM 9.1 notes/s"."""
        each = ", ".join(
            f"{summary.source} {self.format_value(summary.median)}" for summary in self.summaries if summary.count
        )
        return f"{each} {self.feature.unit}".rstrip()

    @property
    def p_text(self) -> str:
        return "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"

    def format_value(self, value: float) -> str:
        return f"{value:,.{self.feature.digits}f}".replace("-", "−")


@dataclass(frozen=True)
class Report:
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]  # what no list of numbers shows as plainly

    @property
    def differing(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.differs)

    @property
    def doubtful(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.may_differ)


def compare(clips: Sequence[tuple[str, Mapping[str, float | None]]], *, seed: int = 1, draws: int = DRAWS) -> Report:
    """Every feature between the sources.

    Parameters
    ----------
    clips : for each clip its source and its features by key; what is missing or no number is left out
    seed : of the permutations: the same clips give the same report

    Returns
    -------
    A finding for each feature that any clip has, in the order of `FEATURES`.
    """
    sources = list(dict.fromkeys(source for source, _ in clips))
    grouped = [(feature, [(source, _values(clips, source, feature.key)) for source in sources]) for feature in FEATURES]
    grouped = [(feature, groups) for feature, groups in grouped if any(values for _, values in groups)]
    rng = np.random.default_rng(seed)
    alone = [permutation_p([values for _, values in groups], rng, draws=draws) for _, groups in grouped]
    findings = tuple(
        _finding(feature, groups, p, p_alone)
        for (feature, groups), p, p_alone in zip(grouped, holm(alone), alone, strict=True)
    )
    return Report(findings, tuple(filter(None, [_texture(findings)])))


def _values(clips: Sequence[tuple[str, Mapping[str, float | None]]], source: str, key: str) -> list[float]:
    values = [features.get(key) for clip_source, features in clips if clip_source == source]
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def _finding(feature: Feature, groups: list[tuple[str, list[float]]], p: float, p_alone: float) -> Finding:
    summaries = tuple(
        Summary(source, len(values), float(np.median(values)), min(values), max(values))
        if values
        else Summary(source, 0, math.nan, math.nan, math.nan)
        for source, values in groups
    )
    medians = [summary.median for summary in summaries if summary.count]
    is_heard = max(medians) - min(medians) >= feature.least
    differs = is_heard and p < LEVEL
    may_differ = is_heard and p_alone < LEVEL and not differs
    frozen = tuple((source, tuple(values)) for source, values in groups)
    return Finding(feature, frozen, summaries, p, differs, may_differ)


def permutation_p(groups: Sequence[Sequence[float]], rng: np.random.Generator, *, draws: int = DRAWS) -> float:
    """How often chance gives groups as different as these: Kruskal and Wallis' statistic with the labels permuted.

    Returns
    -------
    From 1 / (draws + 1) to 1; NaN where fewer than two groups have values; 1 where all values are equal.
    """
    samples = [np.asarray(group, float) for group in groups if len(group)]
    if len(samples) < 2:
        return math.nan
    values = np.concatenate(samples)
    if np.ptp(values) == 0:
        return 1.0
    sizes = np.array([len(sample) for sample in samples])
    ranks = _ranks(values)
    edges = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def statistic(rows: np.ndarray) -> np.ndarray:  # (draws, clips) -> (draws,)
        return (np.add.reduceat(rows, edges, axis=1) ** 2 / sizes).sum(axis=1)

    observed = statistic(ranks[None])[0]
    drawn = statistic(rng.permuted(np.tile(ranks, (draws, 1)), axis=1))
    # What is equal but for rounding is as extreme as what was observed.
    return float((1 + (drawn >= observed * (1 - 1e-12)).sum()) / (draws + 1))


def _ranks(values: np.ndarray) -> np.ndarray:
    """From 1; equal values share the middle of their ranks."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[group]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted so that the chance of any false alarm among them stays at the level; NaN counts for none."""
    adjusted = [math.nan] * len(p_values)
    order = sorted((p, index) for index, p in enumerate(p_values) if not math.isnan(p))
    highest = 0.0
    for number, (p, index) in enumerate(order):
        highest = max(highest, min(1.0, p * (len(order) - number)))
        adjusted[index] = highest
    return adjusted


def _texture(findings: Sequence[Finding]) -> str:
    """One voice against several is heard at once, whatever the notes are."""
    for finding in findings:
        if finding.feature.key == "polyphony":
            single = [summary.source for summary in finding.summaries if summary.count and summary.median <= ONE_VOICE]
            several = [
                summary.source for summary in finding.summaries if summary.count and summary.median >= SEVERAL_VOICES
            ]
            if single and several:
                return (
                    f"{_join_names(single)} {'has' if len(single) == 1 else 'have'} one voice, "
                    f"{_join_names(several)} {'has' if len(several) == 1 else 'have'} several. Listeners notice this "
                    "at once. Reduce all clips to the melody, or report the difference with the results."
                )
    return ""


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
