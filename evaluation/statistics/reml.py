"""Restricted maximum likelihood for crossed random intercepts: the arithmetic under `linear`.

Profiled as in Bates, Mächler, Bolker & Walker 2015 (JSS 67(1), equations 34 to 42). A third factor whose levels lie
within those of the first is taken out of the equations exactly before the other two. Knows nothing of listeners.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from evaluation.statistics.crossing import CrossTable, Elimination, gram, scale_table

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

    def __init__(
        self,
        answers: np.ndarray,
        matrix: np.ndarray,
        first: np.ndarray,
        second: np.ndarray,
        within: np.ndarray | None = None,
    ):
        self.rows, self.terms = matrix.shape
        both = np.column_stack([matrix, answers])
        self.gram = both.T @ both
        self.first, self.second = _sums(both, first), _sums(both, second)  # (levels, terms + 1)
        self.first_counts, self.second_counts = np.bincount(first).astype(float), np.bincount(second).astype(float)
        self.table = CrossTable(first, second, (len(self.first), len(self.second))).sums()
        self.has_third = within is not None
        if within is not None:
            self.within = _sums(both, within)
            self.within_counts = np.bincount(within).astype(float)
            self.within_table = CrossTable(within, second, (len(self.within), len(self.second))).sums()
            owner = np.empty(len(self.within), np.int64)
            owner[within] = first
            ones = np.ones(len(owner))
            self.owner = sparse.csr_array((ones, (owner, np.arange(len(owner)))), shape=(len(self.first), len(owner)))

    def profile(self, theta: Sequence[float] | np.ndarray) -> "Profile":
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
            table = table - self.owner @ scale_table(self.within_table, shrink * self.within_counts)
        a, b = theta[0], theta[1]
        corner = np.eye(len(second)) + b**2 * second_square
        eliminated = Elimination.factorise(1 + a**2 * first_weight, scale_table(table, a * b), corner)
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


def most_likely(sums: CrossProducts, free: np.ndarray) -> np.ndarray | None:
    """Relative standard deviations that minimise the REML criterion; None where the residual vanishes.

    Parameters
    ----------
    free : which factors there are; the others' stay at 0
    """

    def theta_of(variances: np.ndarray) -> np.ndarray:
        theta = np.zeros(len(free))
        theta[free] = np.sqrt(variances)
        return theta

    # Searched are variances: by a standard deviation the slope is 0 at 0, lowest place or not, and the search stays.
    optimum = optimize.minimize(
        lambda variances: criterion(sums, theta_of(variances)),
        np.full(free.sum(), 0.25),
        method="L-BFGS-B",
        jac="3-point",
        bounds=[(0, 1e8)] * free.sum(),
        options={"ftol": 1e-15, "gtol": 1e-7, "maxiter": 200},
    )
    theta = theta_of(optimum.x)
    for place in np.flatnonzero(free):
        none = np.where(np.arange(len(theta)) == place, 0, theta)
        if theta[place] < NO_VARIANCE or criterion(sums, none) <= criterion(sums, theta):
            theta = none
    left = sums.profile(theta).squares / (sums.rows - sums.terms)
    return theta if left > NOTHING_LEFT * sums.gram[-1, -1] / sums.rows else None


def criterion(sums: CrossProducts, theta: np.ndarray) -> float:
    """-2 log restricted likelihood, at its best residual variance."""
    at, df = sums.profile(theta), sums.rows - sums.terms
    squares = max(at.squares, 1e-12 * sums.gram[-1, -1])  # where nothing is left, the search should end, not fail
    return float(
        at.log_determinant + np.linalg.slogdet(at.information)[1] + df * (1 + np.log(2 * np.pi * squares / df))
    )


def satterthwaite(sums: CrossProducts, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
        height = profile.log_determinant + np.linalg.slogdet(profile.information)[1] + profile.squares / variance
        return height + (sums.rows - sums.terms) * np.log(variance), variance * np.linalg.inv(profile.information)

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
