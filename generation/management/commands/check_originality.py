from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from generation.catalogue.lookup import find_corpus, find_source
from generation.catalogue.originality import check_originality
from generation.management.catalogue_command import CatalogueCommand
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Check whether the clips of a model share more with a corpus than human music does.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("source", help=_("the model whose clips are compared"))
        parser.add_argument(
            "--corpus", default="", help=_("the corpus (default: the one that the model was trained on)")
        )

    def act(self, study: Study, *, source: str, corpus: str, **options: Any) -> None:
        chosen = find_corpus(study, corpus) if corpus else None
        with self.progress() as progress:
            checked = check_originality(find_source(study, source), chosen, progress=progress)
        self.conclude(checked)
