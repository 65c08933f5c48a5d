from generation.catalogue.clip_import import import_midi
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin


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
        add_arrangement(parser, title="arrangement (by default the notes stay as they are)")

    def act(self, study, *, paths, source, origin, description, citation, licence, checkpoint, **options):
        with self.progress() as progress:
            added = import_midi(
                study,
                paths,
                source=source,
                origin=origin,
                arrangement=arrangement_of(options),
                progress=progress,
                description=description,
                citation=citation,
                licence=licence,
                checkpoint=checkpoint,
                settings=options["model_settings"],
            )
        self.conclude(added, bad=len(added.refused))
