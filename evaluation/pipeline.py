"""From a survey's answers to its files, the one way for pages, commands, jobs and the API:

    collect -> snapshot -> describe -> fit -> charts -> files

What each step does to which answers is up to the survey's `Instrument`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.charts.chart import Chart
from evaluation.instruments.instrument import FitProgress, Instrument
from evaluation.instruments.registry import instrument_of
from evaluation.models import Snapshot
from evaluation.package.figures import Progress
from evaluation.package.numbers import json_bytes
from evaluation.package.supplement import NO_SUPPLEMENT, Supplement
from evaluation.statistics.analysis import Analysis
from surveys.models import Survey


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Described answers, with what was concluded from them if anything was; on their way to charts and files."""

    instrument: Instrument
    results: Any
    analysis: Analysis | None = None

    @property
    def table(self) -> Any:
        """The answers that are described: without flagged listeners, if they were left out."""
        return self.results.table

    def fit(self, progress: FitProgress | None = None) -> "Evaluation":
        """The same with models, where this kind of survey has any: seconds, or minutes with many answers."""
        return replace(self, analysis=self.instrument.fit(self.results, progress))

    @cached_property
    def charts(self) -> list[Chart]:
        return self.instrument.charts(self.results, self.analysis)

    def listener_charts(self, listener: str) -> list[Chart]:
        return self.instrument.listener_charts(self.results, listener)

    def record(self) -> dict[str, Any]:
        """Every number unrounded, as in results.json."""
        return self.instrument.record(self.results, self.analysis)

    def results_json(self) -> bytes:
        return json_bytes(self.record())

    def files(
        self,
        *,
        supplement: Supplement = NO_SUPPLEMENT,
        pictures: bool = True,
        progress: Progress | None = None,
    ) -> dict[str, bytes]:
        """A package's files by their names; where no picture can be drawn, README.txt says why."""
        return self.instrument.files(
            self.results,
            self.charts,
            analysis=self.analysis,
            supplement=supplement,
            pictures=pictures,
            progress=progress,
        )


def evaluate_table(
    instrument: Instrument, table: Any, *, without_flagged: bool = False, seed: int | None = None
) -> Evaluation:
    """A table that was collected; the same answers and seed give the same numbers to the last digit."""
    return Evaluation(instrument, instrument.describe(table, without_flagged=without_flagged, seed=seed))


def evaluate_survey(survey: Survey, answer_filter: AnswerFilter) -> Evaluation:
    """A survey's answers as they are now."""
    instrument = instrument_of(survey)
    table = instrument.collect(survey, rehearsal=answer_filter.rehearsal)
    return evaluate_table(instrument, table, without_flagged=answer_filter.without_flagged)


def evaluate_snapshot(snapshot: Snapshot, *, without_flagged: bool = False) -> Evaluation | None:
    """The answers of a snapshot; None if everybody who gave them has withdrawn."""
    table = read_snapshot(snapshot)
    if not len(table):
        return None
    return evaluate_table(instrument_of(snapshot.survey), table, without_flagged=without_flagged)


def read_snapshot(snapshot: Snapshot) -> Any:
    """Its answers as a table, without those of people who have withdrawn since; their fingerprint, seed and counts are
    stored with it."""
    instrument = instrument_of(snapshot.survey)
    table = instrument.collect(snapshot.survey, rehearsal=snapshot.rehearsal, at=snapshot)
    snapshot.fingerprint, snapshot.seed = table.fingerprint(), table.seed()
    snapshot.answers, snapshot.listeners = len(table), table.answers["participant"].nunique()
    snapshot.save(update_fields=["fingerprint", "seed", "answers", "listeners"])
    return table


def measure_clips(survey: Survey) -> None:
    """Measure the clips that results tell about and nobody has measured yet: work for a worker, or a terminal."""
    instrument_of(survey).measure_clips(survey)
