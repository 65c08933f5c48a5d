from evaluation import published_results
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey


class Command(StudyCommand):
    help = (
        "Switch the public page of a survey's results on, or off; by default it shows them once the survey is closed."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")
        parser.add_argument("--while-open", action="store_true", help="also while people still answer")
        parser.add_argument("--indexed", action="store_true", help="search engines may list it")
        parser.add_argument("--off", action="store_true", help="its address leads nowhere from then on")

    def act(self, study, *, survey, while_open, indexed, off, **options):
        found = find_survey(study, survey)
        if off:
            said = "is off" if published_results.switch_off(found) else "was off already"
            self.stdout.write(f'The public page of "{found}" {said}.')
            return
        page = published_results.switch_on(found, while_open=while_open, indexed=indexed)
        when = "now" if page.is_shown else "when the survey has ended"
        self.stdout.write(f"It shows results {when}: {page.get_absolute_url()}")
