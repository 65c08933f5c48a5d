from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from studies.models import Token


class Command(BaseCommand):
    help = "Make a token with which a program acts as a person through the API; shown once."

    def add_arguments(self, parser):
        parser.add_argument("name", help="what it is for")
        parser.add_argument("--user", required=True)

    def handle(self, *args, name, user, **options):
        person = get_user_model().objects.filter(username=user).first()
        if person is None:
            raise CommandError(f'There is nobody called "{user}" here.')
        if person.tokens.filter(name=name).exists():
            raise CommandError(f'{user} has a token "{name}" already: revoke_token takes it away.')
        self.stdout.write(Token.objects.issue(person, name)[1])
