"""What the results page shows: the answers as they are now while there are not too many, else the newest report."""

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from evaluation import reports
from evaluation.answers import snapshots
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.models import Report
from surveys.models import Survey, Trial

if TYPE_CHECKING:
    from evaluation.charts.chart import Chart


class Showing:
    """Of a survey with ratings and verdicts."""

    counting = Trial.Kind.RATING
    concludes = True  # whether there are models that a worker fits

    def __init__(self, survey: Survey, choice: AnswerFilter):
        self.survey, self.choice = survey, choice

    @property
    def _answered(self):
        trials = self.survey.trials.filter(robot=self.choice.rehearsal, kind=self.counting)
        return trials.answered().order_by()

    @cached_property
    def has_answers(self) -> bool:
        return self._answered.exists()

    @cached_property
    def is_live(self) -> bool:
        """Whether the page can work out the description itself; counts no further than it must."""
        return self._answered[: reports.LIVE + 1].count() <= reports.LIVE

    @cached_property
    def report(self) -> Report | None:
        return reports.newest(self.survey, **vars(self.choice))

    @cached_property
    def is_current(self) -> bool:
        """Whether no answer came or went since the report."""
        return bool(self.report) and reports.is_current(self.report)

    @cached_property
    def stand(self) -> str:
        """Changes whenever the page would show something else: with answers, or with reports where there are many."""
        from evaluation.answers.answers import stand

        if self.is_live:
            return snapshots.digest(stand(self.survey, rehearsal=self.choice.rehearsal))
        return f"report {self.kept.pk} {self.kept.made:%Y%m%d%H%M%S}" if self.kept else "no report"

    @cached_property
    def kept(self) -> Report | None:
        """The newest report with something to show, though it, or another, may still be worked on."""
        about = Report.objects.about(self.survey, **vars(self.choice))
        return about.exclude(made=None).first()

    @cached_property
    def charts(self) -> "list[Chart]":
        from evaluation.charts.chart import Chart
        from evaluation.pages.live_results import current_charts

        kept = [Chart.of(chart) for chart in self.kept.charts] if self.kept else []
        if not self.is_live:
            return kept
        return current_charts(self.survey, **vars(self.choice)) + [one for one in kept if one.is_concluded]

    @cached_property
    def overview(self) -> dict:
        """Who is in, what was noticed, what to beware of; from the page's own work or from the report."""
        if not self.is_live:
            return _overview(self.kept.numbers) if self.kept else {}
        from evaluation.package.numbers import records
        from evaluation.pages.live_results import current_results

        results = current_results(self.survey, **vars(self.choice))
        tables = {name: records(results.tables[name]) for name in ("flow", "flags")}
        said = {"cautions": results.cautions, "fingerprint": results.table.fingerprint()}
        found = _overview({"description": tables, **said, "seed": results.seed, "replicates": results.replicates})
        return found | {"widest": _widest(results.ratings)}


class PairShowing(Showing):
    """Of a survey with pairs: all is worked out at once, in a second for tens of thousands of choices."""

    counting = Trial.Kind.PAIR
    concludes = False

    @cached_property
    def charts(self) -> "list[Chart]":
        from evaluation.pages.live_results import current_pair_charts

        return current_pair_charts(self.survey, **vars(self.choice))

    @cached_property
    def overview(self) -> dict:
        from evaluation.package.numbers import records
        from evaluation.pages.live_results import current_preferred

        results = current_preferred(self.survey, **vars(self.choice))
        tables = {"flow": records(results.flow), "flags": records(results.flags)}
        return _overview({"description": tables, "cautions": results.cautions, "seed": None, "replicates": None})


def showing_of(survey: Survey, choice: AnswerFilter) -> Showing:
    return (PairShowing if survey.compares else Showing)(survey, choice)


def _widest(ratings) -> float | None:
    """Half of the widest interval of an average: it narrows as answers arrive."""
    if not len(ratings) or ratings["low"].isna().all():
        return None
    return float((ratings["high"] - ratings["low"]).max() / 2)


def _overview(numbers: dict) -> dict:
    return {
        "flow": _with_asides(numbers["description"]["flow"], numbers["description"]["flags"]),
        "listeners": [person["participant"] for person in numbers["description"]["flags"][:1]],
        "flagged": [person for person in numbers["description"]["flags"] if person["flagged"]],
        **{name: numbers.get(name) for name in ("cautions", "seed", "replicates", "fingerprint")},
    }


def _with_asides(flow: list[dict], flags: list[dict]) -> list[dict]:
    """Each step of the flow with those who leave it on the way, in words: who stopped, what was noticed."""
    people = {step["step"]: step["people"] for step in flow}
    came, answered = people.get("agreed to take part", 0), people.get("answered at least one clip", 0)
    stopped = answered - people.get("finished", answered)
    noticed = Counter(word for person in flags for word in person["reasons"].split("; ") if word)
    left_out = answered - people.get("are in these results", answered)
    asides = {
        "answered at least one clip": [f"{came - answered} never answered"] if came > answered else [],
        "finished": [f"{stopped} stopped on the way; what they said counts"] if stopped > 0 else [],
        "were flagged": [f"{number} {word}" for word, number in noticed.most_common()],
        "are in these results": [f"{left_out} left out"] if left_out else [],
    }
    return [step | {"asides": asides.get(step["step"], [])} for step in flow]
