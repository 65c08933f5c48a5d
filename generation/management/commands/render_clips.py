from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.lookup import find_source
from generation.catalogue.rendering import render_clips
from generation.management.catalogue_command import CatalogueCommand
from generation.music.audio.policy import INSTRUMENTS
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Render the clips that have no audio yet, all with the same length and loudness.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="", help=_("only the clips of this model"))
        parser.add_argument(
            "--seconds", type=float, help=_("length of each clip (default: same as the study's other clips)")
        )
        parser.add_argument(
            "--instrument",
            default="",
            choices=INSTRUMENTS,
            help=_("piano: all piano; file: as in the file (default: same as the study's other clips)"),
        )
        parser.add_argument(
            "--soundfont",
            default="",
            help=_("name or path of a soundfont (default: same as the study's other clips)"),
        )

    def act(
        self,
        study: Study,
        *,
        source: str,
        seconds: float | None,
        instrument: str,
        soundfont: str | Path,
        **options: Any,
    ) -> None:
        path = Path(soundfont).expanduser()
        soundfont = path if path.is_file() else soundfont
        model = find_source(study, source) if source else None
        with self.progress() as progress:
            rendered = render_clips(
                study, source=model, seconds=seconds, instrument=instrument, soundfont=soundfont, progress=progress
            )
        self.conclude(rendered, refused=len(rendered.refused))
