"""A low anchor's clips: the notes of a corpus in random order."""

import numpy as np

from generation.music.score.clip_length import Length
from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.training.runs import RunError


def shuffle_notes(pool: dict[str, np.ndarray], length: Length, rng: np.random.Generator) -> tuple[Piece, float]:
    """A clip and its length in beats: notes drawn from the pool (`training.baselines.pool_notes`), with the pitches,
    durations, loudness and density of the corpus, in random order."""
    tempo = np.array([[0.0, float(rng.choice(pool["tempo"]))]])
    notes = np.zeros(0, NOTE)
    while True:
        more = np.zeros(256, NOTE)
        drawn = rng.integers(len(pool["pitch"]), size=len(more))
        for name in ("pitch", "duration", "velocity"):
            more[name] = pool[name][drawn]
        steps = rng.choice(pool["step"], size=len(more))
        more["start"] = (notes["start"][-1] if len(notes) else 0.0) + np.cumsum(steps) - (0 if len(notes) else steps[0])
        notes = np.concatenate([notes, more])
        piece = Piece(_cut_repeated_notes(notes), tempos=tempo)
        stretch = length.stretch(piece)
        if stretch and notes["start"][-1] >= stretch[1]:
            return piece.excerpt(*stretch), stretch[1] - stretch[0]
        if len(notes) > 1000 * 256:
            raise RunError("All notes of the corpus start at the same time, so there is nothing to shuffle.")


def _cut_repeated_notes(notes: np.ndarray) -> np.ndarray:
    """In order; a note ends where its pitch starts again, because a key cannot sound twice."""
    notes = notes[np.lexsort((notes["start"], notes["pitch"]))]
    gaps = np.where(np.diff(notes["pitch"]) == 0, np.diff(notes["start"]), np.inf)
    notes["duration"][:-1] = np.minimum(notes["duration"][:-1], gaps)
    return sort_notes(notes[notes["duration"] > 0])
