"""Loudness and true peak, against pyloudnorm and against looking everywhere between the samples."""

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import resample_poly

from generation.music.audio.loudness import loudness_of, true_peak_of
from generation.music.audio.policy import RATE


def noise(seconds: float, *, seed: int = 1) -> np.ndarray:
    return 0.1 * np.random.default_rng(seed).standard_normal((int(seconds * RATE), 2)).astype(np.float32)


def plucked(seconds: float) -> np.ndarray:
    """Tones that begin loudly and die away, with silence in between."""
    time = np.arange(int(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * 220 * time) * np.exp(-3 * (time % 2)) * (time % 4 < 2)
    return np.column_stack([tone, 0.3 * np.roll(tone, 500)]).astype(np.float32)


def soft_and_loud(seconds: float) -> np.ndarray:
    sound = noise(seconds)
    sound[: len(sound) // 2] *= 0.001  # below the relative gate
    return sound


SOUNDS = {
    "noise": noise(5),
    "plucked": plucked(8),
    "soft and loud": soft_and_loud(6),
    "hardly longer than a block": noise(0.41),
    "no whole number of blocks": noise(3.137),
    "one side only": noise(4) * [1, 0],
    "a low hum": np.sin(2 * np.pi * 30 * np.arange(4 * RATE) / RATE)[:, None].repeat(2, axis=1),
    "followed by silence": np.concatenate([noise(2), np.zeros((3 * RATE, 2), np.float32)]),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_loudness_is_pyloudnorms(name):
    assert loudness_of(SOUNDS[name]) == pytest.approx(
        pyloudnorm.Meter(RATE).integrated_loudness(SOUNDS[name]), abs=0.002
    )


@pytest.mark.parametrize("name", SOUNDS)
def test_the_true_peak_is_the_one_of_looking_everywhere(name):
    sound = SOUNDS[name]
    everywhere = np.abs(resample_poly(np.ascontiguousarray(sound.T), 4, 1, axis=1)).max()
    assert true_peak_of(sound) == pytest.approx(20 * np.log10(max(everywhere, np.abs(sound).max())), abs=1e-6)


def test_a_wave_that_peaks_between_its_samples_is_found_there():
    """A quarter of the rate, sampled at 45 degrees: every sample is 3 dB below the peak."""
    sound = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)[:, None].repeat(2, axis=1)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_of(sound) == pytest.approx(0, abs=0.15)


def test_a_peak_at_the_very_edge_of_a_stretch_is_not_missed():
    for place in (0, 2047, 2048, 2049, 4095, RATE - 1):
        sound = np.zeros((RATE, 2), np.float32)
        sound[place] = 0.5
        sound[max(place - 1, 0)] = 0.5
        everywhere = np.abs(resample_poly(np.ascontiguousarray(sound.T), 4, 1, axis=1)).max()
        assert true_peak_of(sound) == pytest.approx(20 * np.log10(everywhere), abs=1e-6)


def test_silence_and_less_than_a_block_have_no_loudness():
    assert loudness_of(np.zeros((RATE, 2))) == -np.inf
    assert loudness_of(noise(0.2)) == -np.inf
    assert true_peak_of(np.zeros((RATE, 2))) == pytest.approx(-240)


def test_full_scale_at_a_thousand_hertz_is_where_the_standard_puts_it():
    """BS.1770: a sine of 0 dBFS at 997 Hz in one channel has -3.01 LUFS."""
    sound = np.zeros((5 * RATE, 2))
    sound[:, 0] = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    assert loudness_of(sound) == pytest.approx(-3.01, abs=0.05)
