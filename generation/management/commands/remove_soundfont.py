from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError
from generation.catalogue.soundfonts import find_font, remove_soundfont
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Delete a soundfont of a study. One that clips use cannot be deleted.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", help=_("name of the soundfont"))

    def act(self, study: Study, *, name: str, **options: Any) -> None:
        font = find_font(study, name)
        if font.row is None:
            raise CatalogueError(
                _(
                    "%(soundfont)s is installed on this machine and does not belong to the study, so it cannot be "
                    "deleted here."
                )
                % {"soundfont": font.name}
            )
        remove_soundfont(font.row)
        self.say([_('Soundfont "%(soundfont)s" deleted.') % {"soundfont": font.name}])
