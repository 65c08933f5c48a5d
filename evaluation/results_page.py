"""What a results page shows: the answers as they are now while there are not too many, else the newest report."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluation import reports
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.answers.version import answers_version
from evaluation.charts.chart import Chart
from evaluation.instruments.registry import instrument_of
from evaluation.live_results import current_evaluation
from evaluation.models import Report
from evaluation.package.numbers import table_records
from evaluation.pipeline import Evaluation
from evaluation.statistics import quality
from surveys.models import Survey

STEPS = {
    quality.AGREED: gettext_lazy("agreed to take part"),
    quality.ANSWERED: gettext_lazy("answered at least one clip"),
    quality.FINISHED: gettext_lazy("finished"),
    quality.FLAGGED: gettext_lazy("were flagged"),
    quality.INCLUDED: gettext_lazy("are included in these results"),
}
# What was noticed, by the column of the table of flags.
REASONS = {
    "too_fast": gettext_lazy("answered faster than the clips and questions allow"),
    "straight_lining": gettext_lazy("gave every aspect the same rating"),
    "same_verdict": gettext_lazy("gave every clip the same verdict"),
    "same_side": gettext_lazy("chose the same side of every pair"),
    "heard_too_little": gettext_lazy("heard too little of the clips"),
    "failed_checks": gettext_lazy("failed attention checks"),
    "inconsistent": gettext_lazy("rated repeated clips very differently"),
    "contradicted": gettext_lazy("chose the other clip whenever a pair was repeated"),
    "knows_pieces": gettext_lazy("knew most of the pieces"),
}


class ResultsPage:
    def __init__(self, survey: Survey, answer_filter: AnswerFilter):
        self.survey, self.answer_filter = survey, answer_filter
        self.instrument = instrument_of(survey)

    @property
    def concludes(self) -> bool:
        """Whether there are models that a worker fits."""
        return self.instrument.fits_models

    @property
    def _answered_trials(self):
        trials = self.survey.trials.filter(robot=self.answer_filter.rehearsal, kind=self.instrument.trial_kind)
        return trials.answered().order_by()

    @cached_property
    def has_answers(self) -> bool:
        return self._answered_trials.exists()

    @cached_property
    def is_live(self) -> bool:
        """Whether the page can work out the description itself; counts no further than it must."""
        return not self.concludes or self._answered_trials[: reports.LIVE + 1].count() <= reports.LIVE

    @cached_property
    def evaluation(self) -> Evaluation:
        """Of the answers as they are now; only where the page `is_live`."""
        return current_evaluation(self.survey, self.answer_filter)

    @cached_property
    def report(self) -> Report | None:
        return reports.newest(self.survey, **vars(self.answer_filter))

    @cached_property
    def is_current(self) -> bool:
        """Whether no answer came or went since the report."""
        return bool(self.report) and reports.is_current(self.report)

    @cached_property
    def version(self) -> str:
        """Changes whenever the page would show something else: with answers, or with reports where there are many."""
        if self.is_live:
            return answers_version(self.survey, rehearsal=self.answer_filter.rehearsal)
        report = self.complete_report
        return f"report {report.pk} {report.made:%Y%m%d%H%M%S}" if report else "no report"

    @cached_property
    def complete_report(self) -> Report | None:
        """The newest report with something to show, though it, or another, may still be worked on."""
        return Report.objects.about(self.survey, **vars(self.answer_filter)).exclude(made=None).first()

    @cached_property
    def charts(self) -> list[Chart]:
        if not self.concludes:
            return self.evaluation.charts
        stored = [Chart.from_json(chart) for chart in self.complete_report.charts] if self.complete_report else []
        if not self.is_live:
            return stored
        return self.evaluation.charts + [chart for chart in stored if chart.needs_models]

    @cached_property
    def overview(self) -> dict[str, Any]:
        """Who is in, what was noticed, what to beware of; from the page's own work or from the report."""
        if not self.is_live:
            return _overview(self.complete_report.numbers) if self.complete_report else {}
        results = self.evaluation.results
        record = {
            "description": {"flow": table_records(results.flow), "flags": table_records(results.flags)},
            "cautions": results.cautions,
            "fingerprint": self.evaluation.table.fingerprint(),
            **{name: getattr(results, name, None) for name in ("seed", "replicates")},
        }
        return _overview(record) | {"widest": self.instrument.widest_interval(results)}


def reason_words(flags: dict[str, Any]) -> list[str]:
    """What was noticed about one listener, from their row in the table of flags."""
    return [str(words) for name, words in REASONS.items() if flags.get(name)]


def _overview(record: dict[str, Any]) -> dict[str, Any]:
    flags = record["description"]["flags"]
    return {
        "flow": _flow(record["description"]["flow"], flags),
        "listeners": [person["participant"] for person in flags[:1]],
        "flagged": [person | {"reasons": "; ".join(reason_words(person))} for person in flags if person["flagged"]],
        **{name: record.get(name) for name in ("cautions", "seed", "replicates", "fingerprint")},
    }


def _flow(flow: Sequence[dict[str, Any]], flags: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each step in words, with those who leave on the way: who stopped, and what was noticed."""
    people = {step["step"]: step["people"] for step in flow}
    agreed, answered = people.get(quality.AGREED, 0), people.get(quality.ANSWERED, 0)
    stopped = answered - people.get(quality.FINISHED, answered)
    excluded = answered - people.get(quality.INCLUDED, answered)
    noticed = {name: sum(bool(person.get(name)) for person in flags) for name in REASONS}
    asides = {
        quality.ANSWERED: [_("%(number)s never answered") % {"number": f"{agreed - answered:,}"}]
        if agreed > answered
        else [],
        quality.FINISHED: [
            ngettext(
                "%(number)s stopped early; their answers count",
                "%(number)s stopped early; their answers count",
                stopped,
            )
            % {"number": f"{stopped:,}"}
        ]
        if stopped > 0
        else [],
        quality.FLAGGED: [
            f"{number:,} {REASONS[name]}"
            for name, number in sorted(noticed.items(), key=lambda item: -item[1])
            if number
        ],
        quality.INCLUDED: [_("%(number)s excluded") % {"number": f"{excluded:,}"}] if excluded else [],
    }
    return [
        {
            "step": STEPS.get(step["step"], step["step"]),
            "people": step["people"],
            "asides": asides.get(step["step"], []),
        }
        for step in flow
    ]
