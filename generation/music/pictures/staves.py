"""A piece as it is written on two staves: notes on sixteenths or triplets, one voice for each hand.

A reduction, to be read along: notes of a hand that begin together are one chord, which lasts until it ends or the next
begins. What is heard is in the MIDI file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from generation.music.score.notes import Piece
from generation.music.tokens.grid import TWELFTHS

SPLIT = 60  # middle C and above are for the right hand
SIXTEENTH, TRIPLET = 3, 4  # twelfths of a beat
SHORT_REST = 6  # twelfths: a chord is held over so short a rest, which nobody would write


@dataclass(frozen=True)
class Sign:
    """A note or chord as one sign, or a rest, where there are no pitches."""

    length: int  # twelfths of a beat
    pitches: tuple[int, ...] = ()
    is_tied: bool = False  # to the sign before
    is_held: bool = False  # and to the next


Bar = list[Sign]


def staves(piece: Piece) -> tuple[list[Bar], list[Bar]]:
    """The bars of the right and of the left hand."""
    piece = piece.without_drums()
    lines = np.round(piece.bar_lines() * TWELFTHS).astype(int)
    starts, ends = _quantise(piece)
    is_right = piece.notes["pitch"] >= SPLIT
    right, left = (
        _bars(_chords(starts[mine], ends[mine], piece.notes["pitch"][mine]), lines) for mine in (is_right, ~is_right)
    )
    return right, left


def _quantise(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """Where notes begin and end, in twelfths: in each beat on sixteenths, or on triplets where those lie nearer."""
    begin, end = piece.notes["start"] * TWELFTHS, piece.ends * TWELFTHS
    beats = (begin // TWELFTHS).astype(int)
    steps = np.full(int(end.max() // TWELFTHS) + 2, SIXTEENTH)
    if (piece.meters[:, 2] <= 4).all():  # eighths in threes are no triplets
        off = {step: np.bincount(beats, np.abs(begin - np.round(begin / step) * step)) for step in (SIXTEENTH, TRIPLET)}
        steps[: len(off[TRIPLET])][off[TRIPLET] < off[SIXTEENTH] - 0.5] = TRIPLET

    def snap(places: np.ndarray) -> np.ndarray:
        beat = (places // TWELFTHS).astype(int)
        step = steps[beat]
        return beat * TWELFTHS + (np.round((places - beat * TWELFTHS) / step) * step).astype(int)

    starts = snap(begin)
    return starts, np.maximum(snap(end), starts + steps[starts // TWELFTHS])


def _chords(starts: np.ndarray, ends: np.ndarray, pitches: np.ndarray) -> list[tuple[int, int, tuple[int, ...]]]:
    """(from, to, pitches), none of them over another."""
    begins = np.unique(starts).tolist()
    chords = []
    for begin, following in pairwise([*begins, np.inf]):
        together = starts == begin
        end = min(ends[together].max(), following)
        if following - end <= SHORT_REST:
            end = following
        chords.append((begin, int(end), tuple(sorted({int(pitch) for pitch in pitches[together]}))))
    return chords


def _bars(chords: Sequence[tuple[int, int, tuple[int, ...]]], lines: np.ndarray) -> list[Bar]:
    """Chords and the rests between them, cut at bar lines."""
    signs, at = [], int(lines[0])
    for begin, end, pitches in chords:
        signs += [(at, begin, ()), (begin, end, pitches)]
        at = end
    signs.append((at, int(lines[-1]), ()))
    bars: list[Bar] = []
    for line, following in pairwise(lines.tolist()):
        bar = []
        for begin, end, pitches in signs:
            first = max(begin, line)
            for length in _sign_lengths(first - line, min(end, following) - line):
                bar.append(
                    Sign(length, pitches, bool(pitches) and first > begin, bool(pitches) and first + length < end)
                )
                first += length
        bars.append(bar)
    return bars


def _sign_lengths(begin: int, end: int) -> Iterator[int]:
    """Lengths that signs have, one after the other: up to the beat, whole beats, and what is left."""
    while begin < end:
        length = end - begin
        if begin % TWELFTHS:
            length = min(length, TWELFTHS - begin % TWELFTHS)
        elif length > TWELFTHS and length != 18:  # a dotted quarter is one sign
            length = min(length // TWELFTHS, 4) * TWELFTHS
        yield length
        begin += length
