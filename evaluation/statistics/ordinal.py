"""Ratings as what they are, ordered words: the cumulative link mixed model, the check beside the linear one.

A rating of 5 is more than a 4, but nobody promised that it is as much more as a 4 is than a 3. The model puts every
clip on a line of liking, cut into categories at thresholds that the answers themselves decide; sources shift clips
along that line by log-odds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.estimates import Estimate, Share, pairwise, t_estimate
from evaluation.statistics.laplace import CumulativeFit, fit_cumulative
from evaluation.statistics.links import LINKS
from evaluation.statistics.reasons import Reason

MOST_CATEGORIES = 21
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """A fitted cumulative link mixed model of one aspect.

    Parameters
    ----------
    formula : in R's notation, for `clmm` with the aspect as an ordered factor
    values : the ratings that were given, lowest first; a threshold lies between each two
    fit : estimates and their covariance
    df : degrees of freedom of the t tests: clips minus sources. R's `clmm` uses the normal distribution instead, which
        finds differences where there are none in 9 to 10 % of studies of 24 clips instead of 5 %
    """

    formula: str
    sources: tuple[str, ...]
    source_rows: np.ndarray
    terms: tuple[str, ...]
    values: tuple[float, ...]
    fit: CumulativeFit
    df: float
    answers: int
    levels: dict[str, int]
    notes: tuple[str, ...] = field(default=())

    @property
    def log_likelihood(self) -> float:
        return self.fit.log_likelihood

    @property
    def sd(self) -> dict[str, float]:
        return self.fit.sd

    @property
    def thresholds(self) -> tuple[Estimate, ...]:
        """Where one category ends and the next begins, for the first source; named as R names them."""
        labels = [f"{low:g}|{high:g}" for low, high in zip(self.values, self.values[1:], strict=False)]
        return tuple(map(self._single, labels, range(len(labels))))

    @property
    def coefficients(self) -> tuple[Estimate, ...]:
        """Log-odds (or probits) of a higher rating, against the first source."""
        return tuple(map(self._single, self.terms, range(len(self.values) - 1, len(self.values) - 1 + len(self.terms))))

    def _single(self, label: str, place: int) -> Estimate:
        return t_estimate(label, self.fit.parameters[place], np.sqrt(self.fit.covariance[place, place]), self.df)

    def contrast(self, weights: np.ndarray, label: str = "", level: float = 0.95) -> Estimate:
        """A weighted sum of the coefficients."""
        cuts = len(self.values) - 1
        covariance = self.fit.covariance[cuts : cuts + len(weights), cuts : cuts + len(weights)]
        return t_estimate(label, weights @ self.fit.beta, np.sqrt(weights @ covariance @ weights), self.df, level)

    def pairs(self) -> tuple[Estimate, ...]:
        """All differences of two sources in log-odds, later minus earlier, with Holm's correction over all of them."""
        rows = self.source_rows
        return pairwise(self.sources, lambda i, j, label: self.contrast((rows[j] - rows[i])[1:], label))

    def share_at_least(self, value: float) -> tuple[Share, ...]:
        """For each source the share of ratings at or above `value` that the model expects of any listener and clip;
        nothing where all ratings given lie on one side of it."""
        cut = sum(known < value for known in self.values) - 1
        if not 0 <= cut < len(self.values) - 1:
            return ()
        cuts, flat = len(self.values) - 1, self.fit.flat
        free = [factor for factor in self.fit.sd if factor not in flat]
        link = LINKS[self.fit.link]

        def log_odds(parameters: np.ndarray, row: np.ndarray) -> float:
            place = row[1:] @ parameters[cuts : cuts + len(self.terms)] - parameters[cut]
            spread = np.sqrt(np.exp(2 * parameters[cuts + len(self.terms) :]).sum()) if free else 0.0
            share = NODE_WEIGHTS @ link.cumulative(place + spread * NODES)
            return float(np.log(share / (1 - share)))

        shares = []
        for source, row in zip(self.sources, self.source_rows, strict=True):
            middle, se = delta_method(partial(log_odds, row=row), self.fit.parameters, self.fit.covariance)
            shares.append(Share.from_estimate(t_estimate(source, middle, se, self.df), lambda x: 1 / (1 + np.exp(-x))))
        return tuple(shares)


def delta_method(
    function: Callable[[np.ndarray], float], parameters: np.ndarray, covariance: np.ndarray
) -> tuple[float, float]:
    """A function of estimated parameters and its standard error: sqrt(g'Vg), with g the function's gradient."""
    steps = 1e-5 * np.eye(len(parameters))
    gradient = np.array([function(parameters + step) - function(parameters - step) for step in steps]) / 2e-5
    return function(parameters), float(np.sqrt(gradient @ covariance @ gradient))


def fit_ordinal(
    frame: pd.DataFrame, aspect: str, *, covariates: Sequence[str] = (), link: str = "logit"
) -> OrdinalFit | Reason:
    """`aspect ~ source + (1 | participant) + (1 | clip)` with ordered categories.

    Parameters
    ----------
    frame : one row for each participant and clip: participant, clip, source, origin, the aspect
    covariates : further fixed columns, numbers or words
    link : "logit" (differences are log-odds) or "probit"

    Returns
    -------
    The fit, or the reason why there is none. Points of the scale that nobody chose have no threshold.
    """
    design = rating_design(frame, aspect, covariates)
    return fit_ordinal_design(design, aspect, link=link) if isinstance(design, Design) else design


def fit_ordinal_design(design: Design, aspect: str, *, link: str = "logit") -> OrdinalFit | Reason:
    """The same for answers that are laid out already."""
    values, category = np.unique(design.answers, return_inverse=True)
    obstacle = _why_not(design, aspect, values, category)
    if obstacle:
        return obstacle
    factors = {"participant": design.participant, "clip": design.clip}
    if not design.has_repeated_participants:
        del factors["participant"]
    fit = fit_cumulative(category, design.matrix[:, 1:], factors, link=link)
    if not fit.converged:
        return Reason(f"The ordinal model found no stable answer for {aspect}; only the linear model is reported.")
    spoken = {"participant": "listeners", "clip": "clips"}
    flat = (f"Singular fit: no variance between {spoken[factor]} was found; it counts as zero." for factor in fit.flat)
    return OrdinalFit(
        formula=design.formula if len(factors) == 2 else design.formula.replace(" + (1 | participant)", ""),
        sources=design.sources,
        source_rows=design.source_rows,
        terms=design.terms[1:],
        values=tuple(float(value) for value in values),
        fit=fit,
        df=float(design.df_between_clips),
        answers=len(design),
        levels={"participant": len(design.participants), "clip": len(design.clips)},
        notes=(*design.notes, *_unused_points(aspect, values), *flat),
    )


def _why_not(design: Design, aspect: str, values: np.ndarray, category: np.ndarray) -> Reason | None:
    if len(values) > MOST_CATEGORIES:
        return Reason(
            f"{aspect} has {len(values)} different values; the ordinal model is for scales of up to "
            f"{MOST_CATEGORIES} points, and on so fine a scale the linear model serves."
        )
    for number, source in enumerate(design.sources):
        given = np.unique(category[design.source == number])
        if len(given) == 1 and given[0] in (0, len(values) - 1):
            end = "lowest" if given[0] == 0 else "highest"
            return Reason(
                f"Every rating of {source} on {aspect} is the {end} one given, {values[given[0]]:g}: any large "
                f"difference would fit, so the ordinal model has no answer."
            )
    return None


def _unused_points(aspect: str, values: np.ndarray) -> list[str]:
    if not np.all(values == np.round(values)) or np.ptp(values) >= MOST_CATEGORIES:
        return []
    unused = sorted(set(range(int(values[0]), int(values[-1]) + 1)) - set(values.astype(int)))
    return [f"Nobody chose {', '.join(map(str, unused))} on {aspect}; the scale is read without."] if unused else []
