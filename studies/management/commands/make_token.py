from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from studies.models import Token


class Command(BaseCommand):
    help = _("Create a token, with which a program acts as a person through the API. It is shown once.")

    def add_arguments(self, parser):
        parser.add_argument("name", help=_("what the token is for"))
        parser.add_argument("--user", required=True)

    def handle(self, *args, name, user, **options):
        person = get_user_model().objects.filter(username=user).first()
        if person is None:
            raise CommandError(_('There is no user "%(user)s".') % {"user": user})
        if person.tokens.filter(name=name).exists():
            raise CommandError(
                _('%(user)s already has a token "%(name)s". Revoke it first with revoke_token.')
                % {"user": user, "name": name}
            )
        self.stdout.write(Token.objects.issue(person, name)[1])
