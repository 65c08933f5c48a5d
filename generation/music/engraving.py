"""Notes to a score: MIDI in, MusicXML out, through music21.

    python -m generation.music.engraving < clip.mid > clip.musicxml

`engrave` runs it in a process of its own: music21 takes seconds to load and a hundred megabytes, for good.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

LONGEST = 60  # seconds


class EngravingError(Exception):
    """Notes that could not be written as a score, in one sentence for a person."""


def engrave(midi: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "generation.music.engraving"],
            input=midi,
            capture_output=True,
            timeout=LONGEST,
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired:
        raise EngravingError(f"Writing the score took longer than {LONGEST} s and was given up.") from None
    if done.returncode or not done.stdout:
        raise EngravingError("music21 could not write these notes as a score; the MIDI file has them all.")
    return done.stdout


def musicxml(midi: bytes) -> bytes:
    import music21

    with tempfile.TemporaryDirectory(prefix="earwitness-") as folder:
        path = Path(folder, "clip.mid")
        path.write_bytes(midi)
        score = music21.converter.parse(path, forceSource=True, storePickle=False)
    score.metadata = music21.metadata.Metadata(title="")
    return music21.musicxml.m21ToXml.GeneralObjectExporter(score).parse()


if __name__ == "__main__":
    sys.stdout.buffer.write(musicxml(sys.stdin.buffer.read()))
