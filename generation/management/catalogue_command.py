"""What the commands have in common that act on corpora, runs and clips."""

from django.core.management.base import CommandError

from generation.catalogue import ERRORS
from studies.management.study_command import StudyCommand


class CatalogueCommand(StudyCommand):
    errors = ERRORS

    def conclude(self, result, *, bad: int = 0) -> None:
        """Say what came of it; exit with 1 where something was refused, so that a script notices."""
        self.say(result.sentences())
        if bad:
            raise CommandError(f"{bad} could not be taken; they are listed above, the rest was done.")
