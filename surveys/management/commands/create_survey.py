from generation.catalogue.lookup import find_source
from studies.management.study_command import StudyCommand, seed
from surveys.researcher.opening import open_survey
from surveys.survey_templates import SURVEY_TEMPLATES, create_survey


class Command(StudyCommand):
    help = "Make a survey from a template; a draft, unless --open. The same name and values again change nothing."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("name", help="participants see it")
        parser.add_argument("--template", required=True, help=" or ".join(sorted(SURVEY_TEMPLATES)))
        parser.add_argument(
            "--sources", help="names or slugs of the models whose clips are heard, with commas; all if left out"
        )
        parser.add_argument("--clips", type=int, help="how many clips a participant hears; all if left out")
        parser.add_argument("--pairs", type=int, help="template preference: how many pairs; some twelve if left out")
        parser.add_argument("--without-ties", action="store_true", help='template preference: no "no difference"')
        parser.add_argument("--practice", type=int, default=0, help="trials to get used to it, 0 to 3, never analysed")
        parser.add_argument("--checks", type=int, default=0, help="trials that ask for a certain answer, 0 to 2")
        parser.add_argument("--repeats", type=int, default=0, help="trials heard once more, unannounced, 0 to 2")
        parser.add_argument("--confidence", action="store_true", help="ask how sure one is of the verdict")
        parser.add_argument("--background", action="store_true", help="ask about musical training and headphones")
        parser.add_argument("--seed", type=seed, default=1, help="of the plan: who hears what in which order")
        parser.add_argument("--open", action="store_true", help="let people in at once")

    def act(self, study, *, name, template, sources, seed, open, **options):
        names = [name.strip() for name in (sources or "").split(",") if name.strip()]
        survey, is_new = create_survey(
            study,
            name,
            template=template,
            sources=[find_source(study, name) for name in names] or None,
            seed=seed,
            clips_per_participant=options["clips"],
            pairs_per_participant=options["pairs"],
            ties=not options["without_ties"],
            asks_confidence=options["confidence"],
            asks_background=options["background"],
            **{name: options[name] for name in ("practice", "checks", "repeats")},
        )
        heard = survey.clips.count()
        if is_new:
            self.stdout.write(f'The survey "{survey}" is made, with {heard} clips.')
        else:
            self.stdout.write(f'The survey "{survey}" is there already, with the same values: nothing is changed.')
        if open and not survey.is_open:
            open_survey(survey)
        self.stdout.write(f"{survey.get_state_display()}: {survey.get_absolute_url()}")
