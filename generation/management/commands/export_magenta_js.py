from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.bundles import export_magenta_js
from generation.catalogue.lookup import find_run
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Export a training run with a Magenta preset as a checkpoint folder for magenta.js.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", help=_("name or folder of the training run"))
        parser.add_argument("folder", help=_("folder to create"))

    def act(self, study: Study, *, run: str, folder: str, **options: Any) -> None:
        self.conclude(export_magenta_js(find_run(study, run), folder))
