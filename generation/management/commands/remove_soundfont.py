from generation.catalogue.errors import CatalogueError
from generation.catalogue.soundfonts import find_font, remove_soundfont
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Take away a soundfont that was brought, while no clip is played with it."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("name")

    def act(self, study, *, name, **options):
        font = find_font(study, name)
        if font.row is None:
            raise CatalogueError(f"{font.name} was not brought but is installed on this machine; it stays.")
        remove_soundfont(font.row)
        self.say([f'The soundfont "{font.name}" is gone.'])
