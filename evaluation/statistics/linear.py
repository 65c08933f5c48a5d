"""Linear mixed models with crossed participants and clips: how much sources differ, and how sure that is.

REML as in Bates, Mächler, Bolker & Walker 2015 (JSS 67(1), equations 34 to 42), with Satterthwaite's degrees of freedom
as in Kuznetsova, Brockhoff & Christensen 2017 (JSS 82(13)): R's `lmerTest::lmer`. A third random factor, how the
liking for a model differs between participants, is taken out of the equations exactly before the other two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from evaluation.statistics.crossing import CrossTable, Elimination, gram, scaled
from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.estimates import Estimate, pairwise, t_estimate
from evaluation.statistics.reasons import Reason

NOTHING_LEFT = 1e-6  # share of the answers' variance below which a model leaves no rest to judge by
NO_VARIANCE = 1e-4  # relative standard deviation below which a factor has none (lme4's isSingular)
STEP = 1e-3  # of a log standard deviation, in numerical derivatives


class CrossProducts:
    """What REML needs of the answers, summed once; afterwards no row is touched again.

    Parameters
    ----------
    answers, matrix : numbers (rows), fixed columns (rows x terms)
    first, second : codes of two crossed factors; the larger one first
    within : codes of a third factor whose levels lie within those of the first
    """

    def __init__(self, answers: np.ndarray, matrix: np.ndarray, first: np.ndarray, second: np.ndarray, within=None):
        self.rows, self.terms = matrix.shape
        both = np.column_stack([matrix, answers])
        self.gram = both.T @ both
        self.first, self.second = _sums(both, first), _sums(both, second)  # (levels, terms + 1)
        self.first_counts, self.second_counts = np.bincount(first).astype(float), np.bincount(second).astype(float)
        self.table = CrossTable(first, second, (len(self.first), len(self.second))).sums()
        self.has_third = within is not None
        if self.has_third:
            self.within = _sums(both, within)
            self.within_counts = np.bincount(within).astype(float)
            self.within_table = CrossTable(within, second, (len(self.within), len(self.second))).sums()
            owner = np.empty(len(self.within), np.int64)
            owner[within] = first
            ones = np.ones(len(owner))
            self.owner = sparse.csr_array((ones, (owner, np.arange(len(owner)))), shape=(len(self.first), len(owner)))

    def profile(self, theta: Sequence[float]) -> "Profile":
        """Everything at given relative standard deviations (of the factors, in units of the residual)."""
        gram_, first, second, table = self.gram, self.first, self.second, self.table
        first_weight, second_square, more = self.first_counts, np.diag(self.second_counts), 0.0
        if self.has_third and theta[2] > 0:
            shrink = theta[2] ** 2 / (1 + theta[2] ** 2 * self.within_counts)
            more = np.log1p(theta[2] ** 2 * self.within_counts).sum()
            gram_ = gram_ - (self.within * shrink[:, None]).T @ self.within
            first = first - self.owner @ (self.within * (shrink * self.within_counts)[:, None])
            second = second - self.within_table.T @ (self.within * shrink[:, None])
            first_weight = first_weight - self.owner @ (shrink * self.within_counts**2)
            second_square = second_square - gram(self.within_table, shrink)
            table = table - self.owner @ scaled(self.within_table, shrink * self.within_counts)
        a, b = theta[0], theta[1]
        corner = np.eye(len(second)) + b**2 * second_square
        eliminated = Elimination.of(1 + a**2 * first_weight, scaled(table, a * b), corner)
        x, z = eliminated.solve(a * first, b * second)
        rest = gram_ - a * first.T @ x - b * second.T @ z  # (terms + 1, terms + 1)
        information, right = rest[:-1, :-1], rest[:-1, -1]
        beta = np.linalg.solve(information, right)
        return Profile(more + eliminated.log_determinant, information, beta, rest[-1, -1] - right @ beta)


def _sums(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.column_stack([np.bincount(codes, column) for column in values.T])


@dataclass(frozen=True, eq=False)
class Profile:
    """The fit at given relative standard deviations: log det H, X'V⁻¹X, coefficients, squares left."""

    log_determinant: float
    information: np.ndarray
    beta: np.ndarray
    squares: float


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
    sums = CrossProducts(answers - middle, matrix, *codes, within)
    free = np.array([bool(factor) for factor in names])
    theta = _most_likely(sums, free)
    if theta is None:
        return Reason("The answers follow exactly from listener and clip: nothing is left to judge differences by.")
    return _fitted(
        sums, theta, names, middle, terms, levels={n: int(c.max()) + 1 for n, c in zip(names, codes, strict=False) if n}
    )


def _most_likely(sums: CrossProducts, free: np.ndarray) -> np.ndarray | None:
    """Relative standard deviations that minimise the REML criterion; None where the residual vanishes."""

    def criterion(values: np.ndarray) -> float:
        theta = np.zeros(len(free))
        theta[free] = values
        return _reml(sums, theta)

    bounds = [(0, 1e4)] * free.sum()
    options = {"ftol": 1e-15, "gtol": 1e-7, "maxiter": 200}
    found = optimize.minimize(
        criterion, np.full(free.sum(), 0.5), method="L-BFGS-B", jac="3-point", bounds=bounds, options=options
    )
    theta = np.zeros(len(free))
    theta[free] = found.x
    for place in np.flatnonzero(free):  # the smallest criterion may lie at no variance at all
        none = np.where(np.arange(len(theta)) == place, 0, theta)
        if theta[place] < NO_VARIANCE or _reml(sums, none) <= _reml(sums, theta):
            theta = none
    left = sums.profile(theta).squares / (sums.rows - sums.terms)
    return theta if left > NOTHING_LEFT * sums.gram[-1, -1] / sums.rows else None


def _reml(sums: CrossProducts, theta: np.ndarray) -> float:
    at, df = sums.profile(theta), sums.rows - sums.terms
    squares = max(at.squares, 1e-12 * sums.gram[-1, -1])  # where nothing is left, the search should end, not fail
    return at.log_determinant + np.linalg.slogdet(at.information)[1] + df * (1 + np.log(2 * np.pi * squares / df))


def _fitted(sums, theta, names, middle, terms, levels) -> LinearFit:
    at, df = sums.profile(theta), sums.rows - sums.terms
    residual = np.sqrt(at.squares / df)
    sd = np.append(theta * residual, residual)
    slopes, uncertainty = _satterthwaite(sums, sd)
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
        reml=float(_reml(sums, theta)),
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


def _satterthwaite(sums: CrossProducts, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of the coefficients' covariance by the log standard deviations, and the covariance of these.

    The criterion's second derivatives are central differences; standard deviations of zero lie on the border and are
    kept there.
    """
    free = np.flatnonzero(sd)
    size = len(free)

    def at(move: np.ndarray) -> tuple[float, np.ndarray]:
        values = sd.copy()
        values[free] *= np.exp(move * STEP)
        profile, variance = sums.profile(values[:-1] / values[-1]), values[-1] ** 2
        criterion = profile.log_determinant + np.linalg.slogdet(profile.information)[1] + profile.squares / variance
        return criterion + (sums.rows - sums.terms) * np.log(variance), variance * np.linalg.inv(profile.information)

    steps = np.eye(size)
    centre, ahead, behind = at(np.zeros(size))[0], [at(step) for step in steps], [at(-step) for step in steps]
    slopes = np.array([(a[1] - b[1]) / (2 * STEP) for a, b in zip(ahead, behind, strict=True)])
    curvature = np.empty((size, size))
    for i in range(size):
        curvature[i, i] = ahead[i][0] - 2 * centre + behind[i][0]
        for j in range(i):
            corners = [at(p * steps[i] + q * steps[j])[0] * p * q for p in (1, -1) for q in (1, -1)]
            curvature[i, j] = curvature[j, i] = sum(corners) / 4
    values, vectors = np.linalg.eigh(curvature / STEP**2)
    sure = values > 1e-8 * values.max()
    return slopes, 2 * (vectors[:, sure] / values[sure]) @ vectors[:, sure].T
