from generation.catalogue.bundles import import_bundle
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Take a network of Magenta's (a .mag file, a TensorFlow checkpoint, a magenta.js folder or zip) as a run."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", help="the file or folder; of a checkpoint also the beginning that its files share")
        parser.add_argument("--name", required=True, help="what the run is called here")

    def act(self, study, *, file, name, **options):
        self.conclude(import_bundle(study, file, name=name))
