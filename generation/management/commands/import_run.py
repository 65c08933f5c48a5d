from generation.catalogue.runs import import_run
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Take a run folder that was trained elsewhere."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("folder")
        parser.add_argument("--name", required=True, help="what the run is called here")

    def act(self, study, *, folder, name, **options):
        self.conclude(import_run(study, folder, name=name))
