"""The key of a piece."""

import numpy as np

from generation.music.score.notes import Piece

# How well each pitch class fits a key, as listeners rated it: Krumhansl and Kessler (1982), from the tonic upwards.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_PROFILES = np.array([np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)])  # (key, 12)
_PROFILES = (_PROFILES - _PROFILES.mean(axis=1, keepdims=True)) / _PROFILES.std(axis=1, keepdims=True)


def key_of(piece: Piece) -> tuple[int, str]:
    """The most likely key, by the algorithm of Krumhansl and Schmuckler.

    Each pitch class is weighed by how long it sounds in all; the key whose profile correlates best with that is chosen.
    As music21's `analyze("krumhansl")`.

    Returns
    -------
    The tonic's pitch class (0 is C) and "major" or "minor"; C major for a piece without notes, or all of one weight.
    """
    notes = piece.without_drums().notes
    weights = np.bincount(notes["pitch"] % 12, notes["duration"], minlength=12)
    if np.ptp(weights) < 1e-9:
        return 0, "major"
    best = int(np.argmax(_PROFILES @ (weights - weights.mean())))  # as the correlation, but for a factor
    return best % 12, "major" if best < 12 else "minor"


def transpose_to_one_key(piece: Piece) -> Piece:
    """The piece moved to C major or A minor, up or down by six semitones at most."""
    return piece.transpose(semitones_to_one_key(piece))


def semitones_to_one_key(piece: Piece) -> int:
    """By how many semitones that moves it, -5 to 6."""
    tonic, mode = key_of(piece)
    up = ((0 if mode == "major" else 9) - tonic) % 12
    return up if up <= 6 else up - 12
