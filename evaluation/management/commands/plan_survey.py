from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from evaluation.power import PowerForm, analyse_power
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey

NUMBERS = {
    "difference": (float, _("difference between two models to detect, in points or d' (default 0.5)")),
    "power": (float, _("power in per cent (default 80)")),
    "listeners": (int, _("participants (default 30, or those of the survey)")),
    "sources": (int, _("models (default 4, or those of the survey)")),
    "clips": (int, _("clips per model (default 6, or those of the survey)")),
    "heard": (int, _("clips per model for each participant (default: all)")),
    "listener-cost": (float, _("cost per participant")),
    "clip-cost": (float, _("cost per clip")),
}


class Command(StudyCommand):
    help = _("Calculate sample size and power, from typical values or from the answers to a pilot survey.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "survey", nargs="?", help=_("name or slug of a pilot; without one, typical values are used")
        )
        parser.add_argument(
            "--spread", help=_("which standard deviations to use: people-ASPECT, rehearsal-ASPECT, or verdict")
        )
        for name, (kind, meaning) in NUMBERS.items():
            parser.add_argument(f"--{name}", type=kind, help=meaning)

    def handle(self, *args, study, survey, **options):
        # Typical values need no study.
        if survey is None:
            return self.act(None, survey=None, **options)
        return super().handle(*args, study=study, survey=survey, **options)

    def act(self, study, *, survey, **options):
        names = ["spread", *(name.replace("-", "_") for name in NUMBERS)]
        values = {name: options[name] for name in names if options[name] is not None}
        form = PowerForm(values, survey=find_survey(study, survey) if survey else None)
        analysis = analyse_power(form)
        for field, problems in form.errors.items():
            raise CommandError(f"--{field.replace('_', '-')}: {problems[0]}")
        if analysis.why_not:
            raise CommandError(analysis.why_not)
        self.stdout.write(f"{form.spreads[form.cleaned_data['spread']].name}.")
        for sentence in analysis.sentences:
            self.stdout.write(sentence)
        chart = analysis.charts[0]
        self.stdout.write("")
        self.stdout.write(_("%(title)s, by clips per model and participants:") % {"title": chart.title})
        for row in [[column.heading for column in chart.columns.values()], *chart.rows]:
            self.stdout.write("".join(cell.rjust(14 if number else 21) for number, cell in enumerate(row)).rstrip())
