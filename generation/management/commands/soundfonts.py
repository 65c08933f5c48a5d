from generation.catalogue.soundfonts import fonts_of
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "The soundfonts that clips can be played with: the one that is played unless another is named comes first."

    def act(self, study, **options):
        self.say([font.label for font in fonts_of(study)] or ["There is none: sudo apt-get install fluid-soundfont-gm"])
