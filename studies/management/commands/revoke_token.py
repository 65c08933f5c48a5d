from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from studies.lookup import quoted_names
from studies.models import Token


class Command(BaseCommand):
    help = _("Revoke a token. It stops working immediately.")

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--user", required=True)

    def handle(self, *args, name, user, **options):
        tokens = Token.objects.filter(user__username=user)
        values = {"user": user, "name": name, "names": quoted_names(tokens) or _("none")}
        deleted = tokens.filter(name=name).delete()[0]
        if not deleted:
            raise CommandError(_('%(user)s has no token "%(name)s". Tokens: %(names)s.') % values)
        self.stdout.write(_('The token "%(name)s" of %(user)s is revoked.') % values)
