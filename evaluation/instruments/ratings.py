"""Surveys that play one clip after another: ratings of aspects, and the verdict whether a human or an AI made it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from evaluation.answers.answers import collect
from evaluation.answers.clip_measures import measure_clips
from evaluation.charts.chart import Chart
from evaluation.charts.gallery import rating_charts
from evaluation.charts.listeners import listener_charts
from evaluation.instruments.instrument import FitProgress, Instrument
from evaluation.models import Snapshot
from evaluation.package.figures import Progress
from evaluation.package.numbers import rating_record
from evaluation.package.rating_package import rating_files
from evaluation.package.readme import FILES
from evaluation.package.supplement import Supplement
from evaluation.statistics.analysis import NEGLIGIBLE, Analysis
from evaluation.statistics.answer_table import AnswerTable
from evaluation.statistics.designs import name
from evaluation.statistics.power import RATINGS, Plan, smallest_difference
from evaluation.statistics.rating_results import RatingResults, describe_ratings, fit_models
from evaluation.statistics.verdicts import BOUND, FORMULA
from surveys.exclusion_rules import rule_sentences
from surveys.models import Survey, Trial

ORDERS = {
    Survey.Order.RATINGS_FIRST: "Ratings are asked for before the verdict.",
    Survey.Order.VERDICT_FIRST: "The verdict is asked for before the ratings.",
    Survey.Order.ALTERNATED: "Every other listener is asked for the verdict first, the others for the ratings first.",
}
USUAL_LISTENERS = (20, 50, 100)  # for whom the smallest difference is given where none are planned


class RatingInstrument(Instrument[AnswerTable, RatingResults]):
    trial_kind = Trial.Kind.RATING
    fits_models = True
    package_contents = FILES

    def measure_clips(self, survey: Survey) -> None:
        measure_clips(survey)

    def collect(self, survey: Survey, *, rehearsal: bool, at: Snapshot | None = None) -> AnswerTable:
        return collect(survey, rehearsal=rehearsal, at=at)

    def describe(self, table: AnswerTable, *, without_flagged: bool = False, seed: int | None = None) -> RatingResults:
        return describe_ratings(table, without_flagged=without_flagged, seed=seed)

    def fit(self, results: RatingResults, progress: FitProgress | None = None) -> Analysis:
        return fit_models(results, progress=progress)

    def charts(self, results: RatingResults, analysis: Analysis | None) -> list[Chart]:
        return rating_charts(results, analysis)

    def listener_charts(self, results: RatingResults, listener: str) -> list[Chart]:
        return listener_charts(results, listener)

    def record(self, results: RatingResults, analysis: Analysis | None) -> dict[str, Any]:
        return rating_record(results, analysis)

    def files(
        self,
        results: RatingResults,
        charts: Sequence[Chart],
        *,
        analysis: Analysis | None,
        supplement: Supplement,
        pictures: bool,
        progress: Progress | None,
    ) -> dict[str, bytes]:
        return rating_files(
            results, charts, analysis=analysis, supplement=supplement, pictures=pictures, progress=progress
        )

    def widest_interval(self, results: RatingResults) -> float | None:
        ratings = results.ratings
        if not len(ratings) or ratings["low"].isna().all():
            return None
        return float((ratings["high"] - ratings["low"]).max() / 2)

    def background(self, results: RatingResults) -> Sequence[str]:
        return results.table.background

    def planned_design(self, survey: Survey) -> str:
        every, each = survey.clips.count(), survey.clips_each
        heard = (
            "all clips" if each >= every else f"{each} of the {every} clips, drawn so that each is heard equally often"
        )
        sentences = [
            f"Within listeners: each hears {heard}, in a random order of their own (seed {survey.seed}), and is not "
            "told where any of them comes from.",
            f"A clip is rated after {100 * survey.share_to_hear:.0f} % of it has been heard.",
        ]
        if survey.asks_verdict and survey.aspects.exists():
            sentences.append(ORDERS[survey.order])
        return " ".join(sentences)

    def planned_questions(self, survey: Survey) -> list[str]:
        lines = [
            f"- {aspect.label} (`{aspect.key}`): “{aspect.question}”, 1 ({aspect.low}) to {aspect.points} "
            f"({aspect.high})"
            for aspect in survey.aspects.all()
        ]
        if survey.asks_verdict:
            answers = f"“{survey.verdict_human}” (human) or “{survey.verdict_ai}” (AI)"
            lines.append(f"- Verdict (`verdict`): “{survey.verdict_question}”, {answers}")
        return lines

    def planned_precision(self, survey: Survey, listeners: int | None) -> str:
        """How small a difference such a survey finds."""
        clips = [row["number"] for row in survey.clips.values("source").annotate(number=Count("pk"))]
        if len(clips) < 2 or min(clips) < 2 or not survey.aspects.exists():
            return ""
        heard = None if survey.clips_each >= sum(clips) else max(1, survey.clips_each // len(clips))
        differences = [
            f"{smallest_difference(Plan(number, min(clips), len(clips), heard), RATINGS):.2f} with {number:,}"
            for number in ([listeners] if listeners and listeners > 1 else USUAL_LISTENERS)
        ]
        return (
            f"The smallest difference that 80 % of such surveys find with {min(clips)} clips of each of {len(clips)} "
            f"models, in points of a scale from 1 to 5: {', '.join(differences)} listeners."
        )

    def planned_exclusions(self, survey: Survey) -> tuple[list[str], str]:
        known = " Answers to pieces that a listener knows are left out in a sensitivity analysis."
        return rule_sentences(survey.rules, compares=False), known

    def planned_analyses(self, survey: Survey) -> str:
        formulas = [
            f"{name(key)} ~ source + (1 | participant) + (1 | clip){third}"
            for key in survey.aspects.values_list("key", flat=True)
            for third in ("", " + (1 | participant:source)")
        ]
        primary = (
            "Primary, for each aspect: linear mixed model (REML, Satterthwaite's degrees of freedom) with listeners "
            "and clips as crossed random factors; in addition, the one in which listeners differ in how they rate each "
            "model. As a check, the first formula as cumulative link mixed model.\n\n"
        )
        indented = "\n".join(f"    {formula}" for formula in formulas)
        verdict = (
            "Verdicts: mixed probit model; its coefficients are d′ against human music. Low anchors take no part.\n\n"
            f"    {FORMULA}"
        )
        rest = (
            "Secondary: Cliff's δ with two-way bootstrap; Krippendorff's α, variance shares, reliability of the means; "
            "the primary model without known pieces, with position and with the order of questions."
        )
        return "\n\n".join([primary + indented] * bool(formulas) + [verdict] * survey.asks_verdict + [rest])

    def planned_inference(self, survey: Survey) -> str:
        bounds = sorted({(aspect.points - 1) * NEGLIGIBLE for aspect in survey.aspects.all()})
        points = f" (±{' or ±'.join(f'{bound:g}' for bound in bounds)} points)" if bounds else ""
        return (
            "Two-sided tests at α = .05, p corrected by Holm's method over all pairs of models within an aspect. A "
            f"difference counts as negligible if its 90 % interval lies within 1/8 of the scale{points}; a model as "
            f"not to be told from human music if the 90 % interval of d′ lies within ±{BOUND:g}. Everything else is "
            "exploratory and labelled so."
        )
