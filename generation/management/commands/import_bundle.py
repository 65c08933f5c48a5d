from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.bundles import import_bundle
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Import a Magenta network (a .mag file, a TensorFlow checkpoint, a magenta.js folder or a zip) as a run.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", help=_("the file or folder; for a TensorFlow checkpoint also the prefix that its files share")
        )
        parser.add_argument("--name", required=True, help=_("name of the training run"))

    def act(self, study: Study, *, file: str, name: str, **options: Any) -> None:
        self.conclude(import_bundle(study, file, name=name))
