from django.core.management.base import CommandError

from evaluation.power import SizingForm, weigh
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey

NUMBERS = {
    "difference": (float, "between two models that is to be found, in points or d' (default 0.5)"),
    "power": (float, "in how many of 100 such surveys (default 80)"),
    "listeners": (int, "how many (default 30, or those of the survey)"),
    "sources": (int, "how many models (default 4, or those of the survey)"),
    "clips": (int, "of each model (default 6, or those of the survey)"),
    "heard": (int, "of them each listener hears (default: all)"),
    "listener-cost": (float, "of one listener"),
    "clip-cost": (float, "of one clip"),
}


class Command(StudyCommand):
    help = "How many listeners and how many clips find which difference; with a survey, from its own answers."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", nargs="?", help="name or slug of a pilot; left out: what listeners usually do")
        parser.add_argument("--spread", help="what to plan for: an aspect as people-KEY or rehearsal-KEY, or verdict")
        for name, (kind, meaning) in NUMBERS.items():
            parser.add_argument(f"--{name}", type=kind, help=meaning)

    def handle(self, *args, study, survey, **options):
        # What listeners usually do needs no study.
        if survey is None:
            return self.act(None, survey=None, **options)
        return super().handle(*args, study=study, survey=survey, **options)

    def act(self, study, *, survey, **options):
        found = find_survey(study, survey) if survey else None
        names = ["spread", *(name.replace("-", "_") for name in NUMBERS)]
        form = SizingForm({name: options[name] for name in names if options[name] is not None}, survey=found)
        weighed = weigh(form)
        for field, problems in form.errors.items():
            raise CommandError(f"--{field.replace('_', '-')}: {problems[0]}")
        if weighed.why_not:
            raise CommandError(weighed.why_not)
        self.stdout.write(f"{form.spreads[form.cleaned_data['spread']].name}.")
        for sentence in weighed.sentences:
            self.stdout.write(sentence)
        chart = weighed.charts[0]
        self.stdout.write("")
        self.stdout.write(f"{chart.title}, by clips of each model and listeners:")
        table = [[column.heading for column in chart.columns.values()], *chart.rows]
        for row in table:
            self.stdout.write("".join(cell.rjust(21 if place == 0 else 14) for place, cell in enumerate(row)).rstrip())
