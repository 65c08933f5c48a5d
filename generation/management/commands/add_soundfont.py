from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.soundfont_import import add_soundfont
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Add a soundfont (an SF2 or SF3 file) to a study. It is played once before it is kept.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help=_("an SF2 or SF3 file"))
        parser.add_argument("--licence", required=True, help=_("its licence: MIT, CC0, CC BY 3.0 and so on"))
        parser.add_argument("--name", default="", help=_("its name in the study (default: the name of the file)"))
        parser.add_argument("--citation", default="", help=_("how to cite it in a paper"))

    def act(self, study: Study, *, file: str, licence: str, name: str, citation: str, **options: Any) -> None:
        self.conclude(add_soundfont(study, file, licence=licence, name=name, citation=citation))
