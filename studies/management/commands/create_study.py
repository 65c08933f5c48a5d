from django.core.management.base import BaseCommand

from studies.creation import start_study


class Command(BaseCommand):
    help = "Start a study with its owner; a new owner gets a password, shown once."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help="user name; made if there is nobody of that name yet")

    def handle(self, *args, name, owner, **options):
        study, password = start_study(name, owner=owner)
        self.stdout.write(f'The study "{study}" belongs to {owner}.')
        if password:
            self.stdout.write(f"Password of {owner}: {password}")
