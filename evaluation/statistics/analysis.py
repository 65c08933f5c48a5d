"""The whole analysis of a survey: a tidy table in, every conclusion out, or the reason why there is none."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.comparisons import Comparison, TheseClips, compare, compare_these_clips
from evaluation.statistics.confidence import Insight, insight
from evaluation.statistics.designs import rating_design, source_order
from evaluation.statistics.estimates import Estimate
from evaluation.statistics.linear import LinearFit, fit_design, fit_linear
from evaluation.statistics.ordinal import OrdinalFit, fit_ordinal_design
from evaluation.statistics.power import Spread
from evaluation.statistics.reasons import Reason
from evaluation.statistics.reliability import (
    Agreement,
    Reliability,
    VarianceShares,
    agreement,
    reliability,
    variance_shares,
)
from evaluation.statistics.sensitivity import Variation, clip_means, variations
from evaluation.statistics.verdicts import BOUND, VerdictFit, fit_verdicts, fit_verdicts_by

NEGLIGIBLE = 1 / 8  # of the scale: half a point from 1 to 5, unless the survey fixed another bound


@dataclass(frozen=True, eq=False)
class AspectAnalysis:
    """All about one aspect.

    Parameters
    ----------
    linear : the model that carries the conclusions, `aspect ~ source + (1 | participant) + (1 | clip)`
    third : the same with `(1 | participant:source)`
    ordinal : the cumulative link model, as a check
    disagreements : pairs that the linear and the ordinal model judge differently
    comparisons : each pair of sources
    these_clips : rank tests, for these clips only
    clip_means : the t test on clips' means
    anchors : human sources against anchors, a model of its own; None where there are no anchors
    spread : what a next survey can be planned with
    """

    aspect: Aspect
    bound: float
    linear: LinearFit | Reason
    third: LinearFit | Reason | None = None
    ordinal: OrdinalFit | Reason | None = None
    disagreements: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    these_clips: TheseClips | Reason | None = None
    clip_means: tuple[Estimate, ...] | Reason | None = None
    agreement: Agreement | Reason | None = None
    variance: VarianceShares | None = None
    reliability: Reliability | Reason | None = None
    sensitivity: tuple[Variation, ...] = ()
    anchors: LinearFit | Reason | None = None
    spread: Spread | None = None


@dataclass(frozen=True, eq=False)
class Analysis:
    """A survey's conclusions.

    Parameters
    ----------
    sources : with their origin, the reference first
    aspects : by key
    verdicts : the mixed probit model; None where no verdict was asked for
    verdicts_by : the same for groups of listeners, by column and group
    insight : whether surer verdicts are better ones; None where nobody was asked how sure they were
    overlaps : of each source's measures with the human ones (`clip_measures.overlaps`); None where nothing was measured
    seed : of the bootstraps
    """

    sources: dict[str, str]
    answers: int
    participants: int
    clips: int
    aspects: dict[str, AspectAnalysis]
    verdicts: VerdictFit | Reason | None
    verdicts_by: dict[str, dict[str, VerdictFit | Reason]] = field(default_factory=dict)
    insight: Insight | Reason | None = None
    overlaps: pd.DataFrame | None = None
    seed: int = 1

    @property
    def reference(self) -> str:
        """The source that the others are compared with: the first human one, or the first where there is none."""
        return next(iter(self.sources), "")


def analyse(
    frame: pd.DataFrame,
    aspects: Sequence[Aspect | str],
    *,
    seed: int = 1,
    bounds: Mapping[str, float] | None = None,
    d_prime_bound: float = BOUND,
    groups: Sequence[str] = (),
    covariates: Sequence[str] = (),
    third: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> Analysis:
    """Everything that can be concluded from a table of answers.

    Parameters
    ----------
    frame : one row for each participant and clip: participant, clip, source, origin (human, ai, anchor), verdict
        (human, ai or empty), a column for each aspect; familiar, position and order where known
    aspects : what was rated; a name alone means a scale from 1 to 5
    seed : of the bootstraps; each aspect draws by itself, so that one more aspect changes no other
    bounds : for an aspect the difference in points that counts as nothing (1/8 of its scale if absent); `d_prime_bound`
        the d' that does
    groups : columns by which verdicts are analysed apart, such as musical training
    covariates : columns that ratings are adjusted for, one at a time, as a sensitivity analysis
    third : whether to fit the model in which listeners differ in what they think of a source
    progress : told what is done, and which share of the whole

    Returns
    -------
    The analysis; what could not be concluded is a `Reason`. Anchors take part in none of it but their own comparison.
    """
    scales = [aspect if isinstance(aspect, Aspect) else Aspect(aspect, aspect) for aspect in aspects]
    tell = progress or (lambda text, share: None)
    analyses = {}
    for number, aspect in enumerate(scales):
        tell(f"Comparing models on {aspect.label}", number / (len(scales) + 1))
        rng = np.random.default_rng([seed, zlib.crc32(aspect.key.encode())])
        bound = (bounds or {}).get(aspect.key, NEGLIGIBLE * (aspect.highest - aspect.lowest))
        analyses[aspect.key] = analyse_aspect(frame, aspect, bound=bound, rng=rng, covariates=covariates, third=third)
    tell("Verdicts: human or AI", len(scales) / (len(scales) + 1))
    asked = "verdict" in frame and frame["verdict"].notna().any()
    origins = frame["origin"].astype(object).fillna("").groupby(frame["source"].astype(str)).first()
    analysis = Analysis(
        sources={str(source): str(origins[str(source)]) for source in source_order(frame)},
        answers=len(frame),
        participants=int(frame["participant"].nunique()),
        clips=len(frame[["source", "clip"]].drop_duplicates()),
        aspects=analyses,
        verdicts=fit_verdicts(frame, bound=d_prime_bound) if asked else None,
        insight=insight(frame) if asked else None,
        verdicts_by={c: fit_verdicts_by(frame, c, bound=d_prime_bound) for c in groups if c in frame} if asked else {},
        seed=seed,
    )
    tell("Done", 1.0)
    return analysis


def analyse_aspect(
    frame: pd.DataFrame,
    aspect: Aspect,
    *,
    bound: float,
    rng: np.random.Generator,
    covariates: Sequence[str] = (),
    third: bool = True,
) -> AspectAnalysis:
    """One aspect of `analyse`."""
    anchors = _anchors(frame, aspect.key)
    design = rating_design(frame, aspect.key)
    if isinstance(design, Reason):
        return AspectAnalysis(aspect, bound, design, anchors=anchors)
    linear = fit_design(design)
    if isinstance(linear, Reason):
        return AspectAnalysis(aspect, bound, linear, anchors=anchors)
    with_third = fit_design(design, third=True) if third else None
    fullest = with_third if isinstance(with_third, LinearFit) else linear
    ordinal = fit_ordinal_design(design, aspect.key)
    return AspectAnalysis(
        aspect=aspect,
        bound=bound,
        linear=linear,
        third=with_third,
        ordinal=ordinal,
        disagreements=_disagreements(linear, ordinal),
        comparisons=compare(linear, design, bound=bound, rng=rng),
        these_clips=compare_these_clips(design),
        clip_means=clip_means(design),
        agreement=agreement(design, rng=rng),
        variance=variance_shares(fullest),
        reliability=reliability(design, linear),
        sensitivity=variations(frame, aspect.key, covariates),
        anchors=anchors,
        spread=Spread.from_fit(fullest),
    )


def _disagreements(linear: LinearFit, ordinal: OrdinalFit | Reason) -> tuple[str, ...]:
    """Sentences about pairs that differ by one model and not, or the other way round, by the other."""
    if isinstance(ordinal, Reason):
        return ()
    sentences = []
    for plain, ordered in zip(linear.pairs(), ordinal.pairs(), strict=True):
        sure = [pair.p_holm is not None and pair.p_holm < 0.05 for pair in (plain, ordered)]
        if any(sure) and plain.estimate * ordered.estimate < 0:
            sentences.append(f"{plain.label}: the linear and the ordinal model point in opposite directions.")
        elif sure[0] != sure[1]:
            finder = "linear" if sure[0] else "ordinal"
            sentences.append(f"{plain.label}: only the {finder} model finds a difference; read it with care.")
    return tuple(sentences)


def _anchors(frame: pd.DataFrame, aspect: str) -> LinearFit | Reason | None:
    """Human sources and anchors in a model of their own: do listeners use the scale?"""
    if not frame["origin"].eq("anchor").any():
        return None
    apart = frame[frame["origin"] != "ai"]
    if not apart["origin"].eq("human").any():
        return Reason("There is no human source to compare the anchors with.")
    return fit_linear(apart.assign(origin=apart["origin"].astype(str).replace("anchor", "ai")), aspect)
