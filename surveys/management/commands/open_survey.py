from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey
from surveys.researcher.opening import open_survey


class Command(StudyCommand):
    help = "Let people in."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")

    def act(self, study, *, survey, **options):
        found = find_survey(study, survey)
        if found.is_open:
            self.stdout.write(f'The survey "{found}" is open already: {found.get_absolute_url()}')
            return
        open_survey(found)
        self.stdout.write(f'The survey "{found}" is open: {found.get_absolute_url()}')
