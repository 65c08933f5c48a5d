from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.orphaned_files import sweep_media


class Command(BaseCommand):
    help = _(
        "Delete media files that nothing uses, left behind by an interrupted process. Workers do this when they start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--even-most", action="store_true", help=_("delete them even if they are more than half of all files")
        )

    def handle(self, *, even_most: bool, **options: Any) -> None:
        for sentence in sweep_media(even_most=even_most).sentences():
            self.stdout.write(sentence)
