from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.corpora import import_corpus
from generation.management.catalogue_command import CatalogueCommand
from studies.management.study_command import seed
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Import a corpus: music to train networks on and to take excerpts from.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("origin", help=_("a folder, a zip file, a web address, pop909, or music21:bach and so on"))
        parser.add_argument(
            "--name", default="", help=_("name of the corpus (default: the name of the file or folder)")
        )
        parser.add_argument("--songs", type=int, help=_("import a random selection of this size (default: all songs)"))
        parser.add_argument("--seed", type=seed, default=1, help=_("the same seed selects the same songs (default: 1)"))
        parser.add_argument(
            "--pedal",
            action="store_true",
            help=_("let notes last for as long as the sustain pedal holds them; for recorded performances"),
        )
        parser.add_argument("--licence", default="", help=_("licence of the music"))

    def act(
        self,
        study: Study,
        *,
        origin: str,
        name: str,
        songs: int | None,
        seed: int,
        pedal: bool,
        licence: str,
        **options: Any,
    ) -> None:
        with self.progress() as progress:
            imported = import_corpus(
                study, origin, name=name, songs=songs, seed=seed, pedal=pedal, licence=licence, progress=progress
            )
        self.conclude(imported, refused=len(imported.damaged) if imported.is_new else 0)
