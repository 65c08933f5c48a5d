from generation.catalogue.bundles import export_magenta_js
from generation.catalogue.lookup import find_run
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Write a run of one of the magenta presets as a magenta.js checkpoint folder."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("run", help="its name or its folder")
        parser.add_argument("folder", help="where to; a new one")

    def act(self, study, *, run, folder, **options):
        self.conclude(export_magenta_js(find_run(study, run), folder))
