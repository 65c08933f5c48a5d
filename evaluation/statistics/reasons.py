"""Why there is no number: one plain sentence, kept where a result would have stood.

A statistic that would mean nothing is not computed: in its place stands a `Reason`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST_CLIPS = 3  # of each source: with two, the clips of a source hardly say how much its clips differ
FEWEST_PARTICIPANTS = 10


@dataclass(frozen=True)
class Reason:
    """Why a result is missing, in one sentence for a reader, with the remedy where there is one."""

    text: str

    def __str__(self) -> str:
        return self.text


def join_words(names: Iterable[object]) -> str:
    """Names as people list them: "a", "a and b", "a, b and c"."""
    words = [str(name) for name in names]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def quantity(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 clip", "2 clips"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
