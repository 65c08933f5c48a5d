"""Notes to a score: MIDI in, MusicXML or its picture out.

`engraving_process` writes it in a process of its own: music21 takes seconds to load and a hundred megabytes, for good.
"""

import subprocess
import sys
from pathlib import Path

from studies.errors import EarwitnessError

LONGEST = 60  # seconds


class EngravingError(EarwitnessError):
    """Notes that could not be written as a score, in one sentence for a person."""


def engrave(midi: bytes) -> bytes:
    """The score as MusicXML."""
    return _run_process(midi, "musicxml")


def draw(midi: bytes) -> bytes:
    """The score as SVG, black on nothing."""
    return _run_process(midi, "svg")


def _run_process(midi: bytes, form: str) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "generation.music.pictures.engraving_process", form],
            input=midi,
            capture_output=True,
            timeout=LONGEST,
            cwd=Path(__file__).resolve().parents[3],
        )
    except subprocess.TimeoutExpired:
        raise EngravingError(f"Writing the score took longer than {LONGEST} s and was stopped.") from None
    if done.returncode or not done.stdout:
        raise EngravingError("These notes could not be written as a score. Download the MIDI file instead.")
    return done.stdout
