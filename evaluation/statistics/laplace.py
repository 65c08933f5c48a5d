"""Cumulative link models with crossed random intercepts, by Laplace's approximation: R's `ordinal::clmm`, and with two
categories `lme4::glmer(nAGQ = 1)`.

The integral over participants and clips is replaced by the height and the curvature of its peak (Christensen 2019,
"Cumulative Link Models for Ordinal Regression with the R Package ordinal", section 3; Tierney & Kadane 1986). The
gradient of what results is written out (the peak moves with the parameters, and its curvature with the peak), so that
a fit takes some thirty evaluations. Knows arrays only; `ordinal` and `verdicts` give them meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.special import ndtri

from evaluation.statistics.crossing import CrossTable, Elimination, scale_table
from evaluation.statistics.links import LINKS, Categories, LogisticChances, NormalChances

Chances = LogisticChances | NormalChances

NO_VARIANCE = 1e-3  # standard deviation below which a factor counts as having none
VARIANCES = np.array([1e-7, 3e3])  # where the search may go
STEPS = np.array([-25.0, 7.0])  # and for logarithms of steps between thresholds: a bold step overflows no exponential
FAR_AWAY = 15.0  # a coefficient beyond this belongs to answers that are separated completely
PEAK_TOLERANCE = 1e-9
STEP = 1e-4


@dataclass(frozen=True, eq=False)
class CumulativeFit:
    """A fitted cumulative link mixed model, P(answer <= k) = F(threshold k - effects - listener - clip).

    Parameters
    ----------
    thresholds, beta, sd : estimates; `sd` by factor
    covariance : of (thresholds, beta, log of the standard deviations above zero), from the observed curvature
    log_likelihood : Laplace's
    flat : factors without variance (a singular fit)
    converged : whether the search ended at a maximum with a proper curvature
    """

    link: str
    thresholds: np.ndarray
    beta: np.ndarray
    sd: dict[str, float]
    covariance: np.ndarray
    log_likelihood: float
    flat: tuple[str, ...]
    converged: bool
    evaluations: int

    @property
    def se(self) -> np.ndarray:
        """Standard errors of thresholds and coefficients."""
        return np.sqrt(np.diag(self.covariance))[: len(self.thresholds) + len(self.beta)]

    @property
    def parameters(self) -> np.ndarray:
        """What `covariance` is of."""
        sds = [np.log(value) for factor, value in self.sd.items() if factor not in self.flat]
        return np.concatenate([self.thresholds, self.beta, sds])


class CumulativeModel:
    """The Laplace log-likelihood as a function of (thresholds, beta, log sd of each factor).

    Parameters
    ----------
    category : 0 ... of every row
    matrix : fixed columns without intercept (rows x terms)
    factors : one or two names with codes 0, 1, ... of every row
    """

    def __init__(self, category: np.ndarray, matrix: np.ndarray, factors: dict[str, np.ndarray], link: str):
        self.rows = Categories(category, int(category.max()) + 1, link)
        self.matrix = matrix
        self.names = sorted(factors, key=lambda factor: -factors[factor].max())  # the larger one is eliminated
        self.codes = [factors[name] for name in self.names]
        if len(self.codes) == 1:  # a second factor of one level and no variance is none
            self.codes.append(np.zeros(len(category), np.int64))
        self.sizes = [int(codes.max()) + 1 for codes in self.codes]
        self.table = CrossTable(self.codes[0], self.codes[1], shape=(self.sizes[0], self.sizes[1]))
        self.peak = [np.zeros(size) for size in self.sizes]  # found last; where the next search begins
        self.evaluations = 0

    @property
    def cuts(self) -> int:
        return self.rows.number - 1

    def split(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Thresholds, beta, standard deviations (of two factors)."""
        thresholds, beta, logs = np.split(parameters, [self.cuts, self.cuts + self.matrix.shape[1]])
        return thresholds, beta, np.append(np.exp(logs), np.zeros(2 - len(logs)))

    def negative(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """Minus the Laplace log-likelihood, and its gradient."""
        thresholds, beta, sd = self.split(parameters)
        if np.any(np.diff(thresholds) <= 0):
            return np.inf, np.zeros_like(parameters)
        self.evaluations += 1
        at, height, curvature = self._climb(thresholds, self.matrix @ beta, sd)
        value = -height + 0.5 * curvature.log_determinant
        return value, self._gradient(at, curvature, sd)[: len(parameters)]

    def _place(self, sd: np.ndarray, peak: Sequence[np.ndarray]) -> np.ndarray:
        """What the random effects add to each row."""
        return sd[0] * peak[0][self.codes[0]] + sd[1] * peak[1][self.codes[1]]

    def _gather(self, values: np.ndarray, sd: np.ndarray) -> list[np.ndarray]:
        """ΛZ' of a number for each row."""
        return [s * np.bincount(codes, values, size) for s, codes, size in zip(sd, self.codes, self.sizes, strict=True)]

    def _curvature(self, weight: np.ndarray, sd: np.ndarray) -> Elimination:
        diagonal = 1 + sd[0] ** 2 * np.bincount(self.codes[0], weight, self.sizes[0])
        corner = np.diag(1 + sd[1] ** 2 * np.bincount(self.codes[1], weight, self.sizes[1]))
        return Elimination.factorise(diagonal, scale_table(self.table.sums(weight), sd[0] * sd[1]), corner)

    def _climb(self, thresholds: np.ndarray, fixed: np.ndarray, sd: np.ndarray) -> tuple[Chances, float, Elimination]:
        """The peak over the random effects (standard normal before scaling), by Newton's method with halved steps."""
        peak = self.peak
        at, height = self._height(thresholds, fixed, sd, peak)
        for _ in range(100):
            curvature = self._curvature(at.weight, sd)
            uphill = [g - z for g, z in zip(self._gather(at.slope, sd), peak, strict=True)]
            if max(np.abs(uphill[0]).max(), np.abs(uphill[1]).max()) < PEAK_TOLERANCE:
                break
            step, length = curvature.solve(*uphill), 1.0
            while True:
                there = [z + length * s for z, s in zip(peak, step, strict=True)]
                at_there, height_there = self._height(thresholds, fixed, sd, there)
                if height_there >= height - 1e-9 * abs(height) or length < 1e-6:
                    break
                length /= 2
            peak, at, height = there, at_there, height_there
        self.peak = peak
        return at, height, curvature

    def _height(
        self, thresholds: np.ndarray, fixed: np.ndarray, sd: np.ndarray, peak: list[np.ndarray]
    ) -> tuple[Chances, float]:
        at = self.rows.chances(thresholds, fixed + self._place(sd, peak))
        return at, at.log_likelihood - 0.5 * sum(z @ z for z in peak)

    def _gradient(self, at: Chances, curvature: Elimination, sd: np.ndarray) -> np.ndarray:
        """Derivatives of minus the Laplace log-likelihood.

        With h the variance of each row's place under the curvature, and s how the peak would answer a push: the peak's
        height, the curvature at a fixed peak, and the peak's own move each add a term.
        """
        own, cross, other = curvature.inverse_at(self.table)
        h = sd[0] ** 2 * own[self.codes[0]] + 2 * sd[0] * sd[1] * cross + sd[1] ** 2 * other[self.codes[1]]
        bend = 0.5 * h * at.weight_slope()
        answers = curvature.solve(*self._gather(bend, sd))
        push = self._place(sd, answers)
        by_place = -at.slope + bend - at.weight * push
        ends = []
        for which in ("upper", "lower"):
            log_chance, slope, weight = at.by_end(which)
            ends.append(-log_chance + 0.5 * h * weight + push * slope)
        by_sd, pulls = [], self._gather(at.slope, sd)
        for k, inverse in enumerate((own, other)):
            moved = by_place @ (sd[k] * self.peak[k][self.codes[k]])
            by_sd.append(moved + self.sizes[k] - inverse.sum() + answers[k] @ pulls[k])
        return np.concatenate([self.rows.by_threshold(*ends), self.matrix.T @ by_place, by_sd])


def fit_cumulative(
    category: np.ndarray, matrix: np.ndarray, factors: dict[str, np.ndarray], *, link: str = "logit"
) -> CumulativeFit:
    """Maximise the Laplace likelihood.

    Parameters
    ----------
    category : 0, 1, ... of every row, each of them used
    matrix : fixed columns without intercept (rows x terms; the thresholds are the intercept)
    factors : one or two names with codes 0, 1, ... of every row
    link : "logit" or "probit"
    """
    model = CumulativeModel(category, matrix, factors, link)
    start = _start(model)
    scale = _scales(model, start)

    def scaled_negative(values: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = _objective(model, values * scale)
        return value, gradient * scale

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(start)
    bounds[1 : model.cuts] = [tuple(STEPS / one) for one in scale[1 : model.cuts]]
    bounds[len(start) - len(factors) :] = [tuple(VARIANCES / one) for one in scale[len(start) - len(factors) :]]
    optimum = optimize.minimize(
        scaled_negative,
        start / scale,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-7, "maxiter": 500, "maxcor": 20},
    )
    return _cumulative_fit(model, _parameters(model, optimum.x * scale))


def _start(model: CumulativeModel) -> np.ndarray:
    """Where the search begins: thresholds as the pooled answers put them, no effects, moderate variances."""
    counts = np.bincount(model.rows.category, minlength=model.rows.number)
    shares = np.cumsum(counts)[:-1] / counts.sum()
    places = ndtri(shares) * np.sqrt(1.3 * LINKS[model.rows.link].variance)
    steps = np.log(np.maximum(np.diff(places), 1e-3))
    variances = np.full(len(model.names), 0.15 * LINKS[model.rows.link].variance)
    return np.concatenate([places[:1], steps, np.zeros(model.matrix.shape[1]), variances])


def _scales(model: CumulativeModel, start: np.ndarray) -> np.ndarray:
    """Roughly the standard error of each parameter, so that the search sees a round valley and not a gorge."""
    rows, sizes = len(model.rows.category), np.array(model.sizes[: len(model.names)])
    variances = start[len(start) - len(sizes) :]
    weight = 0.6 / LINKS[model.rows.link].variance  # of one answer
    noise = 1 / (weight * rows) + (variances / sizes).sum()
    steps = weight * rows / model.cuts * np.exp(2 * start[1 : model.cuts])
    spread = weight * rows / sizes * variances
    spread = sizes / 2 * (spread / (1 + spread) / variances) ** 2
    columns = np.maximum(model.matrix.var(axis=0), 1e-12)
    return 1 / np.sqrt(np.concatenate([[1 / noise], steps, columns / noise, spread]))


def _parameters(model: CumulativeModel, searched: np.ndarray) -> np.ndarray:
    """The model's parameters from those searched: the first threshold, the logarithms of the steps between thresholds
    (they cannot cross), beta, and variances (by a log standard deviation the slope vanishes towards 0, and the search
    would stay there)."""
    parameters, cuts, factors = searched.copy(), model.cuts, len(model.names)
    parameters[1:cuts] = searched[0] + np.cumsum(np.exp(searched[1:cuts]))
    parameters[-factors:] = np.log(searched[-factors:]) / 2
    return parameters


def _objective(model: CumulativeModel, searched: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the log-likelihood and its gradient by what is searched."""
    value, gradient = model.negative(_parameters(model, searched))
    cuts, factors = model.cuts, len(model.names)
    above = np.cumsum(gradient[:cuts][::-1])[::-1]  # a step moves all thresholds above it
    gradient[:cuts] = above * np.concatenate([[1], np.exp(searched[1:cuts])])
    gradient[-factors:] /= 2 * searched[-factors:]
    return value, gradient


def _cumulative_fit(model: CumulativeModel, parameters: np.ndarray) -> CumulativeFit:
    value, gradient = model.negative(parameters)
    thresholds, beta, sd = model.split(parameters)
    fixed = model.cuts + len(beta)
    flat = [name for name, size in zip(model.names, sd, strict=False) if size < NO_VARIANCE]
    free = [k for k in range(len(parameters)) if k < fixed or model.names[k - fixed] not in flat]
    curvature = np.empty((len(free), len(free)))
    for row, k in enumerate(free):
        step = STEP * np.eye(len(parameters))[k]
        curvature[row] = (model.negative(parameters + step)[1] - model.negative(parameters - step)[1])[free] / (
            2 * STEP
        )
    curvature = (curvature + curvature.T) / 2
    proper = bool(np.all(np.isfinite(curvature)) and np.all(np.linalg.eigvalsh(curvature) > 0))
    return CumulativeFit(
        link=model.rows.link,
        thresholds=thresholds,
        beta=beta,
        sd={name: float(0 if name in flat else size) for name, size in zip(model.names, sd, strict=False)},
        covariance=np.linalg.inv(curvature) if proper else np.full(curvature.shape, np.nan),
        log_likelihood=-float(value),
        flat=tuple(flat),
        converged=proper and bool(np.abs(gradient[free]).max() < 1e-2) and bool(np.abs(beta).max(initial=0) < FAR_AWAY),
        evaluations=model.evaluations,
    )
