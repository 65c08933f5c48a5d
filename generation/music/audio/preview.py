"""How a piece sounds, quickly: for a researcher who looks around, not for listeners who judge. Not a clip."""

import numpy as np

from generation.music.audio.encoders import mp3
from generation.music.audio.policy import RATE
from generation.music.audio.synthesis import synthesise
from generation.music.score.notes import Piece, write_midi

PEAK = 0.7
FADE = 1.0  # seconds
KILOBITS = 128


def preview(piece: Piece, *, seconds: float, soundfont: str = "") -> bytes:
    """The beginning of a piece as MP3; it ends with a fade."""
    begin = float(piece.notes["start"].min()) if len(piece) else 0.0
    end = float(piece.beats_at(float(piece.seconds_at(begin)) + seconds))
    sound = synthesise(write_midi(piece.excerpt(begin, end)), name=piece.name or "The piece", soundfont=soundfont)
    sound = sound[: round(seconds * RATE)] * (PEAK / np.abs(sound).max())
    fade = np.linspace(1, 0, min(round(FADE * RATE), len(sound)))[:, None]
    sound[len(sound) - len(fade) :] *= fade
    return mp3(np.round(sound * 32_767).astype(np.int16), KILOBITS)
