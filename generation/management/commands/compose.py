from generation.catalogue.composing import compose_clips
from generation.catalogue.lookup import find_run
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin


class Command(CatalogueCommand):
    help = "Let a trained network compose clips: same seed, same clips."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("run", help="its name or its folder")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--clips", type=int, default=6)
        add_arrangement(parser, left_out=("cut",), seconds=20.0)
        parser.add_argument("--temperature", type=float, help="below 1 plays safe, above 1 dares")
        parser.add_argument("--top-p", type=float, help="choose among the likeliest that have this share together")
        parser.add_argument("--top-k", type=int, help="choose among so many")
        parser.add_argument("--primer", default="", help="continue notes (60,62,64), a MIDI file, or corpus:NAME")
        parser.add_argument("--origin", choices=Origin.values, default="", help="default: ai, or anchor for shuffled")

    def act(
        self,
        study,
        *,
        run,
        source,
        clips,
        origin,
        temperature,
        top_p,
        top_k,
        primer,
        **options,
    ):
        wished = {"temperature": temperature, "top_p": top_p, "top_k": top_k}
        with self.progress() as progress:
            added = compose_clips(
                study,
                find_run(study, run),
                source=source,
                clips=clips,
                arrangement=arrangement_of(options),
                origin=origin,
                primer=primer,
                sampling={key: value for key, value in wished.items() if value is not None},
                progress=progress,
            )
        self.conclude(added)
