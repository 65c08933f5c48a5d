"""A small cast of pieces."""

from pathlib import Path

import numpy as np
import pytest

from generation.music.score.notes import Note, Piece, Track, write_midi


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture
def tune() -> Piece:
    """Four bars of a melody in C."""
    pitches = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 67, 65, 62]
    return Piece.of((Note(pitch, beat, 1.0) for beat, pitch in enumerate(pitches)), name="tune")


@pytest.fixture
def waltz() -> Piece:
    """Two bars in three, a melody over chords, in two tracks."""
    melody = [Note(76, 0, 2, 90), Note(74, 2, 1, 90), Note(72, 3, 3, 90)]
    chords = [Note(pitch, beat, 1, 50, track=1) for beat in (1, 2, 4, 5) for pitch in (52, 55, 60)]
    tracks = (Track("MELODY"), Track("PIANO"))
    return Piece.of([*melody, *chords], meter=(3, 4), tempo=150, tracks=tracks, name="waltz")


@pytest.fixture
def music_folder(tmp_path: Path, tune: Piece, waltz: Piece) -> Path:
    """A folder as a researcher might have it: music in subfolders, a damaged file, and papers in between."""
    folder = tmp_path / "music"
    (folder / "dances").mkdir(parents=True)
    (folder / "tune.mid").write_bytes(write_midi(tune))
    (folder / "dances" / "waltz.MID").write_bytes(write_midi(waltz))
    (folder / "dances" / "broken.midi").write_bytes(b"MThd and then nothing")
    (folder / "readme.txt").write_text("Two dances.")
    return folder
