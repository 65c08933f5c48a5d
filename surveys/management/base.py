"""What the commands about surveys share: the study they act in, the survey they name, plain sentences for errors."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from studies.models import Study
from surveys.models import Survey
from surveys.recipes import SurveyError


class SurveyCommand(BaseCommand):
    """A command that does `act(study, **options)`; what cannot be done is one sentence and exit code 1."""

    def add_arguments(self, parser):
        parser.add_argument("--study", help="name or slug; needed where there is more than one")

    def handle(self, *args, study, **options):
        try:
            self.act(study_named(study), **options)
        except SurveyError as error:
            raise CommandError(str(error)) from None

    def act(self, study: Study, **options) -> None:
        raise NotImplementedError


def study_named(name: str | None) -> Study:
    if name:
        found = Study.objects.filter(Q(name=name) | Q(slug=name)).first()
        if found:
            return found
        raise SurveyError(f'There is no study "{name}"; there is {_list(Study.objects.all())}.')
    studies = list(Study.objects.all()[:2])
    if len(studies) == 1:
        return studies[0]
    if not studies:
        raise SurveyError("There is no study yet: make one with create_study.")
    raise SurveyError(f"There is more than one study: choose with --study one of {_list(Study.objects.all())}.")


def survey_named(study: Study, name: str) -> Survey:
    found = study.surveys.filter(Q(name=name) | Q(slug=name)).first()
    if found is None:
        raise SurveyError(f'There is no survey "{name}" in the study "{study}"; there is {_list(study.surveys.all())}.')
    return found


def _list(rows) -> str:
    return ", ".join(f'"{row}"' for row in rows) or "none"
