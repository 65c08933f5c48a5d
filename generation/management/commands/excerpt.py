from generation.catalogue.excerpts import excerpt
from generation.catalogue.lookup import find_corpus
from generation.management.catalogue_command import CatalogueCommand, add_making
from generation.models import Origin


class Command(CatalogueCommand):
    help = "Cut originals out of a corpus: clips that begin at a bar line, drawn by seed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("corpus")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--clips", type=int, default=6)
        add_making(parser, "seconds", "bars", "cut", "seed", "tempo", "dynamics", seconds=20.0, cut="drawn")
        parser.add_argument(
            "--melody-only", action="store_true", help="the melody alone, to stand beside melody networks"
        )
        parser.add_argument("--origin", choices=Origin.values, default=Origin.HUMAN)

    def act(self, study, *, corpus, source, clips, origin, melody_only, **options):
        with self.progress() as progress:
            added = excerpt(
                study,
                find_corpus(study, corpus),
                source=source,
                clips=clips,
                origin=origin,
                melody_only=melody_only,
                **{name: options[name] for name in ("seconds", "bars", "cut", "seed", "tempo", "dynamics")},
                progress=progress,
            )
        self.conclude(added)
