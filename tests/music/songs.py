"""Small songs to train on, and presets so small that training takes a moment."""

import numpy as np

from generation.music.score.notes import Note, Piece
from generation.music.training.configuration import Preset
from generation.music.training.presets import preset

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72])
SMALL: dict[str, dict] = {
    "paper": {"layers": 2, "units": 12, "dense": 10, "window": 8, "batch": 32, "micro_batch": 0},
    "house": {"layers": 1, "units": 16, "embedding": 8, "window": 16, "batch": 4, "warmup": 2},
}
for values in SMALL.values():
    values |= {"epochs": 2, "learning_rate": 0.01}
SMALL["skuli"] = SMALL["paper"]
SMALL["expressive"] = SMALL["paper"] | {"at_least": 1, "stride": 1}


def small(name: str, **values) -> Preset:
    return preset(name).with_values(SMALL.get(name, {}) | values)


def songs(count: int = 6, *, bars: int = 8) -> list[Piece]:
    """Arpeggios over four chords, each song from another tone and with other turns; never two alike."""
    pieces = []
    for number in range(count):
        rng = np.random.default_rng(number)
        notes = []
        for bar in range(bars):
            root = (0, 5, 3, 4)[bar % 4]
            for eighth in range(8):
                degree = (root + (0, 2, 4, 2)[eighth % 4] + int(rng.integers(2))) % 8
                notes.append(
                    Note(int(SCALE[degree]) + number, 4 * bar + eighth / 2, 0.5, 60 + 8 * int(rng.integers(4)))
                )
            notes.append(Note(int(SCALE[root]) - 12 + number, 4 * bar, 2.0, 70))
        pieces.append(Piece.of(notes, tempo=100 + number, name=f"song {number}"))
    return pieces
