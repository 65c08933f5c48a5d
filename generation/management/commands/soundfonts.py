from typing import Any

from django.utils.translation import gettext as _

from generation.catalogue.soundfonts import fonts_of
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("List the soundfonts that clips can be played with. The default comes first.")

    def act(self, study: Study, **options: Any) -> None:
        missing = _("No soundfont is installed. Install one: sudo apt-get install fluid-soundfont-gm")
        self.say([font.label for font in fonts_of(study)] or [missing])
