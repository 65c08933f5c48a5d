"""Sound to sound: trimmed, cut, faded, and multiplied by one number so that all are equally loud.

No dynamic processing: what is soft in the music stays soft.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.music.audio.loudness import loudness_of, true_peak_of
from generation.music.audio.policy import RATE, RenderingError, RenderingPolicy

QUIET = 1e-3  # of the peak, -60 dB: below it there is silence, before and after the music
SHORTEST = 0.4  # seconds of sound: what loudness is measured in (BS.1770)
MARGIN = 0.02  # dB kept from the limits, for what 16 bits round
MOST_LOWERING = 6.0  # LU: a clip that needs more would make a whole set too quiet to be listened to


@dataclass(frozen=True)
class Level:
    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    sounding: float  # seconds until the last sound

    def highest_loudness(self, true_peak: float) -> float:
        """How loud it can become by one static gain before its peaks pass `true_peak`."""
        return self.loudness + true_peak - MARGIN - self.true_peak


def fit_to_length(sound: np.ndarray, policy: RenderingPolicy) -> tuple[np.ndarray, float]:
    """Exactly as long as the policy says, and the seconds until the last sound in it.

    All clips get the same number of samples, shorter music silence after its end: otherwise length, file size and
    the time until the questions open would tell clips apart before a note is heard.

    The fade at the beginning lies before the first sound where there is anything before it, and softens no attack.
    """
    first, last = _sounding_range(sound)
    edge = round(policy.fade * RATE)
    start = max(first - edge, 0)
    end = min(last + edge, len(sound))
    length = policy.samples
    goes_on = end - start > length
    clip = np.zeros((length, 2), np.float32)
    part = sound[start : min(end, start + length)]
    clip[: len(part)] = part
    fade = min(round(policy.fade_out * RATE), length // 2) if goes_on else edge
    clip[:edge] *= _slope(edge)
    clip[max(len(part) - fade, 0) : len(part)] *= _slope(fade)[-len(part) :][::-1]
    return clip, len(part) / RATE


def _sounding_range(sound: np.ndarray) -> tuple[int, int]:
    """The first and the last sample that is not silence."""
    amplitude = np.maximum(np.abs(sound[:, 0]), np.abs(sound[:, 1]))
    is_heard = amplitude > QUIET * amplitude.max()
    return int(is_heard.argmax()), len(sound) - 1 - int(is_heard[::-1].argmax())


def _slope(samples: int) -> np.ndarray:
    """From 0 to 1 as a quarter of a circle squared, (samples, 1)."""
    return (np.sin(np.linspace(0, np.pi / 2, samples)) ** 2).astype(np.float32)[:, None]


def measure_level(sound: np.ndarray, sounding: float) -> Level:
    return Level(loudness_of(sound), true_peak_of(sound), sounding)


def check_level(level: Level, policy: RenderingPolicy, name: str) -> None:
    if level.sounding < SHORTEST:
        raise RenderingError(
            f"{name} sounds for {level.sounding:.2f} s, too short to measure its loudness. Use music of at least 0.4 s."
        )
    if not np.isfinite(level.loudness):
        raise RenderingError(f"{name} is too short or too quiet to measure its loudness.")
    lacking = policy.loudness - level.highest_loudness(policy.true_peak)
    if lacking > MOST_LOWERING:
        raise RenderingError(
            f"{name} has peaks too high for its loudness: at {policy.true_peak:g} dBTP it is {lacking:.1f} LU "
            f"quieter than the {policy.loudness:g} LUFS of the other clips, too much to lower them all. Replace it."
        )


def common_loudness(levels: list[Level], policy: RenderingPolicy) -> float:
    """The target, or as much less as the clip with the highest peaks asks for: one loudness for the whole set."""
    return min([policy.loudness, *(level.highest_loudness(policy.true_peak) for level in levels)])


def gain_to(loudness: float, level: Level) -> float:
    return 10 ** ((loudness - level.loudness) / 20)


def quantise(sound: np.ndarray) -> np.ndarray:
    """As int16 with triangular dither, the same for every clip: what is made twice is the same twice."""
    return np.clip(np.round(sound * 32_767 + _dither(len(sound))), -32_768, 32_767).astype(np.int16)


@lru_cache(maxsize=2)
def _dither(samples: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    noise = rng.random((samples, 2), np.float32)
    return noise - rng.random((samples, 2), np.float32)
