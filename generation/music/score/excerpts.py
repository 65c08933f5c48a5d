"""Stretches of human music as long as a clip: from a bar line, drawn by seed, none on top of another."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece

PRESENT = 1e-6  # beats


@dataclass(frozen=True)
class Stretch:
    """From a bar line of a piece to the beat where the clip's time is over."""

    place: int  # of the piece among those that were given
    bar: int  # 1 is the first
    start: float  # beats
    end: float  # beats

    def overlaps(self, other: "Stretch") -> bool:
        return self.place == other.place and self.start < other.end and other.start < self.end


def stretches(piece: Piece, place: int, seconds: float) -> list[Stretch]:
    """Every stretch that begins where music begins: at a bar line with a note in the beat after it.

    The time counts from that note, as it does in the clip, where silence before it is cut away.
    """
    lines = piece.bar_lines()
    starts = piece.notes["start"]
    next_note = np.searchsorted(starts, lines - PRESENT)
    lines, bars = lines[next_note < len(starts)], np.flatnonzero(next_note < len(starts)) + 1
    first = starts[next_note[next_note < len(starts)]]
    ends = piece.beats_at(piece.seconds_at(first) + seconds)
    possible = (first - lines < 1 - PRESENT) & (ends <= piece.beats + PRESENT)
    return [
        Stretch(place, int(bar), float(line), float(end))
        for bar, line, end in zip(bars[possible], lines[possible], ends[possible], strict=True)
    ]


def stretches_of_bars(piece: Piece, place: int, bars: int) -> list[Stretch]:
    """Every stretch of so many bars in which music begins."""
    lines = piece.bar_lines()
    starts = piece.notes["start"]
    return [
        Stretch(place, number, float(start), float(end))
        for number, (start, end) in enumerate(zip(lines, lines[bars:], strict=False), 1)
        if np.searchsorted(starts, start - PRESENT) < np.searchsorted(starts, end - PRESENT)
    ]


def possible(piece: Piece, place: int, *, seconds: float = 0.0, bars: int = 0) -> list[Stretch]:
    return stretches_of_bars(piece, place, bars) if bars else stretches(piece, place, seconds)


def choose_stretch(piece: Piece, among: list[Stretch], cut: str, rng: random.Random) -> Stretch:
    """The first ("start"), one by chance ("drawn"), or the one with the most notes ("densest")."""
    if cut == "start":
        return among[0]
    if cut == "drawn":
        return rng.choice(among)
    starts = piece.notes["start"]
    return max(among, key=lambda one: np.searchsorted(starts, one.end) - np.searchsorted(starts, one.start))


def draw_stretches(
    pieces: Iterable[Piece], *, seconds: float = 0.0, bars: int = 0, cut: str = "drawn", seed: int
) -> Iterator[Stretch]:
    """Stretches in an order drawn by `seed`, until there are no more that overlap with none before.

    One of each piece first, then a second of each, and so on: few clips come from as many pieces as there are. The
    first six are the same whether six are asked for or sixty.
    """
    rng = random.Random(seed)
    pieces = list(pieces)
    order = rng.sample(range(len(pieces)), len(pieces))
    left: dict[int, list[Stretch]] = {}
    while order:
        for place in list(order):
            if place not in left:
                left[place] = possible(pieces[place], place, seconds=seconds, bars=bars)
            if not left[place]:
                order.remove(place)
                continue
            one = choose_stretch(pieces[place], left[place], cut, rng)
            left[place] = [other for other in left[place] if not other.overlaps(one)]
            yield one
