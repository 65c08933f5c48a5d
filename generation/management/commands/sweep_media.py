from django.core.management.base import BaseCommand

from generation.catalogue import sweep_media


class Command(BaseCommand):
    help = "Take away files that belong to no clip, left by a process that was killed. Workers do it when they start."

    def handle(self, **options):
        for sentence in sweep_media().sentences():
            self.stdout.write(sentence)
