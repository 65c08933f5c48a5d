from django.utils.translation import gettext as _

from evaluation import published_results
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey


class Command(StudyCommand):
    help = _("Switch a survey's public results page on or off. By default it shows results once the survey is closed.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))
        parser.add_argument("--while-open", action="store_true", help=_("show results while the survey is open, too"))
        parser.add_argument("--indexed", action="store_true", help=_("let search engines list the page"))
        parser.add_argument("--off", action="store_true", help=_("switch the page off; its address stops working"))

    def act(self, study, *, survey, while_open, indexed, off, **options):
        survey = find_survey(study, survey)
        if off:
            was_on = published_results.switch_off(survey)
            message = _('The public page of "%(survey)s" is off.') if was_on else _('"%(survey)s" has no public page.')
            self.stdout.write(message % {"survey": survey})
            return
        page = published_results.switch_on(survey, while_open=while_open, indexed=indexed)
        message = (
            _("The public page shows results now: %(address)s")
            if page.is_shown
            else _("The public page will show results when the survey is closed: %(address)s")
        )
        self.stdout.write(message % {"address": page.get_absolute_url()})
