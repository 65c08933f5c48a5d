"""What the commands have in common that act on corpora, runs and clips."""

from django.core.management.base import CommandError

from generation.music.score.arrangement import CUTS, DYNAMICS, TEXTURES, Making
from studies.management.study_command import StudyCommand, seed


class CatalogueCommand(StudyCommand):
    def conclude(self, result, *, bad: int = 0) -> None:
        """Say what came of it; exit with 1 where something was refused, so that a script notices."""
        self.say(result.sentences())
        if bad:
            raise CommandError(f"{bad} could not be taken; they are listed above, the rest was done.")


# The notes of a clip: the same words wherever clips are made.
MAKING = {
    "seconds": {"type": float, "default": 0.0, "help": "of each clip"},
    "bars": {"type": int, "default": 0, "help": "of each clip, in place of seconds"},
    "cut": {"choices": CUTS, "default": "start", "help": "where: the beginning, a drawn bar, most notes"},
    "seed": {"type": seed, "default": 1, "help": "of what is drawn"},
    "tempo": {"type": float, "default": 0.0, "help": "one for all, in quarter notes a minute"},
    "dynamics": {"choices": DYNAMICS, "default": "file", "help": "flat: every note equally loud"},
    "texture": {"choices": TEXTURES, "default": "file", "help": "melody: one voice"},
}


def add_making(parser, *names: str, title: str = "", **defaults) -> None:
    """Arguments for what becomes of notes: those named, or all."""
    group = parser.add_argument_group(title) if title else parser
    for name in names or MAKING:
        about = MAKING[name] | ({"default": defaults[name]} if name in defaults else {})
        group.add_argument(f"--{name}", **about)


def making_of(options: dict) -> Making:
    return Making(**{name: options[name] for name in MAKING})
