"""Audio made elsewhere (WAV, FLAC, OGG, MP3) to sound as ours is: stereo, 44.1 kHz, floating point, centred."""

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from generation.music.audio.policy import RATE, RenderingError

SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")
LONGEST_SILENCE = 20  # seconds that may come before the first sound
LOUDEST = 1e6  # full scale is 1, or 32,768 in files that were never scaled: what lies above is damage
BROKEN_SHARE = 0.01  # of samples that are no numbers: fewer are mended, more are no music


def read_recording(recording: bytes | Path, *, name: str, seconds: float) -> np.ndarray:
    """The beginning of an audio file as (samples, 2) float32: enough for `seconds` after the first sound.

    No more than that is ever decoded, so a file that unfolds to hours costs nothing; and never more than a second of
    it in all its channels, so that eight channels of 192,000 samples cost no more memory than two.
    """
    try:
        file = io.BytesIO(recording) if isinstance(recording, bytes) else recording.open("rb")
        with file, soundfile.SoundFile(file) as opened:
            rate = opened.samplerate
            if not 4_000 <= rate <= 192_000 or opened.channels > 8:
                raise RenderingError(
                    f"{name} has {opened.channels} channels of {rate:,} samples per second. "
                    "Use at most 8 channels of 4,000 to 192,000."
                )
            sound = _read_repaired(opened, round((seconds + LONGEST_SILENCE) * rate), name)
    except (soundfile.SoundFileError, OSError) as error:
        raise RenderingError(f"{name} could not be read as audio. Use WAV, FLAC, OGG or MP3.") from error
    if rate != RATE:
        sound = resample(sound, rate, RATE)
    if not np.abs(sound).max() > 1e-5:
        raise RenderingError(f"{name} is silent.")
    return sound


def _read_repaired(opened: soundfile.SoundFile, most: int, name: str) -> np.ndarray:
    """Without what is no number, and centred: a constant offset is inaudible, but a click where it begins and ends."""
    seconds, broken, samples = [], 0, 0
    while samples < most:
        block = opened.read(min(opened.samplerate, most - samples), dtype="float32", always_2d=True)
        if not len(block):
            break
        samples += len(block)
        is_broken = ~(np.abs(block) < LOUDEST)  # true of NaN as well
        broken += is_broken.mean() * len(block)
        block[is_broken] = 0
        seconds.append(_stereo(block))
    if not samples:
        raise RenderingError(f"{name} contains no sound.")
    if broken / samples > BROKEN_SHARE:
        raise RenderingError(f"{name} is damaged: {broken / samples:.0%} of its samples are not numbers.")
    sound = np.concatenate(seconds)
    sound -= sound.mean(axis=0, dtype=np.float64).astype(np.float32)
    return sound


def _stereo(sound: np.ndarray) -> np.ndarray:
    """One channel is heard on both sides; more than two are mixed to one, then the same."""
    if sound.shape[1] == 2:
        return sound
    return np.repeat(sound.mean(axis=1, keepdims=True), 2, axis=1)


def resample(sound: np.ndarray, rate: int, to: int) -> np.ndarray:
    # A rate that nobody uses, as damage makes it, would ask for a filter of millions of steps; a smaller fraction is at
    # most 0.04 cents off, which nobody hears.
    ratio = Fraction(to, rate).limit_denominator(1_000)
    # Channels as rows: along the contiguous axis it is three times as fast.
    rows = np.ascontiguousarray(sound.T)
    return np.ascontiguousarray(resample_poly(rows, ratio.numerator, ratio.denominator, axis=1).T)
