from django.utils.translation import gettext as _

from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey
from surveys.researcher.opening import open_survey


class Command(StudyCommand):
    help = _("Open a survey to participants.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))

    def act(self, study, *, survey, **options):
        row = find_survey(study, survey)
        values = {"survey": row, "address": row.get_absolute_url()}
        if row.is_open:
            self.stdout.write(_('The survey "%(survey)s" is already open: %(address)s') % values)
            return
        open_survey(row)
        self.stdout.write(_('The survey "%(survey)s" is open: %(address)s') % values)
