from django.utils.translation import gettext as _

from generation.catalogue.clip_settings import ClipSettings
from generation.management.catalogue_command import add_arrangement, arrangement_of
from generation.music.audio.policy import INSTRUMENTS
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey
from surveys.researcher.clip_settings import apply_clip_settings


class Command(StudyCommand):
    help = _("Use the same settings for all clips of a survey. Answers stay with the clips that were heard.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))
        add_arrangement(parser, title=_("the notes (default: as in the files, with the present length)"))
        parser.add_argument("--instrument", choices=INSTRUMENTS, default="piano")
        parser.add_argument("--soundfont", default="", help=_("default: that of the other clips"))
        parser.add_argument(
            "--although-answered",
            action="store_true",
            help=_("change clips that people have answered"),
        )

    def act(self, study, *, survey, instrument, soundfont, although_answered, **options):
        row = find_survey(study, survey)
        settings = ClipSettings(arrangement_of(options), instrument, soundfont)
        with self.progress() as progress:
            change = apply_clip_settings(row, settings, although_answered=although_answered, progress=progress)
        self.say(change.sentences())
