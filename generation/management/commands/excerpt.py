from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.excerpts import excerpt
from generation.catalogue.lookup import find_corpus
from generation.management.catalogue_command import CatalogueCommand, add_arrangement, arrangement_of
from generation.models import Origin
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Create clips from random excerpts of a corpus. Each starts at a bar line.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("corpus", help=_("name of the corpus"))
        parser.add_argument("--source", required=True, help=_("name of the model that the clips belong to"))
        parser.add_argument("--clips", type=int, default=6, help=_("number of clips (default: 6)"))
        add_arrangement(parser, seconds=20.0, cut="drawn")
        parser.add_argument(
            "--origin",
            choices=Origin.values,
            default=Origin.HUMAN,
            help=_("true origin of the clips (default: human)"),
        )

    def act(self, study: Study, *, corpus: str, source: str, clips: int, origin: str, **options: Any) -> None:
        with self.progress() as progress:
            added = excerpt(
                study,
                find_corpus(study, corpus),
                source=source,
                clips=clips,
                origin=origin,
                arrangement=arrangement_of(options),
                progress=progress,
            )
        self.conclude(added)
