from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from studies.creation import start_study


class Command(BaseCommand):
    help = _("Create a study and its owner. A new owner gets a password, which is shown once.")

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help=_("user name; the account is created if it does not exist"))

    def handle(self, *args, name, owner, **options):
        study, password = start_study(name, owner=owner)
        self.stdout.write(_('The study "%(study)s" belongs to %(owner)s.') % {"study": study, "owner": owner})
        if password:
            self.stdout.write(_("Password of %(owner)s: %(password)s") % {"owner": owner, "password": password})
