"""Performances as Magenta's networks read them, beside what note_seq 0.0.5 makes of the same notes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece
from generation.music.tokens.performance import LOUDER, OFF, ON, SHIFT, Performance

DATA = Path(__file__).parent / "data"
CLASSES = json.loads((DATA / "encodings.json").read_text())
PIECES = json.loads((DATA / "pieces.json").read_text())["pieces"]
PLAIN, DYNAMICS = Performance(), Performance("performance-dynamics", velocities=32)
BOTH = pytest.mark.parametrize("encoding", [PLAIN, DYNAMICS], ids=lambda encoding: encoding.name)


def rows(piece: Piece) -> list[list[float]]:
    """As note_seq's notes were written down."""
    return sorted(
        [round(float(n["start"]), 6), round(float(n["duration"]), 6), int(n["pitch"]), int(n["velocity"])]
        for n in piece.notes
    )


def piece_of(notes) -> Piece:
    return Piece.of(Note(pitch, start, duration, velocity) for start, duration, pitch, velocity in notes)


@pytest.mark.parametrize(("encoding", "name"), [(PLAIN, "performance"), (DYNAMICS, "performance_with_dynamics")])
def test_tokens_are_numbered_as_magentas_classes(encoding, name):
    types = CLASSES["performance_event_types"]
    kinds = {types["NOTE_ON"]: ON, types["NOTE_OFF"]: OFF, types["TIME_SHIFT"]: SHIFT, types["VELOCITY"]: LOUDER}
    described = CLASSES["performance"][name]
    assert len(encoding.fit()) == len(described)
    for event in described:
        assert encoding.token(kinds[event["type"]], event["value"]) == event["class"]
        assert encoding.word(event["class"]) == (kinds[event["type"]], event["value"])


@BOTH
@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_has_note_seqs_tokens(encoding, piece):
    assert encoding.encode(piece_of(piece["notes"]), encoding.fit()).tolist() == piece[encoding.name]


@BOTH
@pytest.mark.parametrize("piece", PIECES)
def test_any_tokens_are_note_seqs_notes(encoding, piece):
    tokens, expected = piece[f"{encoding.name} random"]
    assert rows(encoding.decode(tokens, encoding.fit())) == expected


def test_words_are_as_written_in_the_module():
    piece = Piece.of([Note(60, 0, 0.7, 80), Note(64, 0, 0.8, 80)])
    words = DYNAMICS.fit().spell(DYNAMICS.encode(piece, DYNAMICS.fit()))
    assert words == ["velocity 20", "on 60", "on 64", "shift 35", "off 60", "shift 5", "off 64"]


@BOTH
@settings(max_examples=80, deadline=None)
@given(
    notes=st.dictionaries(
        st.tuples(st.integers(0, 60), st.integers(0, 127)),
        st.tuples(st.integers(1, 20), st.integers(0, 31)),
        max_size=40,
    )
)
def test_notes_come_back_from_their_tokens(encoding, notes):
    """On hundredths of a second, one note of a pitch at a time, and loudness in 32 parts."""
    free: dict[int, int] = {}
    kept = []
    for (start, pitch), (length, loudness) in sorted(notes.items()):
        if start >= free.get(pitch, 0):
            free[pitch] = start + length
            velocity = 1 + 4 * loudness if encoding.velocities else 100
            kept.append([start * 0.02, length * 0.02, pitch, velocity])
    expected = [[round(value, 6) for value in row] for row in sorted(kept)]
    assert rows(encoding.decode(encoding.encode(piece_of(kept), encoding.fit()), encoding.fit())) == expected


def test_time_is_in_seconds_whatever_the_tempo():
    slow = Piece.of([Note(60, 0, 1)], tempo=60)
    assert PLAIN.fit().spell(PLAIN.encode(slow, PLAIN.fit())) == ["on 60", "shift 100", "off 60"]
    assert PLAIN.decode(PLAIN.encode(slow, PLAIN.fit()), PLAIN.fit()).seconds == pytest.approx(1.0)


def test_a_note_that_the_network_forgets_ends_after_five_seconds():
    tokens = [PLAIN.token(ON, 60), *[PLAIN.token(SHIFT, 100)] * 9]
    assert PLAIN.decode(tokens, PLAIN.fit()).seconds == pytest.approx(5.0)


def test_a_piece_without_notes_has_no_tokens():
    assert PLAIN.encode(Piece.of([]), PLAIN.fit()).tolist() == []
    assert len(PLAIN.decode(np.array([], int), PLAIN.fit())) == 0
