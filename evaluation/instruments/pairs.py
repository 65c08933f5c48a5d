"""Surveys that play two clips and ask which of the two: choices, and the strengths that explain them."""

from collections.abc import Sequence
from typing import Any

from evaluation.answers.pairs import collect_pairs
from evaluation.charts.chart import Chart
from evaluation.charts.preferences import pair_charts
from evaluation.instruments.instrument import Instrument
from evaluation.models import Snapshot
from evaluation.package.figures import Progress
from evaluation.package.pair_package import FILES, pair_files, pair_record
from evaluation.package.supplement import Supplement
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.pair_results import PairResults, PairTable, describe_pairs
from surveys.exclusion_rules import rule_sentences
from surveys.listener_questions import LISTENER_QUESTIONS
from surveys.models import Survey, Trial


class PairInstrument(Instrument[PairTable, PairResults]):
    """Everything is worked out at once: a second for tens of thousands of choices."""

    trial_kind = Trial.Kind.PAIR
    fits_models = False
    package_contents = FILES

    def collect(self, survey: Survey, *, rehearsal: bool, at: Snapshot | None = None) -> PairTable:
        return collect_pairs(survey, rehearsal=rehearsal, at=at)

    def describe(self, table: PairTable, *, without_flagged: bool = False, seed: int | None = None) -> PairResults:
        """No number depends on chance, so that the seed plays no part."""
        return describe_pairs(table, without_flagged=without_flagged)

    def charts(self, results: PairResults, analysis: Analysis | None) -> list[Chart]:
        return pair_charts(results)

    def record(self, results: PairResults, analysis: Analysis | None) -> dict[str, Any]:
        return pair_record(results)

    def files(
        self,
        results: PairResults,
        charts: Sequence[Chart],
        *,
        analysis: Analysis | None,
        supplement: Supplement,
        pictures: bool,
        progress: Progress | None,
    ) -> dict[str, bytes]:
        return pair_files(results, charts, supplement=supplement, pictures=pictures, progress=progress)

    def widest_interval(self, results: PairResults) -> float | None:
        return None

    def background(self, results: PairResults) -> Sequence[str]:
        return [asked.key for asked in LISTENER_QUESTIONS if asked.key in results.table.participants]

    def planned_design(self, survey: Survey) -> str:
        return (
            f"Within listeners: each hears {survey.clips_each} pairs of clips of two different models, in a random "
            f"order of their own (seed {survey.seed}), and is not told where any of them comes from. Any two models "
            f"meet equally often, each of them first equally often. {100 * survey.share_to_hear:.0f} % of both clips "
            "must be heard."
        )

    def planned_questions(self, survey: Survey) -> list[str]:
        tie = ", no difference" if survey.ties else ""
        return [f"- {aspect.label} (`{aspect.key}`): “{aspect.question}”, A, B{tie}" for aspect in survey.aspects.all()]

    def planned_precision(self, survey: Survey, listeners: int | None) -> str:
        return ""

    def planned_exclusions(self, survey: Survey) -> tuple[list[str], str]:
        return rule_sentences(survey.rules, compares=True), ""

    def planned_analyses(self, survey: Survey) -> str:
        return (
            "For each question the model of Bradley and Terry with Davidson's ties; standard errors from a jackknife "
            "over listeners and over the clips of each model, t with clips - models degrees of freedom."
        )

    def planned_inference(self, survey: Survey) -> str:
        return (
            "Two-sided tests at α = .05, p corrected by Holm's method over all pairs of models. Everything else is "
            "exploratory and labelled so."
        )
