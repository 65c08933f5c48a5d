"""From what somebody fills in, or tells a command, to a wish that can be weighed; with a pilot's spread, if any."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms

from evaluation import reports
from generation.models import Origin
from surveys.models import Survey, Trial

if TYPE_CHECKING:
    from evaluation.charts.chart import Chart

USUAL = "What listeners usually do"
VERDICT = "verdict"
NO_PILOT, PEOPLE, ROBOTS = "", "people", "rehearsal"


class SizingForm(forms.Form):
    """Everything is given beforehand: the page answers before anything is filled in."""

    spread = forms.ChoiceField(label="How much answers differ", required=False)
    difference = forms.FloatField(min_value=0.01, max_value=100, label="Difference to be found")
    power = forms.FloatField(min_value=50, max_value=99, label="Found in … % of such surveys")
    listeners = forms.IntegerField(min_value=2, max_value=100_000)
    sources = forms.IntegerField(min_value=2, max_value=50, label="Models")
    clips = forms.IntegerField(min_value=2, max_value=1000, label="Clips of each model")
    heard = forms.IntegerField(
        min_value=1, max_value=1000, required=False, label="Of them each listener hears", help_text="Empty: all."
    )
    listener_cost = forms.FloatField(min_value=0, max_value=1e6, required=False, label="Cost of a listener")
    clip_cost = forms.FloatField(min_value=0, max_value=1e6, required=False, label="Cost of a clip")

    def __init__(self, data, *, survey: Survey | None = None):
        known = {"difference": 0.5, "power": 80, "listeners": 30, "sources": 4, "clips": 6, **beginning(survey)}
        # What the address leaves out stands as if it had been given.
        super().__init__({**known, **{name: data[name] for name in data if data[name] != ""}}, label_suffix="")
        self.spreads = {choice.key: choice for choice in spreads(survey)}
        self.fields["spread"].choices = [(key, choice.name) for key, choice in self.spreads.items()]
        if "spread" not in data:
            self.data["spread"] = next(iter(self.spreads))

    def wish(self):
        """What is wished for, with a pilot's spread worked out; `Reason` where it has none."""
        from evaluation.statistics.power import Plan
        from evaluation.statistics.reasons import Reason
        from evaluation.statistics.sample_size import Wish

        chosen = self.cleaned_data
        source = self.spreads[chosen["spread"] or next(iter(self.spreads))]
        spread = source.spread()
        if isinstance(spread, Reason):
            return spread
        plan = Plan(chosen["listeners"], chosen["clips"], chosen["sources"], chosen["heard"])
        return Wish(
            plan=plan,
            spread=spread,
            difference=chosen["difference"],
            power=chosen["power"] / 100,
            unit="d′" if source.of == VERDICT else "points",
            listener_cost=chosen["listener_cost"] or 0.0,
            clip_cost=chosen["clip_cost"] or 0.0,
        )


@dataclass(frozen=True)
class SpreadSource:
    """Where standard deviations may come from."""

    name: str
    of: str  # an aspect's key, or VERDICT
    pilot: str = NO_PILOT
    survey: Survey | None = None

    @property
    def key(self) -> str:
        return "-".join(part for part in (self.pilot, self.of) if part)

    def spread(self):
        from evaluation.statistics import power

        if self.survey is None:
            return power.VERDICTS if self.of == VERDICT else power.RATINGS
        return pilot_spread(self.survey, self.of, rehearsal=self.pilot == ROBOTS)


def spreads(survey: Survey | None) -> list[SpreadSource]:
    """A pilot's own first, where somebody has answered; then what listeners usually do."""
    found = []
    for pilot, robots, whose in ((PEOPLE, False, "this survey’s answers"), (ROBOTS, True, "its rehearsal, by robots")):
        if survey and survey.trials.filter(robot=robots, kind=Trial.Kind.RATING).answered().exists():
            asked = [(aspect.label, aspect.key) for aspect in survey.aspects.all()]
            asked += [("Verdicts", VERDICT)] if survey.asks_verdict else []
            found += [SpreadSource(f"{label}: {whose}", key, pilot, survey) for label, key in asked]
    usual = [
        SpreadSource(f"{USUAL}: ratings from 1 to 5", "rating"),
        SpreadSource(f"{USUAL}: verdicts, human or AI", VERDICT),
    ]
    people = [one for one in found if one.pilot == PEOPLE]
    return people + usual + [one for one in found if one.pilot == ROBOTS]


def beginning(survey: Survey | None) -> dict[str, int]:
    """The survey as it is: its models and clips, and how many listeners it has."""
    if survey is None:
        return {}
    compared = survey.clips.exclude(source__origin=Origin.ANCHOR).order_by()
    clips, sources = compared.count(), compared.values("source").distinct().count()
    if sources < 2:
        return {}
    known = {"sources": sources, "clips": max(2, clips // sources)}
    everything = survey.clips.count()
    if survey.clips_each < everything:
        known["heard"] = max(1, survey.clips_each * clips // everything // sources)
    listeners = survey.participants.people().finished().count()
    return known | ({"listeners": listeners} if listeners >= 2 else {})


def pilot_spread(survey: Survey, of: str, *, rehearsal: bool):
    """Standard deviations estimated from a survey's answers, or the `Reason` why there are none."""
    from evaluation.statistics.power import Spread
    from evaluation.statistics.reasons import Reason

    answered = survey.trials.filter(robot=rehearsal, kind=Trial.Kind.RATING).answered().order_by()
    if answered[: reports.LIVE + 1].count() > reports.LIVE:
        return _reported_spread(survey, of, rehearsal)
    from evaluation.pages.live_results import current_results
    from evaluation.statistics.designs import Design, rating_design
    from evaluation.statistics.linear import fit_design
    from evaluation.statistics.verdicts import fit_verdicts

    answers = current_results(survey, rehearsal).table.answers
    if of == VERDICT:
        fit = fit_verdicts(answers)
        return fit if isinstance(fit, Reason) else Spread.of_verdicts(fit)
    design = rating_design(answers, of)
    if not isinstance(design, Design):
        return design
    fullest, plain = fit_design(design, third=True), fit_design(design)
    fit = plain if isinstance(fullest, Reason) else fullest
    return fit if isinstance(fit, Reason) else Spread.of_fit(fit)


def _reported_spread(survey: Survey, of: str, rehearsal: bool):
    """With very many answers: what the newest report found."""
    from evaluation.statistics.power import PROBIT_REST, Spread
    from evaluation.statistics.reasons import Reason

    report = reports.newest(survey, rehearsal=rehearsal)
    numbers = report.numbers if report else {}
    if of == VERDICT:
        sds = [fit["verdict"].get("sd") for fit in numbers.get("fits", {}).values() if "verdict" in fit]
        found = Spread(sds[0]["clip"], 0.0, PROBIT_REST) if sds and sds[0] else None
    else:
        kept = numbers.get("aspects", {}).get(of, {}).get("spread")
        found = Spread(**kept) if kept else None
    return found or Reason("There are many answers: have the results worked out first, then plan with what they say.")


@dataclass(frozen=True)
class Weighed:
    """What is said to a wish: the chart and the sentences, or why there is nothing to say."""

    charts: "tuple[Chart, ...]" = ()
    sentences: tuple[str, ...] = ()
    why_not: str = ""


def weigh(form: SizingForm) -> Weighed:
    from evaluation.charts.power import smallest_differences
    from evaluation.statistics.reasons import Reason
    from evaluation.statistics.sample_size import sentences

    if not form.is_valid():
        return Weighed()
    wish = form.wish()
    if isinstance(wish, Reason):
        return Weighed(why_not=wish.text)
    return Weighed((smallest_differences(wish),), tuple(sentences(wish)))
