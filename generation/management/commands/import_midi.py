from generation.catalogue import import_midi
from generation.management.catalogue_command import CatalogueCommand
from generation.models import Origin


class Command(CatalogueCommand):
    help = "Take clips made elsewhere: MIDI or audio files, folders and zips of them."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--source", required=True, help="name of the source that the clips belong to")
        parser.add_argument("--origin", choices=Origin.values, required=True, help="who made them, in truth")
        for field in ("description", "citation", "licence", "checkpoint", "settings"):
            parser.add_argument(f"--{field}", default="", help=f"{field} of a new source", dest=f"about_{field}")

    def act(self, study, *, paths, source, origin, **options):
        about = {key.removeprefix("about_"): value for key, value in options.items() if key.startswith("about_")}
        with self.progress() as progress:
            added = import_midi(study, paths, source=source, origin=origin, progress=progress, **about)
        self.conclude(added, bad=len(added.refused))
