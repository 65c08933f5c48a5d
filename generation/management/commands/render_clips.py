from pathlib import Path

from generation.catalogue.lookup import find_source
from generation.catalogue.rendering import render_clips
from generation.management.catalogue_command import CatalogueCommand
from generation.music.audio.policy import INSTRUMENTS


class Command(CatalogueCommand):
    help = "Make clips audible that are not yet: all of one length and equally loud."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--source", default="", help="only the clips of this source")
        parser.add_argument("--seconds", type=float, help="length of every clip (default: as the others have it)")
        parser.add_argument(
            "--instrument",
            default="",
            choices=INSTRUMENTS,
            help="piano for every track, or as in the file (default: as the others have it)",
        )
        parser.add_argument("--soundfont", default="", help="name or path of one (default: as the others have it)")

    def act(self, study, *, source, seconds, instrument, soundfont, **options):
        path = Path(soundfont).expanduser()
        soundfont = path if path.is_file() else soundfont
        found = find_source(study, source) if source else None
        with self.progress() as progress:
            rendered = render_clips(
                study, source=found, seconds=seconds, instrument=instrument, soundfont=soundfont, progress=progress
            )
        self.conclude(rendered, bad=len(rendered.refused))
