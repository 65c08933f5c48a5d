from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.runs import import_run
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Import the folder of a training run that was trained elsewhere.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", help=_("folder of the training run"))
        parser.add_argument("--name", required=True, help=_("name of the training run"))

    def act(self, study: Study, *, folder: str, name: str, **options: Any) -> None:
        self.conclude(import_run(study, folder, name=name))
