from django.core.management.base import BaseCommand, CommandError

from studies.models import Token


class Command(BaseCommand):
    help = "Take a token away: at once, nothing can be done with it any more."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--user", required=True)

    def handle(self, *args, name, user, **options):
        gone, _ = Token.objects.filter(user__username=user, name=name).delete()
        if not gone:
            names = ", ".join(f'"{token.name}"' for token in Token.objects.filter(user__username=user)) or "none"
            raise CommandError(f'{user} has no token "{name}"; there is {names}.')
        self.stdout.write(f'The token "{name}" of {user} no longer works.')
