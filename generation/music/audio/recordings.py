"""Audio made elsewhere (WAV, FLAC, OGG, MP3) to sound as ours is: stereo, 44.1 kHz, floating point, centred."""

import io
from math import gcd
from pathlib import Path

import numpy as np

from generation.music.audio.policy import RATE, RenderingError

SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")
LONGEST_SILENCE = 20  # seconds that may come before the first sound
LOUDEST = 1e6  # full scale is 1, or 32,768 in files that were never scaled: what lies above is damage
BROKEN_SHARE = 0.01  # of samples that are no numbers: fewer are mended, more are no music


def read_recording(recording: bytes | Path, *, name: str, seconds: float) -> np.ndarray:
    """The beginning of an audio file as (samples, 2) float32: enough for `seconds` after the first sound.

    No more than that is ever decoded, so a file that unfolds to hours costs nothing.
    """
    import soundfile

    try:
        file = io.BytesIO(recording) if isinstance(recording, bytes) else recording.open("rb")
        with file, soundfile.SoundFile(file) as opened:
            rate = opened.samplerate
            if not 4_000 <= rate <= 192_000 or opened.channels > 8:
                raise RenderingError(
                    f"{name} has {opened.channels} channels of {rate:,} samples a second; "
                    "up to 8 channels of 4,000 to 192,000 are read."
                )
            sound = opened.read(round((seconds + LONGEST_SILENCE) * rate), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise RenderingError(f"{name} is no audio file that can be read (WAV, FLAC, OGG or MP3).") from error
    sound = _stereo(_mended(sound, name))
    if rate != RATE:
        sound = resampled(sound, rate, RATE)
    if not np.abs(sound).max() > 1e-5:
        raise RenderingError(f"{name} is silent.")
    return sound


def _mended(sound: np.ndarray, name: str) -> np.ndarray:
    """Without what is no number, and centred: a constant offset is inaudible, but a click where it begins and ends."""
    if not len(sound):
        raise RenderingError(f"{name} contains no sound.")
    broken = ~(np.abs(sound) < LOUDEST)  # true of NaN as well
    if broken.mean() > BROKEN_SHARE:
        raise RenderingError(f"{name} is damaged: {broken.mean():.0%} of its samples are no numbers.")
    sound = np.where(broken, np.float32(0), sound)
    return sound - sound.mean(axis=0, dtype=np.float64).astype(np.float32)


def _stereo(sound: np.ndarray) -> np.ndarray:
    """One channel is heard on both sides; more than two are mixed to one, then the same."""
    if sound.shape[1] == 2:
        return sound
    return np.repeat(sound.mean(axis=1, keepdims=True), 2, axis=1)


def resampled(sound: np.ndarray, rate: int, to: int) -> np.ndarray:
    from scipy.signal import resample_poly

    common = gcd(rate, to)
    # Channels as rows: along the contiguous axis it is three times as fast.
    return np.ascontiguousarray(resample_poly(np.ascontiguousarray(sound.T), to // common, rate // common, axis=1).T)
