"""Polyphony as Magenta's network reads it, beside what magenta 2.1.4 makes of the same notes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece
from generation.music.tokens.polyphony import Polyphony

DATA = Path(__file__).parent / "data"
CLASSES = json.loads((DATA / "encodings.json").read_text())
PIECES = json.loads((DATA / "pieces.json").read_text())["pieces"]
POLYPHONY = Polyphony()
WORDS = POLYPHONY.fit()


def rows(piece: Piece) -> list[list[float]]:
    return sorted(
        [round(float(n["start"]), 6), round(float(n["duration"]), 6), int(n["pitch"]), int(n["velocity"])]
        for n in piece.notes
    )


def test_tokens_are_numbered_as_magentas_classes():
    types = {number: name for name, number in CLASSES["polyphony_event_types"].items()}
    words = {"START": "start", "END": "end", "STEP_END": "step", "NEW_NOTE": "new", "CONTINUED_NOTE": "on"}
    assert len(WORDS) == len(CLASSES["polyphony"])
    for event in CLASSES["polyphony"]:
        word = words[types[event["type"]]]
        assert WORDS.words[event["class"]] == (f"{word} {event['pitch']}" if word in ("new", "on") else word)


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_has_magentas_tokens(piece):
    notes = [Note(pitch, start, duration, velocity) for start, duration, pitch, velocity in piece["notes"]]
    assert POLYPHONY.encode(Piece.of(notes), WORDS).tolist() == piece["polyphony"]


@pytest.mark.parametrize("piece", PIECES)
def test_any_tokens_are_magentas_notes(piece):
    tokens, expected = piece["polyphony random"]
    assert rows(POLYPHONY.decode(tokens, WORDS)) == expected


def test_words_are_as_written_in_the_module():
    piece = Piece.of([Note(60, 0, 0.25), Note(67, 0, 0.5), Note(62, 0.25, 0.25)])
    assert WORDS.spell(POLYPHONY.encode(piece, WORDS)) == (
        ["start", "new 67", "new 60", "step", "on 67", "new 62", "step", "end"]
    )


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 127)), st.integers(1, 12), max_size=40))
def test_notes_come_back_from_their_tokens(notes):
    """On sixteenths, one note of a pitch at a time."""
    free: dict[int, int] = {}
    kept = []
    for (start, pitch), length in sorted(notes.items()):
        if start >= free.get(pitch, 0):
            free[pitch] = start + length
            kept.append(Note(pitch, start / 4, length / 4, 100))
    piece = Piece.of(kept)
    assert POLYPHONY.decode(POLYPHONY.encode(piece, WORDS), WORDS) == piece


def test_a_piece_without_notes_is_a_beginning_and_an_end():
    assert WORDS.spell(POLYPHONY.encode(Piece.of([]), WORDS)) == ["start", "end"]
    assert len(POLYPHONY.decode([], WORDS)) == 0
