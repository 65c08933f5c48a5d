from django.utils.translation import gettext as _

from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey
from surveys.researcher.opening import close_survey


class Command(StudyCommand):
    help = _("Close a survey: nobody can start or continue; the answers are kept.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))

    def act(self, study, *, survey, **options):
        row = find_survey(study, survey)
        close_survey(row)
        self.stdout.write(_('The survey "%(survey)s" is closed.') % {"survey": row})
