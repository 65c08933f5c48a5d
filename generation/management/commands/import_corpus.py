from generation.catalogue.corpora import import_corpus
from generation.management.catalogue_command import CatalogueCommand
from studies.management.study_command import seed


class Command(CatalogueCommand):
    help = "Read a set of pieces to learn from and to cut originals from."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("origin", help="a folder, a zip, a web address, pop909, or music21:bach and the like")
        parser.add_argument("--name", default="", help="what the corpus is called; by default as its file or folder")
        parser.add_argument("--songs", type=int, help="take so many, drawn by seed (default: all)")
        parser.add_argument("--seed", type=seed, default=1)
        parser.add_argument(
            "--pedal", action="store_true", help="notes last as long as the sustain pedal holds them: for performances"
        )
        parser.add_argument("--licence", default="", help="under which the music may be used")

    def act(self, study, *, origin, name, songs, seed, pedal, licence, **options):
        with self.progress() as progress:
            imported = import_corpus(
                study, origin, name=name, songs=songs, seed=seed, pedal=pedal, licence=licence, progress=progress
            )
        self.conclude(imported, bad=len(imported.damaged) if imported.is_new else 0)
