from generation.catalogue import excerpt, find_corpus
from generation.management.catalogue_command import CatalogueCommand
from generation.models import Origin
from generation.music.making import DYNAMICS


class Command(CatalogueCommand):
    help = "Cut originals out of a corpus: clips that begin at a bar line, drawn by seed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("corpus")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--clips", type=int, default=6)
        parser.add_argument("--seconds", type=float, default=20)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--melody-only", action="store_true", help="the melody alone, to stand beside melody networks"
        )
        parser.add_argument("--tempo", type=float, default=0.0, help="one for all, in quarter notes a minute")
        parser.add_argument("--dynamics", choices=DYNAMICS, default="file", help="flat: every note equally loud")
        parser.add_argument("--origin", choices=Origin.values, default=Origin.HUMAN)

    def act(self, study, *, corpus, source, clips, seconds, seed, origin, melody_only, tempo, dynamics, **options):
        with self.progress() as progress:
            added = excerpt(
                study,
                find_corpus(study, corpus),
                source=source,
                clips=clips,
                seconds=seconds,
                seed=seed,
                origin=origin,
                melody_only=melody_only,
                tempo=tempo,
                dynamics=dynamics,
                progress=progress,
            )
        self.conclude(added)
