"""What rendering needs of this machine: FluidSynth, a soundfont, libopus. Found here, played in `synthesis`."""

import hashlib
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from generation.music.audio.opus import NO_OPUS, find_libopus
from generation.music.audio.policy import RenderingError

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
NO_FLUIDSYNTH = "FluidSynth is not installed: sudo apt-get install fluidsynth (on a Mac: brew install fluid-synth)."
NO_SOUNDFONT = (
    "No soundfont is installed: sudo apt-get install fluid-soundfont-gm, or set EARWITNESS_SOUNDFONT to an .sf2 or "
    ".sf3 file."
)


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
