"""Human or AI? What listeners can hear, kept apart from what they like to answer.

Signal detection (Green & Swets 1966; as a mixed probit model Wright, Horry & Skagerberg 2009, DeCarlo 2010): a listener
says "AI" when what is heard lies beyond a point. How far a model's clips lie from human ones is d'; how readily
"AI" is said at all is the criterion. Counting right answers mixes the two: with three models and one human source
"always AI" is right three times of four.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import ndtr

from evaluation.statistics.designs import Design, drop_anchors, lay_out, why_no_model
from evaluation.statistics.estimates import Equivalence, Estimate, Share, equivalence, t_estimate
from evaluation.statistics.laplace import CumulativeFit, fit_cumulative
from evaluation.statistics.ordinal import delta_method
from evaluation.statistics.reasons import Reason

FORMULA = "verdict ~ source + (1 | participant) + (1 | clip)"
BOUND = 0.3  # |d'| below which two sources count as not to be told apart, unless the survey fixed another


@dataclass(frozen=True)
class Detection:
    """How well one model's clips are told from human ones.

    Parameters
    ----------
    source : the model
    hit_rate : share of its clips that are taken for AI, by any listener and for any of its clips
    false_alarm_rate : share of human clips that are taken for AI
    d_prime : distance in probits between its clips and human ones, for one listener and typical clips: the model's
        coefficient; 0 cannot be told apart, 1 is right in 69 %, 2 in 84 % of the cases without preference
    d_prime_average : the same from the two rates, z(hits) - z(false alarms): smaller, as listeners and clips differ
    criterion : -(z(hits) + z(false alarms)) / 2 on the scale of d_prime; above 0: "human" comes more easily
    balanced_accuracy : (hits + 1 - false alarms) / 2; guessing gives 0.5, whatever is answered
    equivalence : whether |d'| is shown to be below the bound
    """

    source: str
    hit_rate: Share
    false_alarm_rate: Share
    d_prime: Estimate
    d_prime_average: Estimate
    criterion: Estimate
    balanced_accuracy: Share
    equivalence: Equivalence


@dataclass(frozen=True, eq=False)
class VerdictFit:
    """The mixed probit model of the verdicts.

    Parameters
    ----------
    formula : in R's notation, for `clmm(link = "probit")` with `verdict` as a factor of levels human, ai. (`glmer`
        curves its approximation differently for probits and lies further from the exact likelihood; d' differs by
        about 1 %)
    coefficients : one for each term; intercept and differences from the first human source, in probits
    df : degrees of freedom of the coefficients and of the shares: clips minus sources. A model's d', criterion and
        balanced accuracy are judged by its own and the human clips only, clips - 2: with as few clips as surveys have,
        the model's variance of clips comes out too small
    said_ai : each source's share of verdicts "AI", for any listener and clip
    detections : one for each model that can be judged
    undecided : models without numbers, and why
    """

    formula: str
    sources: tuple[str, ...]
    coefficients: tuple[Estimate, ...]
    sd: dict[str, float]
    log_likelihood: float
    df: float
    answers: int
    levels: dict[str, int]
    said_ai: tuple[Share, ...]
    detections: tuple[Detection, ...]
    undecided: dict[str, Reason] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())


def fit_verdicts(frame: pd.DataFrame, *, bound: float = BOUND) -> VerdictFit | Reason:
    """The verdicts of all human and AI sources in one mixed model.

    Parameters
    ----------
    frame : one row for each participant and clip: participant, clip, source, origin, verdict ("human", "ai" or empty)
    bound : |d'| that counts as nothing, fixed before the answers were seen

    Returns
    -------
    The fit, or the reason why there is none. Several human sources count alike: false alarms are those of their mean.
    """
    judged = _judged_rows(frame)
    if isinstance(judged, Reason):
        return judged
    judged, undecided = _drop_unanimous(judged)
    obstacle = _why_not(judged, undecided) or why_no_model(judged, "human or AI")
    if obstacle:
        return obstacle
    design = lay_out(judged, (judged["verdict"] == "ai").to_numpy(float), "verdict")
    if isinstance(design, Reason):  # only covariates can be the cause, and there are none
        return design
    factors = {"participant": design.participant, "clip": design.clip}
    if not design.has_repeated_participants:
        del factors["participant"]
    fit = fit_cumulative(design.answers.astype(np.int64), design.matrix[:, 1:], factors, link="probit")
    if not fit.converged:
        return Reason("The model of the verdicts found no stable answer; see the shares of each source and clip.")
    return _verdict_fit(judged, design, fit, undecided, bound)


def fit_verdicts_by(frame: pd.DataFrame, column: str, *, bound: float = BOUND) -> dict[str, VerdictFit | Reason]:
    """The same for each group of listeners, such as their musical training: what do those hear who learned to?"""
    if column not in frame:
        return {}
    groups = frame.dropna(subset=[column]).groupby(column, observed=True, sort=True)
    return {str(group): fit_verdicts(rows, bound=bound) for group, rows in groups}


def _judged_rows(frame: pd.DataFrame) -> pd.DataFrame | Reason:
    """Rows with a verdict, anchors left out."""
    if "verdict" not in frame:
        return Reason("Nobody was asked whether a machine wrote the clips.")
    judged = drop_anchors(frame)
    judged = judged[judged["verdict"].notna() & (judged["verdict"].astype(str).str.strip() != "")]
    judged = judged.dropna(subset=["participant", "clip", "source"])
    odd = sorted(set(judged["verdict"].astype(str)) - {"human", "ai"})
    if odd:
        return Reason(f'Verdicts are "human", "ai" or empty; the table holds "{odd[0]}".')
    return judged if len(judged) else Reason("Nobody said whether a machine wrote the clips.")


def _drop_unanimous(judged: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Reason]]:
    """Sources that were always called the same have no finite d': they are taken out, each with its sentence."""
    share = (judged["verdict"] == "ai").groupby(judged["source"], observed=True).mean()
    counts = judged.groupby("source", observed=True).size()
    undecided = {}
    for source in share.index[(share == 0) | (share == 1)]:
        word = "AI" if share[source] else "human"
        text = f"All {counts[source]} verdicts on {source} were {word}: d' has no finite value, the share says it all."
        undecided[str(source)] = Reason(text)
    return judged[~judged["source"].astype(str).isin(undecided)], undecided


def _why_not(judged: pd.DataFrame, undecided: dict[str, Reason]) -> Reason | None:
    origins = set(judged["origin"])
    if not undecided and "human" not in origins:
        return Reason("There is no human source: hits without false alarms say nothing about what listeners can hear.")
    if not undecided and "ai" not in origins:
        return Reason("There is no AI source: nothing could be detected.")
    if {"human", "ai"} - origins:
        return Reason(f"Verdicts leave nothing to compare. {' '.join(map(str, undecided.values()))}")
    return None


def _verdict_fit(
    judged: pd.DataFrame, design: Design, fit: CumulativeFit, undecided: dict[str, Reason], bound: float
) -> VerdictFit:
    df = float(design.df_between_clips)
    origin = judged.groupby(judged["source"].astype(str), observed=True)["origin"].first()
    rows = design.source_rows * np.append(-1, np.ones(design.source_rows.shape[1] - 1))  # -threshold is the intercept
    human = rows[[origin[source] == "human" for source in design.sources]].mean(axis=0)
    measured = _Measured(fit, df)
    terms = zip(np.eye(len(design.terms)) * np.append(-1, np.ones(len(design.terms) - 1)), design.terms, strict=True)
    spoken = {"participant": "listeners", "clip": "clips"}
    return VerdictFit(
        formula=FORMULA if len(fit.sd) == 2 else FORMULA.replace(" + (1 | participant)", ""),
        sources=design.sources,
        coefficients=tuple(measured.place(row, term) for row, term in terms),
        sd=fit.sd,
        log_likelihood=fit.log_likelihood,
        df=df,
        answers=len(design),
        levels={"participant": len(design.participants), "clip": len(design.clips)},
        said_ai=tuple(measured.rate(row, source) for row, source in zip(rows, design.sources, strict=True)),
        detections=tuple(
            _detection(measured, _Measured(fit, _df_of_pair(design, origin, source)), source, row, human, bound)
            for row, source in zip(rows, design.sources, strict=True)
            if origin[source] == "ai"
        ),
        undecided=undecided,
        notes=(
            *design.notes,
            *(f"Singular fit: no variance between {spoken[name]} was found; it counts as zero." for name in fit.flat),
        ),
    )


def _df_of_pair(design: Design, origin: pd.Series, source: str) -> float:
    """Clips of a model and of the human sources, minus these sources: clips - 2 where there is one human source."""
    compared = [number for number, one in enumerate(design.sources) if one == source or origin[one] == "human"]
    clips = np.unique(design.clip[np.isin(design.source, compared)])
    return float(len(clips) - len(compared))


class _Measured:
    """Functions of a fit's parameters, each with its t interval by the delta method."""

    def __init__(self, fit: CumulativeFit, df: float):
        self.fit, self.df = fit, df
        self.fixed = 1 + len(fit.beta)

    def estimate(self, function: Callable[[np.ndarray], float], label: str) -> Estimate:
        return t_estimate(label, *delta_method(function, self.fit.parameters, self.fit.covariance), self.df)

    def place(self, row: np.ndarray, label: str) -> Estimate:
        """A weighted sum of threshold and coefficients: where a typical clip lies for a typical listener."""
        return self.estimate(lambda values: row @ values[: self.fixed], label)

    def average(self, row: np.ndarray, values: np.ndarray) -> float:
        """z of the share of all listeners and clips together: they vary, so it is nearer to 0."""
        return float(row @ values[: self.fixed] / np.sqrt(1 + np.exp(2 * values[self.fixed :]).sum()))

    def rate(self, row: np.ndarray, label: str) -> Share:
        return Share.from_estimate(self.estimate(lambda values: self.average(row, values), label), ndtr)


def _detection(
    rates: _Measured, measured: _Measured, source: str, row: np.ndarray, human: np.ndarray, bound: float
) -> Detection:
    d_prime = measured.place(row - human, source)

    def accuracy_log_odds(values: np.ndarray) -> float:
        accuracy = (ndtr(measured.average(row, values)) + ndtr(-measured.average(human, values))) / 2
        return float(np.log(accuracy / (1 - accuracy)))

    accuracy = measured.estimate(accuracy_log_odds, source)
    return Detection(
        source=source,
        hit_rate=rates.rate(row, source),
        false_alarm_rate=rates.rate(human, "human"),
        d_prime=d_prime,
        d_prime_average=measured.estimate(lambda v: measured.average(row, v) - measured.average(human, v), source),
        criterion=measured.estimate(lambda values: -(row + human) @ values[: measured.fixed] / 2, source),
        balanced_accuracy=Share.from_estimate(accuracy, lambda x: 1 / (1 + np.exp(-x))),
        equivalence=equivalence(d_prime, bound),
    )
