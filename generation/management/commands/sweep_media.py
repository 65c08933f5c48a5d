from django.core.management.base import BaseCommand

from generation.catalogue.orphaned_files import sweep_media


class Command(BaseCommand):
    help = "Take away files that belong to no clip, left by a process that was killed. Workers do it when they start."

    def add_arguments(self, parser):
        parser.add_argument("--even-most", action="store_true", help="though most files belong to nothing")

    def handle(self, *, even_most, **options):
        for sentence in sweep_media(even_most=even_most).sentences():
            self.stdout.write(sentence)
