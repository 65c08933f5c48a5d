"""MIDI to sound: FluidSynth through midi2audio, made strict.

midi2audio throws FluidSynth's exit status away, and FluidSynth itself exits with 0 after errors: with a soundfont that
is not there it plays the system's own or nothing, with half a MIDI file it plays half. Here each of these is a
`RenderingError`.
"""

import hashlib
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from midi2audio import FluidSynth

from generation.music.audio.opus import NO_OPUS, find_libopus
from generation.music.audio.policy import RATE, RenderingError

# Where packages put freely licensed soundfonts, the largest first, and their licences.
INSTALLED = {
    "/usr/share/sounds/sf2/FluidR3_GM.sf2": "MIT",
    "/usr/share/soundfonts/FluidR3_GM.sf2": "MIT",
    "/opt/homebrew/share/soundfonts/FluidR3_GM.sf2": "MIT",
    "/usr/local/share/soundfonts/FluidR3_GM.sf2": "MIT",
    "/usr/share/sounds/sf3/FluidR3Mono_GM.sf3": "MIT",
    "/usr/share/sounds/sf3/MuseScore_General.sf3": "MIT",
    "/usr/share/sounds/sf3/MuseScore_General_Lite.sf3": "MIT",
}
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
NO_FLUIDSYNTH = "FluidSynth is not installed: sudo apt-get install fluidsynth (on a Mac: brew install fluid-synth)."
NO_SOUNDFONT = (
    "No soundfont is installed: sudo apt-get install fluid-soundfont-gm, or set EARWITNESS_SOUNDFONT to an .sf2 or "
    ".sf3 file."
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
    import soundfile

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


def find_renderer(soundfont: str | Path = "") -> Path:
    """The soundfont to be played, once it is sure that there is something to play it."""
    if not shutil.which("fluidsynth"):
        raise RenderingError(NO_FLUIDSYNTH)
    return find_soundfont(soundfont)


def find_soundfont(wanted: str | Path = "") -> Path:
    """The soundfont that was asked for, or the first of those that packages install."""
    if wanted:
        path = Path(wanted).expanduser()
        if not path.is_file():
            raise RenderingError(f"The soundfont {path} does not exist. Correct EARWITNESS_SOUNDFONT.")
        with path.open("rb") as file:
            beginning = file.read(4)
        if beginning != b"RIFF":
            raise RenderingError(f"{path.name} is not a soundfont. Use an SF2 or SF3 file.")
        return path
    for path in map(Path, INSTALLED):
        if path.is_file():
            return path
    raise RenderingError(NO_SOUNDFONT)


@cache
def soundfont_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def renderer_version() -> str:
    """As FluidSynth calls itself, "FluidSynth 2.3.1"."""
    output = subprocess.run(["fluidsynth", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"version (\S+)", output)
    return f"FluidSynth {version[1]}" if version else "FluidSynth"


def check_renderer(soundfont: str | Path = "") -> list[str]:
    """What this machine lacks for rendering, a sentence with its remedy for each; nothing when all is there."""
    missing = [] if shutil.which("fluidsynth") else [NO_FLUIDSYNTH]
    try:
        find_soundfont(soundfont)
    except RenderingError as error:
        missing.append(str(error))
    return missing if find_libopus() else [*missing, NO_OPUS]
