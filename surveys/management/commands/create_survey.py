from django.utils.translation import gettext as _

from generation.catalogue.lookup import find_source
from studies.management.study_command import StudyCommand, seed
from surveys.researcher.opening import open_survey
from surveys.survey_templates import SURVEY_TEMPLATES, clip_count, create_survey


class Command(StudyCommand):
    help = _("Create a survey from a template. It is a draft without --open. The same name and values change nothing.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("name", help=_("participants see it"))
        parser.add_argument("--template", required=True, help=", ".join(sorted(SURVEY_TEMPLATES)))
        parser.add_argument(
            "--sources",
            help=_("names or slugs of the models, separated by commas; default: all"),
        )
        parser.add_argument("--clips", type=int, help=_("clips per participant; default: all"))
        parser.add_argument(
            "--pairs", type=int, help=_("pairs per participant (template preference); default: about 12")
        )
        parser.add_argument("--without-ties", action="store_true", help=_('do not offer "No difference"'))
        parser.add_argument("--practice", type=int, default=0, help=_("practice trials, 0 to 3; never analysed"))
        parser.add_argument("--checks", type=int, default=0, help=_("attention checks, 0 to 2"))
        parser.add_argument("--repeats", type=int, default=0, help=_("repeated trials, 0 to 2, unannounced"))
        parser.add_argument("--confidence", action="store_true", help=_("ask how sure listeners are of their verdict"))
        parser.add_argument("--background", action="store_true", help=_("ask about musical training and headphones"))
        parser.add_argument("--seed", type=seed, default=1, help=_("of the allocation of clips"))
        parser.add_argument("--open", action="store_true", help=_("open it immediately"))

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
        if is_new:
            values = {"survey": survey, "clips": clip_count(survey.clips.count())}
            self.stdout.write(_('Created the survey "%(survey)s" with %(clips)s.') % values)
        else:
            self.stdout.write(_('The survey "%(survey)s" already exists with the same values.') % {"survey": survey})
        if open and not survey.is_open:
            open_survey(survey)
        self.stdout.write(f"{survey.get_state_display()}: {survey.get_absolute_url()}")
