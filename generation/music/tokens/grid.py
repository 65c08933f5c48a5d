"""The grid that tokens are written on: sixteenths and triplet eighths, six places in a beat.

Places are counted in twelfths of a beat, where both kinds are whole: 0, 3, 4, 6, 8, 9.
"""

from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece

TWELFTHS = 12  # of a beat
PLACES = np.array([0, 3, 4, 6, 8, 9])  # of a beat's twelfths, where a note may begin
# The nearest place for each 24th of a beat: the middles between places are whole 24ths.
_NEAREST = np.repeat([0, 3, 4, 6, 8, 9, 12], [3, 4, 3, 4, 3, 4, 3])


def snap(beats: np.ndarray) -> np.ndarray:
    """The nearest place of the grid, in twelfths of a beat."""
    beats = np.asarray(beats, float)
    whole = np.floor(beats)
    return whole.astype(np.int64) * TWELFTHS + _NEAREST[((beats - whole) * 24).astype(np.int64)]


@dataclass(frozen=True)
class Chords:
    """A piece as chords, one after the other: the notes that start together on the grid."""

    places: np.ndarray  # twelfths of a beat
    pitches: list[bytes]  # lowest first, each once; a byte each
    lengths: np.ndarray  # beats that the longest note sounds
    velocities: np.ndarray  # on average


def chords(piece: Piece) -> Chords:
    """Drums are left out: their pitches are instruments."""
    notes = piece.without_drums().notes
    keys = snap(notes["start"]) * 128 + notes["pitch"]
    order = np.argsort(keys, kind="stable")
    keys, notes = keys[order], notes[order]
    if not len(keys):
        return Chords(keys, [], np.zeros(0), np.zeros(0))
    begins = np.flatnonzero(np.append(True, np.diff(keys // 128) > 0))
    counts = np.diff(np.append(begins, len(keys)))
    velocities = np.add.reduceat(notes["velocity"], begins, dtype=float) / counts
    lengths = np.maximum.reduceat(notes["duration"], begins)
    return Chords(keys[begins] // 128, _pitches(keys), lengths, velocities)


def _pitches(keys: np.ndarray) -> list[bytes]:
    keys = keys[np.append(True, np.diff(keys) > 0)]
    pitches = (keys % 128).astype(np.uint8).tobytes()
    begins = np.flatnonzero(np.append(True, np.diff(keys // 128) > 0)).tolist()
    return [pitches[begin:end] for begin, end in zip(begins, [*begins[1:], len(pitches)], strict=True)]
