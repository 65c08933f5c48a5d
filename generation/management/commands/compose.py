from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.composing import compose_clips
from generation.catalogue.lookup import find_run
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Compose clips with a trained network. The same seed gives the same clips.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("run", help=_("name or folder of the training run"))
        parser.add_argument("--source", required=True, help=_("name of the model that the clips belong to"))
        parser.add_argument("--clips", type=int, default=6, help=_("number of clips (default: 6)"))
        add_arrangement(parser, left_out=("cut",), seconds=20.0)
        parser.add_argument("--temperature", type=float, help=_("below 1: more predictable; above 1: more surprising"))
        parser.add_argument(
            "--top-p", type=float, help=_("sample from the most likely tokens that together have this probability")
        )
        parser.add_argument("--top-k", type=int, help=_("sample from this number of most likely tokens"))
        parser.add_argument(
            "--primer", default="", help=_("music to continue: notes (60,62,64), a MIDI file, or corpus:NAME")
        )
        parser.add_argument(
            "--origin",
            choices=Origin.values,
            default="",
            help=_("true origin of the clips (default: ai; for the presets that only count notes, anchor)"),
        )

    def act(
        self,
        study: Study,
        *,
        run: str,
        source: str,
        clips: int,
        origin: str,
        temperature: float | None,
        top_p: float | None,
        top_k: int | None,
        primer: str,
        **options: Any,
    ) -> None:
        sampling = {"temperature": temperature, "top_p": top_p, "top_k": top_k}
        with self.progress() as progress:
            added = compose_clips(
                study,
                find_run(study, run),
                source=source,
                clips=clips,
                arrangement=arrangement_of(options),
                origin=origin,
                primer=primer,
                sampling={key: value for key, value in sampling.items() if value is not None},
                progress=progress,
            )
        self.conclude(added)
