from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.clip_import import import_midi
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Import clips that were made elsewhere: MIDI or audio files, or folders or zips of them.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("paths", nargs="+", metavar="PATH", help=_("a file, a folder or a zip file"))
        parser.add_argument("--source", required=True, help=_("name of the model that the clips belong to"))
        parser.add_argument("--origin", choices=Origin.values, required=True, help=_("true origin of the clips"))
        about = {
            "description": _("description of a new model"),
            "citation": _("how to cite a new model in a paper"),
            "licence": _("licence of the clips of a new model"),
            "checkpoint": _("the weights that a new model used"),
        }
        for field, words in about.items():
            parser.add_argument(f"--{field}", default="", help=words)
        # Django's commands have a --settings of their own.
        parser.add_argument(
            "--model-settings", default="", help=_("how a new model was used: temperature, prompt and so on")
        )
        add_arrangement(parser, title=_("arrangement (by default the notes stay as they are)"))

    def act(
        self,
        study: Study,
        *,
        paths: list[str],
        source: str,
        origin: str,
        description: str,
        citation: str,
        licence: str,
        checkpoint: str,
        **options: Any,
    ) -> None:
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
        self.conclude(added, refused=len(added.refused))
