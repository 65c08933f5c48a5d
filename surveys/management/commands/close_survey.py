from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey
from surveys.researcher.opening import close_survey


class Command(StudyCommand):
    help = "Let nobody begin or go on; what was said is kept."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")

    def act(self, study, *, survey, **options):
        found = find_survey(study, survey)
        close_survey(found)
        self.stdout.write(f'The survey "{found}" is closed.')
