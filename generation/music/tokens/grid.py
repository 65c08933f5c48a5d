"""The grid that tokens are written on: sixteenths and triplet eighths, six places in a beat.

Places are counted in twelfths of a beat, where both kinds are whole: 0, 3, 4, 6, 8, 9.
"""

from collections.abc import Iterator

import numpy as np

from generation.music.notes import Piece

TWELFTHS = 12  # of a beat
PLACES = np.array([0, 3, 4, 6, 8, 9])  # of a beat's twelfths, where a note may begin
_NEAREST = np.array([0, 3, 4, 6, 8, 9, 12])


def snap(beats: np.ndarray) -> np.ndarray:
    """The nearest place of the grid, in twelfths of a beat."""
    beats = np.asarray(beats, float)
    whole = np.floor(beats)
    edges = (_NEAREST[1:] + _NEAREST[:-1]) / 2 / TWELFTHS
    return (whole * TWELFTHS + _NEAREST[np.searchsorted(edges, beats - whole, side="right")]).astype(np.int64)


def chords(piece: Piece) -> Iterator[tuple[int, np.ndarray]]:
    """The piece as chords: when (twelfths of a beat) and which notes start together there, lowest first.

    Drums are left out: their pitches are instruments.
    """
    notes = piece.without_drums().notes
    places = snap(notes["start"])
    order = np.lexsort((notes["pitch"], places))
    notes, places = notes[order], places[order]
    begins = np.flatnonzero(np.append(True, np.diff(places) > 0)[: len(places)])
    for begin, end in zip(begins, [*begins[1:], len(places)], strict=True):
        yield int(places[begin]), notes[begin:end]
