from generation.catalogue.excerpts import excerpt
from generation.catalogue.lookup import find_corpus
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin


class Command(CatalogueCommand):
    help = "Cut originals out of a corpus: clips that begin at a bar line, drawn by seed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("corpus")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--clips", type=int, default=6)
        add_arrangement(parser, seconds=20.0, cut="drawn")
        parser.add_argument("--origin", choices=Origin.values, default=Origin.HUMAN)

    def act(self, study, *, corpus, source, clips, origin, **options):
        with self.progress() as progress:
            added = excerpt(
                study,
                find_corpus(study, corpus),
                source=source,
                clips=clips,
                origin=origin,
                arrangement=arrangement_of(options),
                progress=progress,
            )
        self.conclude(added)
