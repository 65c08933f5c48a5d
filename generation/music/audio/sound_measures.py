"""What can be told of a sound by measuring the file that is heard: level, silence, bandwidth, outline.

Measured on the file itself, so that the numbers hold whatever made it.
"""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile

from generation.music.audio.levels import QUIET
from generation.music.audio.loudness import loudness_of, true_peak_of
from generation.music.audio.policy import RATE, RenderingError

OUTLINE = 400  # columns of the outline
FLOOR = -80.0  # dB below the strongest frequency: what lies lower is dither or nothing
WINDOW = 4096  # samples of a spectrum


def measure_sound(file: Path | BinaryIO, *, name: str = "") -> dict[str, Any]:
    """Of an audio file at 44.1 kHz: `loudness` (LUFS, None for silence), `true_peak` (dBTP), `leading_silence` (s),
    `bandwidth` (Hz) and `outline` (0 to 100, the largest amplitude in each of 400 equal stretches)."""
    called = name or Path(file.name).name
    try:
        sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise RenderingError(f"The sound in {called} cannot be read.") from error
    if rate != RATE or not len(sound):
        raise RenderingError(f"{called} is not one of our masters: it has {rate:,} samples per second.")
    sound = np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound[:, :2]
    amplitude = np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, 1]))  # twice as fast as max(axis=1)
    loudness = loudness_of(sound)
    return {
        "loudness": round(loudness, 2) if np.isfinite(loudness) else None,
        "true_peak": round(true_peak_of(sound), 2),
        "leading_silence": round(leading_silence(amplitude), 3),
        "bandwidth": round(bandwidth(sound)),
        "outline": outline(amplitude),
    }


def leading_silence(amplitude: np.ndarray) -> float:
    """Seconds until the first sample within 60 dB of the peak; all of it for silence."""
    heard = amplitude > QUIET * amplitude.max()
    return float(heard.argmax() if heard.any() else len(amplitude)) / RATE


def bandwidth(sound: np.ndarray) -> float:
    """The highest frequency (Hz) whose power, on average, is within 80 dB of the strongest; 0 for silence.

    Shows what was cut off by a low sample rate or a lossy encoding, which listeners hear as dull.
    """
    mono = sound.mean(axis=1)
    count = max(len(mono) // WINDOW, 1)
    frames = np.zeros((count, WINDOW), np.float32)
    frames.flat[: min(len(mono), frames.size)] = mono[: frames.size]
    power = (np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2).mean(axis=0)
    if not power.max() > 0:
        return 0.0
    audible = np.flatnonzero(10 * np.log10(power / power.max() + 1e-20) > FLOOR)
    return float(audible[-1] * RATE / WINDOW)


def outline(amplitude: np.ndarray) -> list[int]:
    edges = np.linspace(0, len(amplitude), OUTLINE + 1).astype(int)[:-1]
    largest = np.maximum.reduceat(amplitude, np.minimum(edges, len(amplitude) - 1))
    return np.round(100 * np.clip(largest, 0, 1)).astype(int).tolist()
