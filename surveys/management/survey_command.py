"""What the commands about surveys have in common."""

from studies.errors import EarwitnessError
from studies.management.study_command import StudyCommand
from studies.models import Study
from surveys.models import Survey
from surveys.survey_templates import SurveyError


class SurveyCommand(StudyCommand):
    errors = (EarwitnessError,)


def find_survey(study: Study, name: str) -> Survey:
    """By its name or its slug."""
    found = study.surveys.filter(name=name).first() or study.surveys.filter(slug=name).first()
    if found:
        return found
    names = ", ".join(f'"{survey}"' for survey in study.surveys.all()[:12])
    there = f"there is {names}" if names else "there are no surveys yet: manage.py create_survey NAME makes one"
    raise SurveyError(f'There is no survey "{name}" in this study; {there}.')
