"""MIDI to sound: FluidSynth through midi2audio, made strict.

midi2audio throws FluidSynth's exit status away, and FluidSynth itself exits with 0 after errors: with a soundfont that
is not there it plays the system's own or nothing, with half a MIDI file it plays half. Here each of these is a
`RenderingError`.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from midi2audio import FluidSynth

from generation.music.audio.policy import RATE, RenderingError
from generation.music.audio.renderer import find_renderer

GAIN = 0.5  # FluidSynth's own 0.2 is very quiet; the level is set afterwards, in floating point

# What one clip may cost before it is given up: a damaged file must not stop the others.
MOST_SECONDS = 60  # of computing
MOST_MEMORY = 4 * 2**20  # kB of address space; soundfonts of 1 GB exist
MOST_SOUND = 15 * 60  # seconds of sound


# `ulimit -v` is not known on a Mac.
LIMITS = (
    f"ulimit -S -t {MOST_SECONDS}; ulimit -f {MOST_SOUND * RATE * 8 // 512}; "
    f'ulimit -v {MOST_MEMORY} 2>/dev/null; exec fluidsynth "$@"'
)


class StrictFluidSynth(FluidSynth):
    """midi2audio's FluidSynth, except that it says what went wrong."""

    def __init__(self, sound_font: str | Path = "", sample_rate: int = RATE):
        super().__init__(str(find_renderer(sound_font)), sample_rate)

    def midi_to_audio(self, midi_file: str | Path, audio_file: str | Path) -> None:
        """A WAV file in 32-bit floating point."""
        command = ["sh", "-c", LIMITS, "fluidsynth", *self.options(), "-F", audio_file, self.sound_font, midi_file]
        name = Path(midi_file).stem
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=3 * MOST_SECONDS)
        except subprocess.TimeoutExpired:
            raise RenderingError(f"{name} took FluidSynth longer than {3 * MOST_SECONDS} s and was given up.") from None
        complaint = re.search(r"fluidsynth: (?:error|panic): *(.+)", done.stderr)
        if done.returncode:
            raise RenderingError(f"FluidSynth stopped at {name}: {_reason(done.returncode, complaint)}.")
        if complaint:
            raise RenderingError(f"FluidSynth could not play {name}: {complaint[1].rstrip('.')}.")
        if not Path(audio_file).exists():
            raise RenderingError(f"FluidSynth wrote no file for {name}.")

    def options(self) -> list[str]:
        # Samples are loaded when a note asks for them: three seconds become 0.1 for a soundfont of 150 MB, and each
        # clip can have a process of its own, which makes it sound the same whatever else is rendered with it.
        settings = {
            "synth.dynamic-sample-loading": 1,
            "synth.default-soundfont": "",  # never in place of the one we were asked for
            "synth.gain": GAIN,
            "audio.period-size": 1024,  # written in larger pieces: a tenth faster; the same samples as with 64
        }
        wishes = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
        # A configuration file of the user would change the sound from machine to machine.
        return ["-niq", "-f", "/dev/null", *wishes, "-T", "wav", "-O", "float", "-r", str(self.sample_rate)]


def _reason(status: int, complaint: re.Match[str] | None) -> str:
    # A shell reports a signal as 128 + its number, subprocess as minus its number.
    signal = {24: f"more than {MOST_SECONDS} s of computing", 25: f"more than {MOST_SOUND // 60} minutes of sound"}
    number = status - 128 if status > 128 else -status
    return signal.get(number) or (complaint[1].rstrip(".") if complaint else f"exit status {status}")


def synthesise(midi: bytes, *, name: str, soundfont: str | Path = "") -> np.ndarray:
    """Sound of a MIDI file as (samples, 2) float32 at 44.1 kHz, not yet levelled; silence is an error."""
    with tempfile.TemporaryDirectory(prefix="earwitness-") as folder:
        # The file is called as the music is, as far as a file can be: FluidSynth's complaints name it.
        midi_file, audio_file = Path(folder, re.sub(r"[^\w -]", "_", name)[:80] + ".mid"), Path(folder, "sound.wav")
        midi_file.write_bytes(midi)
        StrictFluidSynth(soundfont).midi_to_audio(midi_file, audio_file)
        try:
            sound, _ = soundfile.read(audio_file, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            raise RenderingError(f"FluidSynth wrote no sound for {name}.") from None
    if not len(sound) or np.abs(sound).max() < 1e-4:
        raise RenderingError(f"{name} is silent with the soundfont {Path(soundfont).name or 'of this machine'}.")
    return sound
