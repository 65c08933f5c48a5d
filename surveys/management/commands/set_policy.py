from generation.catalogue.rearrangement import ClipSettings
from generation.management.catalogue_command import add_arrangement, arrangement_of
from generation.music.audio.policy import INSTRUMENTS
from surveys.management.survey_command import SurveyCommand, find_survey
from surveys.researcher.clip_settings import adopt_policy


class Command(SurveyCommand):
    help = "Make all clips of a survey anew under one policy; those who come hear these, what was answered stays."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")
        add_arrangement(parser, title="the notes (by default as in the files, as long as the clips are)")
        parser.add_argument("--instrument", choices=INSTRUMENTS, default="piano")
        parser.add_argument("--soundfont", default="", help="name of one (default: as the study's other clips)")
        parser.add_argument("--although-answered", action="store_true", help="people have heard the clips of now")

    def act(self, study, *, survey, instrument, soundfont, although_answered, **options):
        found = find_survey(study, survey)
        policy = ClipSettings(arrangement_of(options), instrument, soundfont)
        with self.progress() as progress:
            adopted = adopt_policy(found, policy, although_answered=although_answered, progress=progress)
        self.say(adopted.sentences())
