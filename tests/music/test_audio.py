"""From music to what is heard. Real sound, kept short."""

import io
import re
import shutil
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from scipy.signal import resample

from generation.music.audio import levels, opus, recordings, renderer, synthesis
from generation.music.audio.policy import RATE, RenderingError, RenderingPolicy
from generation.music.audio.renderer import check_renderer, find_soundfont
from generation.music.audio.rendering import Job, render, render_many
from generation.music.score.notes import Note, Piece, Track, write_midi

SHORT = RenderingPolicy(seconds=3)

needs_sound = pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed")


def tune(*, seconds: float = 6, pitch: int = 60, velocity: int = 80, start: float = 0, **values) -> bytes:
    """A note every quarter of a second."""
    notes = [Note(pitch + step % 12, start + step / 2, 0.5, velocity) for step in range(int(seconds * 4))]
    return write_midi(Piece.of(notes, **values))


def noise(seconds: float, *, rate: int = RATE, channels: int = 2, level: float = 0.1) -> np.ndarray:
    return level * np.random.default_rng(1).standard_normal((int(seconds * rate), channels)).astype(np.float32)


def wav(sound: np.ndarray, rate: int = RATE, **values) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format=values.pop("format", "WAV"), **values)
    return file.getvalue()


def heard(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32")[0]


def loudness_by_pyloudnorm(sound: np.ndarray) -> float:
    return pyloudnorm.Meter(RATE).integrated_loudness(sound)


def true_peak_by_scipy(sound: np.ndarray) -> float:
    """At eight times the rate, by Fourier's transform: another way than ours. White noise, which has as much at the
    very top as anywhere, comes out 0.2 dB higher by it; music does not."""
    return float(20 * np.log10(np.abs(resample(sound, 8 * len(sound), axis=0)).max()))


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Soft and short, loud and long, and a recording."""
    folder = tmp_path_factory.mktemp("three")
    jobs = [
        Job("a" * 32, tune(seconds=1.5, velocity=30)),
        Job("b" * 32, tune(velocity=120, pitch=40)),
        Job("c" * 32, wav(noise(5, level=0.01))),
    ]
    return render_many(jobs, folder, policy=SHORT, cores=2)


# --- Length, level, edges ----------------------------------------------------------------------------


@needs_sound
def test_every_clip_has_the_same_number_of_samples(three):
    assert [len(heard(rendering.master)) for rendering in three.renderings] == [3 * RATE] * 3
    assert [rendering.samples for rendering in three.renderings] == [3 * RATE] * 3


@needs_sound
def test_every_clip_is_equally_loud_in_every_form(three):
    assert three.loudness == -19
    for rendering in three.renderings:
        assert loudness_by_pyloudnorm(heard(rendering.master)) == pytest.approx(-19, abs=0.05)
    for rendering in three.renderings[:2]:  # noise loses what lies above 19 kHz
        # LAME takes a quarter of a decibel from everything.
        assert loudness_by_pyloudnorm(heard(rendering.mp3)) == pytest.approx(-19.25, abs=0.25)


@needs_sound
def test_no_peak_between_the_samples_passes_the_limit(three):
    for rendering in three.renderings:
        measured = true_peak_by_scipy(heard(rendering.master))
        assert measured <= -1
        assert measured == pytest.approx(rendering.true_peak, abs=0.2 if rendering.name[0] == "c" else 0.02)


@needs_sound
def test_a_set_becomes_softer_together_where_one_clip_has_high_peaks(tmp_path):
    spiky = noise(3, level=0.05)
    spiky[RATE : RATE + 20] = 0.99  # more than 18 dB above its loudness
    jobs = [Job("even", wav(noise(3))), Job("spiky", wav(spiky))]
    rendered = render_many(jobs, tmp_path, policy=SHORT)
    assert rendered.loudness < -19
    assert rendered.loudness_deficit(SHORT) == pytest.approx(-19 - rendered.loudness)
    even, spiky = rendered.renderings
    assert even.loudness == spiky.loudness
    assert loudness_by_pyloudnorm(heard(even.master)) == pytest.approx(rendered.loudness, abs=0.05)
    assert true_peak_by_scipy(heard(spiky.master)) == pytest.approx(-1, abs=0.2)


@needs_sound
def test_a_click_does_not_make_all_others_inaudible(tmp_path):
    click = np.zeros((RATE, 2), np.float32)
    click[RATE // 2] = 0.9
    rendered = render_many([Job("even", wav(noise(3))), Job("click", wav(click))], tmp_path, policy=SHORT)
    assert [rendering.name for rendering in rendered.renderings] == ["even"]
    assert rendered.loudness == -19
    [(name, reason)] = rendered.refused
    assert name == "click"
    assert "all peaks" in reason or "too short" in reason


@needs_sound
def test_music_begins_at_once_whatever_silence_the_file_has(tmp_path):
    late = render(tune(start=8), tmp_path, name="late", policy=SHORT)
    first = np.abs(heard(late.master)).max(axis=1).argmax()
    assert (np.abs(heard(late.master)).max(axis=1) > 0.01).argmax() < 0.05 * RATE
    assert first < RATE


def test_silence_is_trimmed_and_the_attack_is_left_alone():
    sound = np.zeros((4 * RATE, 2), np.float32)
    sound[RATE : 2 * RATE] = 0.5
    clip, sounding = levels.fit_to_length(sound, SHORT)
    edge = round(SHORT.fade * RATE)
    assert len(clip) == 3 * RATE
    assert clip[edge - 1].tolist() == [0, 0]
    assert clip[edge].tolist() == [0.5, 0.5]
    assert sounding == pytest.approx(1 + 2 * SHORT.fade, abs=0.001)


def test_music_that_goes_on_fades_out():
    clip, _ = levels.fit_to_length(np.full((5 * RATE, 2), 0.5, np.float32), SHORT)
    assert clip[0, 0] == 0
    assert clip[-1, 0] == 0
    assert clip[RATE, 0] == 0.5
    assert 0.1 < clip[round(2.25 * RATE), 0] < 0.4


def test_music_that_has_ended_is_followed_by_silence():
    clip, _ = levels.fit_to_length(np.full((RATE, 2), 0.5, np.float32), SHORT)
    assert clip[RATE - 2000, 0] == 0.5
    assert not clip[RATE:].any()


# --- What the files give away ------------------------------------------------------------------------


@needs_sound
def test_the_size_of_a_file_tells_nothing(three):
    for form in ("mp3", "opus"):
        assert len({getattr(rendering, form).stat().st_size for rendering in three.renderings}) == 1


@needs_sound
def test_the_files_hold_nothing_but_sound(three):
    for rendering in three.renderings:
        mp3, opus_file, flac = (path.read_bytes() for path in (rendering.mp3, rendering.opus, rendering.master))
        assert mp3[:2] == b"\xff\xfb"  # the first frame: no ID3 in front
        assert mp3[-128:-125] != b"TAG"
        assert b"Xing" not in mp3 and b"Info" not in mp3
        assert opus_file[28:36] == b"OpusHead"
        for data in (mp3, opus_file, flac):
            assert not re.search(rb"(?i)encoder=|title|artist|date=|comment=|earwitness", data)
            assert rendering.name.encode() not in data
    heads = {rendering.opus.read_bytes()[: opus_head_length(rendering.opus)] for rendering in three.renderings}
    assert len(heads) == 1


def opus_head_length(path: Path) -> int:
    """The two pages before the first that has sound."""
    return [found.start() for found in re.finditer(b"OggS", path.read_bytes())][2]


@needs_sound
def test_opus_comes_back_with_every_sample():
    sound = np.sin(np.arange(2 * opus.RATE) / 20)[:, None].repeat(2, axis=1).astype(np.float32) / 2
    data = opus.encode(sound, 128)
    back, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert (back.shape, rate) == (sound.shape, opus.RATE)
    assert np.abs(back - sound)[2000:-2000].max() < 0.05


# --- The same again ----------------------------------------------------------------------------------


@needs_sound
def test_a_clip_is_the_same_again_alone_or_with_others(three, tmp_path):
    again = render(tune(velocity=120, pitch=40), tmp_path, name="b" * 32, policy=SHORT)
    assert again.provenance == three.renderings[1].provenance


@needs_sound
def test_provenance_names_policy_renderer_soundfont_and_files(three):
    provenance = three.renderings[0].provenance
    assert provenance["policy"]["loudness"] == -19
    assert provenance["renderer"].startswith("FluidSynth ")
    assert len(provenance["soundfont_sha256"]) == 64
    assert set(provenance["sha256"]) == {"flac", "mp3", "opus"}
    assert "soundfont" not in three.renderings[2].provenance  # a recording needs none


@needs_sound
def test_all_play_the_piano_unless_the_policy_says_otherwise(tmp_path):
    piano, organ = tune(), tune(tracks=(Track("", 19),))

    def sound(music, instrument):
        policy = RenderingPolicy(seconds=3, instrument=instrument)
        return heard(render(music, tmp_path, name="x", policy=policy).master)

    assert np.array_equal(sound(piano, "piano"), sound(organ, "piano"))
    assert not np.array_equal(sound(piano, "file"), sound(organ, "file"))


@needs_sound
def test_drums_alone_are_no_music_for_a_piano(tmp_path):
    with pytest.raises(RenderingError, match="contains only drums"):
        render(tune(tracks=(Track("", 0, True),)), tmp_path, name="beat", policy=SHORT)


@needs_sound
def test_what_fails_is_named_and_the_rest_goes_on(tmp_path):
    done = []
    jobs = [Job("good", tune()), Job("text", b"hello, I am no music"), Job("half", tune()[:100])]
    rendered = render_many(jobs, tmp_path / "clips", policy=SHORT, progress=lambda step, of: done.append((step, of)))
    assert [rendering.name for rendering in rendered.renderings] == ["good"]
    assert [name for name, _ in rendered.refused] == ["text", "half"]
    assert done[-1] == (6, 6)
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == ["good.flac", "good.mp3", "good.opus"]


# --- Recordings made elsewhere -----------------------------------------------------------------------


@needs_sound
@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_recordings_of_every_kind_become_clips(form, tmp_path):
    recording = wav(noise(4, rate=22_050, channels=1), 22_050, format=form)
    rendering = render(recording, tmp_path, name="recording", policy=SHORT)
    sound = heard(rendering.master)
    assert sound.shape == (3 * RATE, 2)
    assert np.abs(sound[:, 0] - sound[:, 1]).max() < 4 / 32_768  # mono on both sides, apart from the dither


def test_an_offset_is_taken_out():
    sound = recordings.read_recording(wav(noise(2) + 0.2), name="offset.wav", seconds=2)
    assert np.abs(sound.mean(axis=0)).max() < 1e-4


def test_a_few_samples_that_are_no_numbers_are_mended():
    sound = noise(1)
    sound[100:110] = np.nan
    sound[200] = 1e38
    mended = recordings.read_recording(wav(sound, subtype="FLOAT"), name="holes.wav", seconds=1)
    assert np.isfinite(mended).all()


def refusals():
    broken = noise(1)
    broken[: RATE // 2] = np.nan
    yield wav(broken, subtype="FLOAT"), "50% of its samples are not numbers"
    yield wav(np.zeros((RATE, 2))), "is silent"
    yield wav(np.zeros((0, 2))), "contains no sound"
    yield b"not audio at all", "could not be read as audio"
    yield b"", "could not be read as audio"
    yield b"RIFF" + wav(noise(1))[4:30], "could not be read as audio"
    yield wav(noise(0.1, channels=12)), "at most 8 channels"


@pytest.mark.parametrize(("recording", "reason"), refusals())
def test_recordings_that_cannot_be_used_are_refused_with_the_reason(recording, reason):
    with pytest.raises(RenderingError, match=reason):
        recordings.read_recording(recording, name="take.wav", seconds=1)


@needs_sound
def test_what_is_not_put_aside_is_made_again_and_sounds_the_same(tmp_path, monkeypatch):
    jobs = [Job("one", tune()), Job("two", wav(noise(4)))]
    before = render_many(jobs, tmp_path / "aside", policy=SHORT)
    monkeypatch.setattr("generation.music.audio.rendering.MOST_ASIDE", 0)
    again = render_many(jobs, tmp_path / "again", policy=SHORT)
    for one, other in zip(before.renderings, again.renderings, strict=True):
        assert one.master.read_bytes() == other.master.read_bytes()


@needs_sound
def test_a_click_is_refused_and_the_others_go_on(tmp_path):
    click = np.zeros((RATE, 2), np.float32)
    click[0] = 0.5
    jobs = [Job("click", wav(click)), Job("noise", wav(noise(4)))]
    made = render_many(jobs, tmp_path, policy=SHORT)
    assert [rendering.name for rendering in made.renderings] == ["noise"]
    assert "click" in made.refused[0][1]


def test_a_truncated_mp3_is_read_as_far_as_it_goes():
    whole = wav(noise(4), format="MP3")
    sound = recordings.read_recording(whole[: len(whole) // 2], name="half.mp3", seconds=5)
    assert 1 < len(sound) / RATE < 3


# --- When FluidSynth or a soundfont is missing or misbehaves -----------------------------------------


def test_a_missing_soundfont_is_named(tmp_path):
    with pytest.raises(RenderingError, match=r"piano\.sf2 does not exist"):
        find_soundfont(tmp_path / "piano.sf2")


def test_a_soundfont_that_is_none_is_named(tmp_path):
    (tmp_path / "piano.sf2").write_text("I am a letter")
    with pytest.raises(RenderingError, match=r"piano\.sf2 is not a soundfont"):
        find_soundfont(tmp_path / "piano.sf2")


def test_without_any_soundfont_the_remedy_is_told(monkeypatch):
    monkeypatch.setattr(renderer, "INSTALLED", {})
    with pytest.raises(RenderingError, match="apt-get install fluid-soundfont-gm"):
        find_soundfont()
    assert any("fluid-soundfont-gm" in sentence for sentence in check_renderer())


def test_without_fluidsynth_the_remedy_is_told(monkeypatch, soundfont):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RenderingError, match="apt-get install fluidsynth"):
        synthesis.synthesise(tune(), name="tune", soundfont=soundfont)
    assert any("apt-get install fluidsynth" in sentence for sentence in check_renderer(soundfont))


@pytest.fixture
def soundfont(tmp_path) -> Path:
    path = tmp_path / "tiny.sf2"
    path.write_bytes(b"RIFF and nothing more")
    return path


@pytest.fixture
def fluidsynth(tmp_path, monkeypatch):
    """Puts a shell script in the place of FluidSynth."""

    def install(script: str) -> None:
        path = tmp_path / "bin" / "fluidsynth"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nwhile [ "$1" != "-F" ]; do shift; done\n{script}\n')
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")

    return install


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", "stopped at tune: exit status 3"),
        ("echo 'fluidsynth: error: Unexpected end of file' >&2", "could not play tune: Unexpected end of file"),
        ("true", "wrote no file for tune"),
        ("echo something > $2", "wrote no sound for tune"),
        ("kill -XCPU $$", "more than 60 s of computing"),
    ],
)
def test_whatever_fluidsynth_does_wrong_is_said(script, reason, fluidsynth, soundfont):
    fluidsynth(script)
    with pytest.raises(RenderingError, match=reason):
        synthesis.synthesise(tune(), name="tune", soundfont=soundfont)


def test_silence_is_an_error(fluidsynth, soundfont, tmp_path):
    (tmp_path / "silence.wav").write_bytes(wav(np.zeros((RATE, 2))))
    fluidsynth(f"cp {tmp_path}/silence.wav $2")
    with pytest.raises(RenderingError, match=r"tune is silent with the soundfont tiny\.sf2"):
        synthesis.synthesise(tune(), name="tune", soundfont=soundfont)


@pytest.mark.skipif(not shutil.which("fluidsynth"), reason="FluidSynth is needed")
def test_a_damaged_soundfont_is_no_silent_fallback_to_another(soundfont):
    with pytest.raises(RenderingError, match=r"tune is silent with the soundfont tiny\.sf2"):
        synthesis.synthesise(tune(), name="tune", soundfont=soundfont)


def test_policies_that_make_no_sense_are_refused():
    with pytest.raises(RenderingError, match="0 seconds is outside 1 to 600"):
        RenderingPolicy(seconds=0)
    with pytest.raises(RenderingError, match=r'"kazoo" is unknown\. Choose one of: piano, file'):
        RenderingPolicy(instrument="kazoo")
