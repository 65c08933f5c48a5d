"""Linear mixed models with crossed participants and clips: how much sources differ, and how sure that is.

REML (`reml`) with Satterthwaite's degrees of freedom as in Kuznetsova, Brockhoff & Christensen 2017 (JSS 82(13)): R's
`lmerTest::lmer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.estimates import Estimate, pairwise, t_estimate
from evaluation.statistics.reasons import Reason
from evaluation.statistics.reml import CrossProducts, criterion, most_likely, satterthwaite


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A fitted linear mixed model.

    Parameters
    ----------
    formula : in R's notation, for `lmer`
    coefficients : one estimate for each term, against the first source
    sd : standard deviation of participants, clips (and of participant:source), and of the residual, in rating points
    reml : REML criterion, -2 log restricted likelihood
    answers, levels : counts
    covariance : of the coefficients (terms x terms)
    slopes, uncertainty : what Satterthwaite's method needs: derivatives of the covariance by each log standard
        deviation, and the covariance of these
    """

    formula: str
    sources: tuple[str, ...]
    source_rows: np.ndarray
    terms: tuple[str, ...]
    beta: np.ndarray
    sd: dict[str, float]
    reml: float
    answers: int
    levels: dict[str, int]
    covariance: np.ndarray
    slopes: np.ndarray
    uncertainty: np.ndarray
    notes: tuple[str, ...] = field(default=())

    @property
    def coefficients(self) -> tuple[Estimate, ...]:
        return tuple(self.contrast(row, term) for row, term in zip(np.eye(len(self.terms)), self.terms, strict=True))

    @property
    def total_sd(self) -> float:
        """Spread of single ratings within a source: what a standardised difference is divided by."""
        return float(np.sqrt(sum(value**2 for value in self.sd.values())))

    def contrast(self, weights: np.ndarray, label: str = "", level: float = 0.95) -> Estimate:
        """A weighted sum of the coefficients, with Satterthwaite's t test: df = 2 v² / g'Ag for a variance v."""
        variance = weights @ self.covariance @ weights
        slope = np.einsum("i,kij,j->k", weights, self.slopes, weights)
        spread = slope @ self.uncertainty @ slope
        df = 2 * variance**2 / spread if spread > 0 else np.inf
        return t_estimate(label, weights @ self.beta, np.sqrt(variance), df, level)

    def means(self) -> tuple[Estimate, ...]:
        """Each source's mean, for a participant and a clip like these; the t test against zero means nothing here."""
        return tuple(self.contrast(row, source) for row, source in zip(self.source_rows, self.sources, strict=True))

    def pairs(self, level: float = 0.95) -> tuple[Estimate, ...]:
        """All differences of two sources, later minus earlier, p corrected by Holm's method over all of them."""
        rows = self.source_rows
        return pairwise(self.sources, lambda i, j, label: self.contrast(rows[j] - rows[i], label, level))


def fit_linear(
    frame: pd.DataFrame, aspect: str, *, covariates: Sequence[str] = (), third: bool = False
) -> LinearFit | Reason:
    """`aspect ~ source + (1 | participant) + (1 | clip)` by REML.

    Parameters
    ----------
    frame : one row for each participant and clip: participant, clip, source, origin, the aspect
    covariates : further fixed columns, numbers or words
    third : also `(1 | participant:source)`: listeners differ in what they think of a source

    Returns
    -------
    The fit, or the reason why there is none.
    """
    design = rating_design(frame, aspect, covariates)
    return fit_design(design, third=third) if isinstance(design, Design) else design


def fit_design(design: Design, *, third: bool = False) -> LinearFit | Reason:
    """The same for answers that are laid out already."""
    factors = {"participant": design.participant, "clip": design.clip}
    if not design.has_repeated_participants:
        note = "Every listener heard one clip, so listeners cannot be told from the rest and are not in the model."
        formula = design.formula.replace(" + (1 | participant)", "")
        design, factors = replace(design, formula=formula, notes=(*design.notes, note)), {"clip": design.clip}
    within = None
    if third:
        within = design.participant * np.int64(len(design.sources)) + design.source
        within = np.unique(within, return_inverse=True)[1]
        if within.max() + 1 >= len(design) or len(factors) < 2:
            return Reason(
                "No listener heard two clips of one model, so how listeners differ in what they think of a model "
                "cannot be seen."
            )
        design = replace(design, formula=f"{design.formula} + (1 | participant:source)")
    fit = fit_mixed(
        design.answers, design.matrix, design.terms, factors, within=within, within_name="participant:source"
    )
    if isinstance(fit, Reason):
        return fit
    return replace(
        fit,
        formula=design.formula,
        sources=design.sources,
        source_rows=design.source_rows,
        notes=design.notes + fit.notes,
    )


def fit_mixed(
    answers: np.ndarray,
    matrix: np.ndarray,
    terms: Sequence[str],
    factors: dict[str, np.ndarray],
    *,
    within: np.ndarray | None = None,
    within_name: str = "within",
) -> LinearFit | Reason:
    """A linear mixed model of plain arrays, with one or two crossed random intercepts, by REML.

    Parameters
    ----------
    answers, matrix, terms : numbers (rows), fixed columns (rows x terms; the first is the intercept), their names
    factors : one or two names with codes 0, 1, ... of every row
    within, within_name : a third random factor, nested in the first one of `factors`
    """
    names = list(factors)
    if within is None and len(names) == 2:
        names.sort(key=lambda factor: -factors[factor].max())
    codes = [factors[factor] for factor in names]
    if len(codes) == 1:  # a second factor of one level and no variance is none
        names, codes = [*names, ""], [*codes, np.zeros(len(answers), np.int64)]
    names += [within_name] if within is not None else []
    middle = answers.mean()
    sums = CrossProducts(answers - middle, matrix, codes[0], codes[1], within)
    free = np.array([bool(factor) for factor in names])
    theta = most_likely(sums, free)
    if theta is None:
        return Reason("The answers follow exactly from listener and clip: nothing is left to judge differences by.")
    return _linear_fit(
        sums, theta, names, middle, terms, levels={n: int(c.max()) + 1 for n, c in zip(names, codes, strict=False) if n}
    )


def _linear_fit(
    sums: CrossProducts,
    theta: np.ndarray,
    names: Sequence[str],
    middle: float,
    terms: Sequence[str],
    levels: dict[str, int],
) -> LinearFit:
    at, df = sums.profile(theta), sums.rows - sums.terms
    residual = np.sqrt(at.squares / df)
    sd = np.append(theta * residual, residual)
    slopes, uncertainty = satterthwaite(sums, sd)
    beta = at.beta.copy()
    beta[0] += middle
    flat = [factor for factor, relative in zip(names, theta, strict=True) if factor and relative == 0]
    return LinearFit(
        formula="",
        sources=(),
        source_rows=np.empty((0, len(terms))),
        terms=tuple(terms),
        beta=beta,
        sd={factor: float(value) for factor, value in zip([*names, "residual"], sd, strict=True) if factor},
        reml=float(criterion(sums, theta)),
        answers=sums.rows,
        levels=levels,
        covariance=at.squares / df * np.linalg.inv(at.information),
        slopes=slopes,
        uncertainty=uncertainty,
        notes=tuple(_flat_note(factor) for factor in flat),
    )


def _flat_note(factor: str) -> str:
    spoken = {
        "participant": "listeners",
        "clip": "clips",
        "participant:source": "listeners in what they think of a model",
    }
    caution = ", so differences may look surer than they are" if factor == "clip" else ""
    return f"Singular fit: no variance between {spoken.get(factor, factor)} beyond chance; it counts as zero{caution}."
