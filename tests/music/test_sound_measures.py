"""What is told of a sound by measuring its file."""

import numpy as np
import pytest
import soundfile

from generation.music.audio.policy import RATE, RenderingError
from generation.music.audio.sound_measures import OUTLINE, measure_sound
from generation.music.pictures.waveform import waveform


def written(tmp_path, sound, rate=RATE):
    soundfile.write(tmp_path / "a.flac", sound, rate)
    return tmp_path / "a.flac"


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.1, (round(seconds * RATE), 2)).clip(-1, 1)


def test_a_tone_of_1_khz_after_a_quarter_second(tmp_path):
    time = np.arange(3 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 1_000 * time)
    tone[: RATE // 4] = 0
    found = measure_sound(written(tmp_path, np.column_stack([tone, tone])))
    assert found["leading_silence"] == pytest.approx(0.25, abs=0.001)
    assert found["loudness"] == pytest.approx(-6.0, abs=0.3)  # -3 LUFS at full scale in both channels
    assert found["true_peak"] == pytest.approx(-6.0, abs=0.1)
    assert found["outline"][:30] == [0] * 30
    assert (len(found["outline"]), max(found["outline"])) == (OUTLINE, 50)


def test_what_was_cut_off_above_4_khz_shows(tmp_path):
    from scipy.signal import butter, sosfiltfilt

    dull = sosfiltfilt(butter(12, 4_000, fs=RATE, output="sos"), noise(2), axis=0)
    assert measure_sound(written(tmp_path, noise(2)))["bandwidth"] > 20_000
    assert measure_sound(written(tmp_path, dull))["bandwidth"] < 7_000


def test_silence_has_no_loudness(tmp_path):
    found = measure_sound(written(tmp_path, np.zeros((RATE, 2))))
    assert (found["loudness"], found["bandwidth"], found["leading_silence"]) == (None, 0, 1.0)


def test_what_is_no_master_is_answered_with_a_sentence(tmp_path):
    with pytest.raises(RenderingError, match="22,050 samples"):
        measure_sound(written(tmp_path, np.zeros(100), rate=22_050))
    (tmp_path / "b.flac").write_bytes(b"no sound")
    with pytest.raises(RenderingError, match="cannot be read"):
        measure_sound(tmp_path / "b.flac")


def test_a_waveform_is_one_shape():
    assert waveform([0, 50, 100]).count("<polygon") == 1
    assert waveform([]) == ""
