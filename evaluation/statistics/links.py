"""From a place on the line of liking to the chance of a category: logistic and normal, with their derivatives."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

BEYOND = 1e3  # stands for infinity: both distributions are 0 or 1 there, and nothing becomes nan
TINY = 1e-300


class Categories:
    """The log-likelihood of ordered categories given each row's place, and its derivatives.

    A row in category k lies between thresholds k - 1 and k: P = F(upper - place) - F(lower - place).

    Parameters
    ----------
    category : 0 ... number - 1 of every row
    link : "logit" or "probit"
    """

    def __init__(self, category: np.ndarray, number: int, link: str):
        self.category, self.number, self.link = category, number, link
        self.counts = np.bincount(category, minlength=number)

    def chances(self, thresholds: np.ndarray, place: np.ndarray) -> "LogisticChances | NormalChances":
        ends = np.concatenate([[-BEYOND], thresholds, [BEYOND]])
        return LINKS[self.link].chances(self, ends, ends[self.category + 1] - place, ends[self.category] - place)

    def by_threshold(self, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
        """Rows' derivatives by their upper and lower end, summed for each threshold."""
        sums = np.bincount(self.category, upper, self.number)[:-1]
        return sums + np.bincount(self.category, lower, self.number)[1:]


class LogisticChances:
    """The logistic chances of the answers given, at one place.

    F(u) - F(l) = F(u) (1 - F(l)) (1 - e^(l - u)), and the last factor is the same for all rows of a category: so the
    logarithm is a sum, without differences of nearly equal numbers, and each end has derivatives of its own.

    slope, weight : first derivative of log P with respect to the place, and the negative second
    """

    def __init__(self, rows: Categories, ends: np.ndarray, upper: np.ndarray, lower: np.ndarray):
        below_upper, self.above_lower = expit(upper), expit(-lower)
        self.above_upper, self.below_lower = 1 - below_upper, 1 - self.above_lower
        width = -np.expm1(-np.diff(ends))
        logs = np.log(np.maximum(below_upper * self.above_lower, TINY))
        self.log_likelihood = logs.sum() + rows.counts @ np.log(width)
        self.upper, self.lower = below_upper * self.above_upper, self.above_lower * self.below_lower
        self.slope, self.weight = self.below_lower - self.above_upper, self.upper + self.lower
        self.closeness = ((1 - width) / width)[rows.category]
        self.bends = self.upper * (self.above_upper - below_upper), self.lower * (self.above_lower - self.below_lower)

    def weight_slope(self) -> np.ndarray:
        """Derivative of `weight` with respect to the place."""
        return -(self.bends[0] + self.bends[1])

    def by_end(self, which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Derivatives of log P, `slope` and `weight` with respect to each row's "upper" or "lower" end."""
        if which == "upper":
            return self.above_upper + self.closeness, self.upper, self.bends[0]
        return -self.below_lower - self.closeness, self.lower, self.bends[1]


class NormalChances:
    """The same for the normal distribution, from its density and the density's derivatives at both ends."""

    def __init__(self, rows: Categories, ends: np.ndarray, upper: np.ndarray, lower: np.ndarray):
        # In the upper tail the difference of two numbers near 1 would lose its digits: mirror it into the lower one.
        mirrored = upper + lower > 0
        chance = ndtr(np.where(mirrored, -lower, upper)) - ndtr(np.where(mirrored, -upper, lower))
        self.inverse = 1 / np.maximum(chance, TINY)
        self.upper, self.lower = _normal(upper), _normal(lower)
        self.first = (self.upper[0] - self.lower[0]) * self.inverse
        self.second = (self.upper[1] - self.lower[1]) * self.inverse
        self.first_squared = self.first * self.first
        self.log_likelihood = -np.log(self.inverse).sum()
        self.slope, self.weight = -self.first, self.first_squared - self.second

    def weight_slope(self) -> np.ndarray:
        third = (self.upper[2] - self.lower[2]) * self.inverse
        return third + self.first * (2 * self.first_squared - 3 * self.second)

    def by_end(self, which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sign, (density, bend, curve) = (1, self.upper) if which == "upper" else (-1, self.lower)
        density, bend, curve = (sign * part * self.inverse for part in (density, bend, curve))
        weight = -curve + (self.second - 2 * self.first_squared) * density + 2 * self.first * bend
        return density, -bend + self.first * density, weight


def _normal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The normal density with its first and second derivative."""
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return density, -x * density, (x * x - 1) * density


@dataclass(frozen=True)
class Link:
    """A symmetric distribution: its function, its chances, and the variance of one answer on the line of liking."""

    cumulative: np.ufunc
    chances: type
    variance: float


LINKS = {
    "logit": Link(expit, LogisticChances, np.pi**2 / 3),
    "probit": Link(ndtr, NormalChances, 1.0),
}
