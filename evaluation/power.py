"""Sample size and power: from a form, or a command's arguments, to a survey that is planned; with a pilot's standard
deviations, if there is one."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation import reports
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.charts.chart import Chart
from evaluation.charts.power import smallest_differences
from evaluation.live_results import current_evaluation
from evaluation.statistics.designs import Design, rating_design
from evaluation.statistics.linear import fit_design
from evaluation.statistics.power import PROBIT_REST, RATINGS, VERDICTS, Plan, Spread
from evaluation.statistics.reasons import Reason
from evaluation.statistics.sample_size import Wish, sentences
from evaluation.statistics.verdicts import fit_verdicts
from generation.models import Origin
from surveys.models import Survey, Trial

VERDICT = "verdict"
NO_PILOT, PEOPLE, ROBOTS = "", "people", "rehearsal"


class PowerForm(forms.Form):
    """Every field has a default: the page answers before anything is filled in."""

    spread = forms.ChoiceField(label=gettext_lazy("Standard deviations"), required=False)
    difference = forms.FloatField(min_value=0.01, max_value=100, label=gettext_lazy("Difference to detect"))
    power = forms.FloatField(min_value=50, max_value=99, label=gettext_lazy("Power (%)"))
    listeners = forms.IntegerField(min_value=2, max_value=100_000, label=gettext_lazy("Participants"))
    sources = forms.IntegerField(min_value=2, max_value=50, label=gettext_lazy("Models"))
    clips = forms.IntegerField(min_value=2, max_value=1000, label=gettext_lazy("Clips per model"))
    heard = forms.IntegerField(
        min_value=1,
        max_value=1000,
        required=False,
        label=gettext_lazy("Clips per model for each participant"),
        help_text=gettext_lazy("Leave empty if each participant hears all clips."),
    )
    listener_cost = forms.FloatField(
        min_value=0, max_value=1e6, required=False, label=gettext_lazy("Cost per participant")
    )
    clip_cost = forms.FloatField(min_value=0, max_value=1e6, required=False, label=gettext_lazy("Cost per clip"))

    def __init__(self, data, *, survey: Survey | None = None):
        defaults = {"difference": 0.5, "power": 80, "listeners": 30, "sources": 4, "clips": 6, **survey_size(survey)}
        # What the address leaves out counts as if it had been given.
        super().__init__({**defaults, **{name: data[name] for name in data if data[name] != ""}}, label_suffix="")
        self.spreads = {source.key: source for source in spread_sources(survey)}
        self.fields["spread"].choices = [(key, source.name) for key, source in self.spreads.items()]
        if "spread" not in data:
            self.data["spread"] = next(iter(self.spreads))

    def wish(self) -> Wish | Reason:
        """The survey that is planned, with a pilot's standard deviations; the `Reason` where it has none."""
        values = self.cleaned_data
        source = self.spreads[values["spread"] or next(iter(self.spreads))]
        spread = source.spread()
        if isinstance(spread, Reason):
            return spread
        return Wish(
            plan=Plan(values["listeners"], values["clips"], values["sources"], values["heard"]),
            spread=spread,
            difference=values["difference"],
            power=values["power"] / 100,
            unit="d′" if source.of == VERDICT else "points",
            listener_cost=values["listener_cost"] or 0.0,
            clip_cost=values["clip_cost"] or 0.0,
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

    def spread(self) -> Spread | Reason:
        if self.survey is None:
            return VERDICTS if self.of == VERDICT else RATINGS
        return pilot_spread(self.survey, self.of, rehearsal=self.pilot == ROBOTS)


def spread_sources(survey: Survey | None) -> list[SpreadSource]:
    """A pilot's own first, where somebody has answered; then typical values; then a rehearsal's."""
    typical = [
        SpreadSource(_("Typical values: ratings from 1 to 5"), "rating"),
        SpreadSource(_("Typical values: verdicts, human or AI"), VERDICT),
    ]
    if survey is None:
        return typical
    people = _pilot_sources(survey, PEOPLE, _("%(aspect)s: answers to this survey"))
    return people + typical + _pilot_sources(survey, ROBOTS, _("%(aspect)s: rehearsal, simulated participants"))


def _pilot_sources(survey: Survey, pilot: str, name: str) -> list[SpreadSource]:
    if not survey.trials.filter(robot=pilot == ROBOTS, kind=Trial.Kind.RATING).answered().exists():
        return []
    labels = {aspect.key: aspect.label for aspect in survey.aspects.all()}
    labels |= {VERDICT: _("Verdicts")} if survey.asks_verdict else {}
    return [SpreadSource(name % {"aspect": label}, key, pilot, survey) for key, label in labels.items()]


def survey_size(survey: Survey | None) -> dict[str, int]:
    """The survey as it is: its models and clips, and how many listeners it has."""
    if survey is None:
        return {}
    compared = survey.clips.exclude(source__origin=Origin.ANCHOR).order_by()
    clips, sources = compared.count(), compared.values("source").distinct().count()
    if sources < 2:
        return {}
    size = {"sources": sources, "clips": max(2, clips // sources)}
    everything = survey.clips.count()
    if survey.clips_each < everything:
        size["heard"] = max(1, survey.clips_each * clips // everything // sources)
    listeners = survey.participants.people().finished().count()
    return size | ({"listeners": listeners} if listeners >= 2 else {})


def pilot_spread(survey: Survey, of: str, *, rehearsal: bool) -> Spread | Reason:
    """Standard deviations estimated from a survey's answers, or the `Reason` why there are none."""
    answered = survey.trials.filter(robot=rehearsal, kind=Trial.Kind.RATING).answered().order_by()
    if answered[: reports.LIVE + 1].count() > reports.LIVE:
        return _reported_spread(survey, of, rehearsal)
    answers = current_evaluation(survey, AnswerFilter(rehearsal)).table.answers
    if of == VERDICT:
        verdicts = fit_verdicts(answers)
        return verdicts if isinstance(verdicts, Reason) else Spread.from_verdicts(verdicts)
    design = rating_design(answers, of)
    if not isinstance(design, Design):
        return design
    fullest, plain = fit_design(design, third=True), fit_design(design)
    fit = plain if isinstance(fullest, Reason) else fullest
    return fit if isinstance(fit, Reason) else Spread.from_fit(fit)


def _reported_spread(survey: Survey, of: str, rehearsal: bool) -> Spread | Reason:
    """With very many answers: as the newest report has it."""
    report = reports.newest(survey, rehearsal=rehearsal)
    numbers = report.numbers if report else {}
    if of == VERDICT:
        sds = [fit["verdict"].get("sd") for fit in numbers.get("fits", {}).values() if "verdict" in fit]
        spread = Spread(sds[0]["clip"], 0.0, PROBIT_REST) if sds and sds[0] else None
    else:
        values = numbers.get("aspects", {}).get(of, {}).get("spread")
        spread = Spread(**values) if values else None
    return spread or Reason(_("This survey has many answers. Analyse the results first, then plan with them."))


@dataclass(frozen=True)
class PowerAnalysis:
    """What a planned survey can detect, as a chart and in sentences, or why nothing can be said."""

    charts: tuple[Chart, ...] = ()
    sentences: tuple[str, ...] = ()
    why_not: str = ""


def analyse_power(form: PowerForm) -> PowerAnalysis:
    if not form.is_valid():
        return PowerAnalysis()
    wish = form.wish()
    if isinstance(wish, Reason):
        return PowerAnalysis(why_not=wish.text)
    return PowerAnalysis((smallest_differences(wish),), tuple(sentences(wish)))
