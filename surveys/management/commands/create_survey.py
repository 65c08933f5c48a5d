from generation.catalogue import find_source
from surveys.management.survey_command import SurveyCommand
from surveys.recipes import RECIPES, create_survey, open_survey


class Command(SurveyCommand):
    help = "Make a survey from a template; a draft, unless --open. The same name and values again change nothing."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("name", help="participants see it")
        parser.add_argument("--template", required=True, help=" or ".join(sorted(RECIPES)))
        parser.add_argument(
            "--sources", help="names or slugs of the models whose clips are heard, with commas; all if left out"
        )
        parser.add_argument("--clips", type=int, help="how many clips a participant hears; all if left out")
        parser.add_argument("--seed", type=int, default=1, help="of the plan: who hears what in which order")
        parser.add_argument("--open", action="store_true", help="let people in at once")

    def act(self, study, *, name, template, sources, clips, seed, open, **options):
        names = [name.strip() for name in (sources or "").split(",") if name.strip()]
        survey, is_new = create_survey(
            study,
            name,
            template=template,
            sources=[find_source(study, name) for name in names] or None,
            clips_per_participant=clips,
            seed=seed,
        )
        heard = survey.clips.count()
        if is_new:
            self.stdout.write(f'The survey "{survey}" is made, with {heard} clips.')
        else:
            self.stdout.write(f'The survey "{survey}" is there already, with the same values: nothing is changed.')
        if open and not survey.is_open:
            open_survey(survey)
        self.stdout.write(f"{survey.get_state_display()}: {survey.get_absolute_url()}")
