"""Reading: all songs of POP909 from their archive into tokens, beside music21 and mido on ten of them."""

import argparse
import io
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import mido

from generation.music.corpora.corpora import read_corpus
from generation.music.corpora.pop909 import songs
from generation.music.score.notes import read_midi
from generation.music.tokens.encodings import ENCODINGS

TARGET = 2.0  # seconds for all songs, read and tokenised
TIMES_MUSIC21 = 1000  # at least so many times as fast per song


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    options = parser.parse_args()
    archive = os.environ.get("EARWITNESS_POP909", "")
    if not Path(archive).is_file():
        print("EARWITNESS_POP909 does not name the archive of POP909; nothing measured.")
        measured = {"skipped": "EARWITNESS_POP909 is not set"}
    else:
        measured = measure(Path(archive))
        show(measured)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(archive: Path, *, runs: int = 5, peers: int = 10) -> dict:
    count = len(read_corpus(archive).pieces)  # also: everything is imported, the file is in memory
    totals = [(_seconds(lambda: read_corpus(archive)), _tokenising(archive)) for _ in range(runs)]
    reading, tokenising = (median(column) for column in zip(*totals, strict=True))
    ours = (reading + tokenising) / count
    with zipfile.ZipFile(archive) as file:
        some = [file.read(name) for name in sorted(songs(file.namelist()))[:peers]]
    parsing = _seconds(lambda: [read_midi(data) for data in some]) / peers
    with_mido = _seconds(lambda: [_notes_with_mido(data) for data in some]) / peers
    with_music21 = _with_music21(some) / peers
    return {
        "songs": count,
        "read_seconds": reading,
        "tokenise_seconds": tokenising,
        "total_seconds": reading + tokenising,
        "target_seconds": TARGET,
        "runs": [read + tokenised for read, tokenised in totals],
        "per_song": {"ours_to_tokens": ours, "ours_to_notes": parsing, "mido": with_mido, "music21": with_music21},
        "times_music21": with_music21 / ours,
        "times_music21_to_notes": with_music21 / parsing,
        "target_times_music21": TIMES_MUSIC21,
        "times_mido": with_mido / parsing,
    }


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _tokenising(archive: Path) -> float:
    pieces = read_corpus(archive).pieces
    encoding = ENCODINGS["remi"]
    vocabulary = encoding.fit(pieces)
    return _seconds(lambda: [encoding.encode(piece, vocabulary) for piece in pieces])


def _notes_with_mido(data: bytes) -> list[tuple[int, int]]:
    notes = []
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                notes.append((now, message.note))
    return notes


def _with_music21(some: list[bytes]) -> float:
    """Parsing, and chords as words, as the tutorials do it; importing music21 is not counted."""
    import music21

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, data in enumerate(some):
            paths.append(Path(folder) / f"{number}.mid")
            paths[-1].write_bytes(data)

        def words() -> None:
            for path in paths:
                score = music21.converter.parse(path, forceSource=True, storePickle=False)
                [".".join(str(pitch) for pitch in element.pitches) for element in score.flatten().notes]

        return _seconds(words)


def show(measured: dict) -> None:
    each = measured["per_song"]
    print(f"{measured['songs']} songs, read from the archive    {measured['read_seconds']:8.2f} s")
    print(f"  ... and into REMI tokens          {measured['tokenise_seconds']:8.2f} s")
    print(f"  together (target {TARGET:.0f} s)            {measured['total_seconds']:8.2f} s")
    print(f"a song: ours, to tokens             {1000 * each['ours_to_tokens']:8.2f} ms")
    print(f"        ours, to notes              {1000 * each['ours_to_notes']:8.2f} ms")
    print(
        f"        mido, to notes              {1000 * each['mido']:8.2f} ms   {measured['times_mido']:,.0f} times ours"
    )
    print(
        f"        music21, to chords          {1000 * each['music21']:8.2f} ms   "
        f"{measured['times_music21']:,.0f} times ours to tokens (target {TIMES_MUSIC21:,})"
    )


if __name__ == "__main__":
    sys.exit(main())
