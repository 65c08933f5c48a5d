from generation.catalogue import import_midi
from generation.management.catalogue_command import CatalogueCommand
from generation.models import Origin
from generation.music.making import CUTS, DYNAMICS, TEXTURES, Making


class Command(CatalogueCommand):
    help = "Take clips made elsewhere: MIDI or audio files, folders and zips of them."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--origin", choices=Origin.values, required=True, help="who made them, in truth")
        for field in ("description", "citation", "licence", "checkpoint"):
            parser.add_argument(f"--{field}", default="", help=f"{field} of a new source")
        # Django's commands have a --settings of their own.
        parser.add_argument("--model-settings", default="", help="how the model was asked: temperature, prompt ...")
        making = parser.add_argument_group("what becomes of the notes (by default nothing)")
        making.add_argument("--seconds", type=float, default=0.0, help="of each file")
        making.add_argument("--bars", type=int, default=0, help="of each file, in place of seconds")
        making.add_argument(
            "--cut", choices=CUTS, default="start", help="where: the beginning, a drawn bar, most notes"
        )
        making.add_argument("--seed", type=int, default=1, help="of what is drawn")
        making.add_argument("--tempo", type=float, default=0.0, help="one for all, in quarter notes a minute")
        making.add_argument("--dynamics", choices=DYNAMICS, default="file", help="flat: every note equally loud")
        making.add_argument("--texture", choices=TEXTURES, default="file", help="melody: one voice")

    def act(self, study, *, paths, source, origin, description, citation, licence, checkpoint, **options):
        names = ("seconds", "bars", "cut", "seed", "tempo", "dynamics", "texture")
        making = Making(**{name: options[name] for name in names})
        with self.progress() as progress:
            added = import_midi(
                study,
                paths,
                source=source,
                origin=origin,
                making=making,
                progress=progress,
                description=description,
                citation=citation,
                licence=licence,
                checkpoint=checkpoint,
                settings=options["model_settings"],
            )
        self.conclude(added, bad=len(added.refused))
