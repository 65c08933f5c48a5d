"""What a set of pieces is like at a glance: how long, in which keys, how fast, how dense."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from generation.music.pictures.line_chart import ticks
from generation.music.score.keys import key_of
from generation.music.score.notes import Piece

TONICS = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each range: from an edge up to the next, the last one included."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Overview:
    seconds: Histogram  # lengths of the pieces
    tempos: Histogram  # quarter notes a minute, at their beginning
    density: Histogram  # notes a second
    keys: tuple[tuple[str, int], ...]  # the most frequent first
    median_seconds: float


def overview(pieces: Sequence[Piece]) -> Overview:
    seconds = np.array([piece.seconds for piece in pieces])
    notes = np.array([len(piece) for piece in pieces])
    return Overview(
        seconds=histogram(seconds),
        tempos=histogram(tempo_of(piece) for piece in pieces),
        density=histogram(notes / np.maximum(seconds, 1e-9)),
        keys=tuple(Counter(map(key_name, pieces)).most_common()),
        median_seconds=float(np.median(seconds)) if len(seconds) else 0.0,
    )


def histogram(values: Iterable[float], *, most: int = 9) -> Histogram:
    """Values in at most so many ranges of a round width."""
    numbers = np.array(list(values), float)
    if not len(numbers):
        return Histogram((), ())
    edges = ticks(float(numbers.min()), float(numbers.max()), most=most)
    counts, _ = np.histogram(numbers, edges)
    return Histogram(tuple(edges), tuple(counts.tolist()))


def tempo_of(piece: Piece) -> float:
    """Quarter notes a minute as the first note has them."""
    first = float(piece.notes["start"].min()) if len(piece) else 0.0
    return float(piece.tempos[np.searchsorted(piece.tempos[1:, 0], first, side="right"), 1])


def key_name(piece: Piece) -> str:
    """ "E♭ major"; of a minor key the tonic is written as in a major one, so that each is there once."""
    tonic, mode = key_of(piece)
    return f"{TONICS[tonic]} {mode}"
