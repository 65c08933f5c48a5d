from generation.catalogue.soundfonts import add_soundfont
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Bring a soundfont: an SF2 or SF3 file, played before it is kept."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--licence", required=True, help="under which it may be used: MIT, CC0, CC BY 3.0 ...")
        parser.add_argument("--name", default="", help="what it is called here; by default as its file")
        parser.add_argument("--citation", default="", help="as it is to be cited in a paper")

    def act(self, study, *, file, licence, name, citation, **options):
        self.conclude(add_soundfont(study, file, licence=licence, name=name, citation=citation))
