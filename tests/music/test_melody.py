"""Melodies as Magenta's networks read them, beside what note_seq 0.0.5 says of the same melodies."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece, Track
from generation.music.tokens.melodies import HOLD, OFF, melodies, squash
from generation.music.tokens.melody import KeyMelody, Lookback, Melody

DATA = Path(__file__).parent / "data"
NOTE_SEQ = json.loads((DATA / "encodings.json").read_text())["melody"]
PIECES = json.loads((DATA / "pieces.json").read_text())["pieces"]
ENCODINGS = {
    "basic_rnn": Melody(),
    "mono_rnn": Melody("melody-all", low=0, high=128, key=-1),
    "lookback_rnn": Lookback(),
    "attention_rnn": KeyMelody(),
}
SEQUENCES = [
    pytest.param(ENCODINGS[network], sequence, id=f"{network}-{number}")
    for network, described in NOTE_SEQ.items()
    for number, sequence in enumerate(described["sequences"])
]

events = st.lists(st.one_of(st.just(HOLD), st.just(OFF), st.integers(48, 83)), min_size=1, max_size=100)
notes = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20), st.integers(30, 100)), min_size=1, max_size=60)


def piece_of(rows) -> Piece:
    """From (sixteenth, length in sixteenths, pitch)."""
    return Piece.of(Note(pitch, start / 4, length / 4) for start, length, pitch in rows)


@pytest.mark.parametrize("network", ENCODINGS)
def test_sizes_are_magentas(network):
    encoding, described = ENCODINGS[network], NOTE_SEQ[network]
    assert encoding.inputs == described["input_size"]
    assert len(encoding.fit()) == described["classes"]


@pytest.mark.parametrize(("encoding", "sequence"), SEQUENCES)
def test_inputs_are_note_seqs_at_every_position(encoding, sequence):
    history = encoding.history()
    for event, expected in zip(sequence["events"], sequence["inputs"], strict=True):
        row = history.follow(event)
        assert {str(place): float(row[place]) for place in np.flatnonzero(row)} == expected


@pytest.mark.parametrize(("encoding", "sequence"), SEQUENCES)
def test_tokens_are_note_seqs_labels_and_come_back_as_its_events(encoding, sequence):
    assert encoding.tokens(sequence["events"]).tolist() == sequence["labels"]
    assert encoding.events(sequence["labels"]) == sequence["events"]
    classes = range(len(encoding.fit()))
    assert [encoding.event(token, sequence["events"]) for token in classes] == sequence["class_to_event"]


@pytest.mark.parametrize("encoding", [Melody(), Lookback(), KeyMelody()], ids=lambda encoding: encoding.name)
@settings(max_examples=60, deadline=None)
@given(melody=events)
def test_events_come_back_from_their_tokens(encoding, melody):
    assert encoding.events(encoding.tokens(melody)) == melody


@pytest.mark.parametrize("encoding", [Melody(), Lookback(), KeyMelody()], ids=lambda encoding: encoding.name)
@settings(max_examples=60, deadline=None)
@given(rows=notes)
def test_what_is_decoded_is_encoded_the_same_again(encoding, rows):
    tokens = encoding.encode(piece_of(rows), encoding.fit())
    again = encoding.decode(tokens, encoding.fit())
    assert encoding.encode(again, encoding.fit()).tolist() == tokens.tolist()


def test_a_network_that_reads_tokens_sees_the_same_as_one_that_reads_events():
    encoding = KeyMelody()
    melody = [60, HOLD, 64, OFF, 67, HOLD, 60, HOLD] * 6
    tokens = encoding.tokens(melody)
    by_token, by_event = encoding.history(), encoding.history()
    for token, event in zip(tokens, melody, strict=True):
        assert by_token.read(token).tolist() == by_event.follow(event).tolist()


def test_a_phrase_that_returns_after_a_bar_is_told_as_a_return():
    bar = [60, HOLD, 62, HOLD, 64, HOLD, 65, HOLD, 67, HOLD, HOLD, HOLD, OFF, HOLD, HOLD, HOLD]
    words = Lookback().fit().spell(Lookback().tokens(bar * 2))
    assert words[:3] == ["60", "as 2 bars ago", "62"]
    assert words[16:19] == ["as 1 bar ago", "as 2 bars ago", "as 1 bar ago"]


@pytest.mark.parametrize("piece", PIECES)
def test_melodies_are_found_and_moved_as_note_seq_does(piece):
    notes = [Note(pitch, start, duration, velocity) for start, duration, pitch, velocity in piece["notes"]]
    song = Piece.of(notes, meter=piece["meter"], tracks=(Track("melody"),))
    found = [[begin, bar, events, *squash(events, 48, 84, 0)] for begin, bar, events in melodies(song)]
    assert found == piece["melodies"]


def test_the_melody_of_a_song_is_its_melody_track_from_the_bar_where_it_begins():
    song = Piece.of(
        [Note(40, 0, 16, track=1), Note(72, 5, 1), Note(74, 6, 0.5), Note(90, 5, 4, track=1)],
        tracks=(Track("MELODY"), Track("PIANO")),
    )
    assert list(melodies(song)) == [(16, 16, [HOLD] * 4 + [72, HOLD, HOLD, HOLD, 74, HOLD])]


def test_without_a_melody_track_the_highest_voice_is_the_melody():
    song = Piece.of([Note(48, 0, 4), Note(64, 0, 1), Note(67, 0, 1), Note(65, 1, 1)])
    assert list(melodies(song)) == [(0, 16, [67, HOLD, HOLD, HOLD, 65, HOLD, HOLD, HOLD])]


def test_a_change_of_tempo_cuts_no_melody_and_a_bar_of_silence_does():
    rows = [Note(60 + step % 5, step, 1) for step in range(40)]
    steady = Piece.of(rows)
    varied = Piece(steady.notes, tempos=np.array([[0, 120], [10, 80], [20, 130]], float))
    assert list(melodies(varied)) == list(melodies(steady))
    assert len(list(melodies(varied))) == 1
    assert len(list(melodies(Piece.of([*rows, Note(60, 45, 1)])))) == 2


def test_a_melody_is_moved_to_c_major_and_into_three_octaves():
    d_major = [62, HOLD, 66, HOLD, 69, HOLD, 74, HOLD, 73, OFF]
    assert squash(d_major, 48, 84, 0) == ([60, HOLD, 64, HOLD, 67, HOLD, 72, HOLD, 71, OFF], -2)
    assert squash([100, HOLD, 20], 48, 84, None) == ([76, HOLD, 56], 0)


def test_what_was_moved_can_be_moved_back():
    song = piece_of([(0, 4, 62), (4, 4, 66), (8, 4, 69), (12, 4, 73)])
    encoding = KeyMelody()
    back = encoding.decode(encoding.encode(song, encoding.fit()), encoding.fit()).transpose(-encoding.semitones(song))
    assert back.notes[["start", "duration", "pitch"]].tolist() == song.notes[["start", "duration", "pitch"]].tolist()


def test_only_melodies_worth_learning_are_trained_on():
    encoding = Melody()
    long = [(4 * step, 4, 60 + (2 * step) % 12) for step in range(40)]
    assert [len(tokens) for tokens in encoding.sequences(piece_of(long), encoding.fit())] == [160]
    assert encoding.sequences(piece_of(long[:20]), encoding.fit()) == []  # five bars
    assert encoding.sequences(piece_of([(start, 4, 60) for start, _, _ in long]), encoding.fit()) == []  # one pitch
    assert (
        len(encoding.sequences(piece_of([(4 * step, 4, 60 + step % 12) for step in range(200)]), encoding.fit())[0])
        == 512
    )


def test_a_piece_without_a_note_has_an_empty_melody():
    assert Melody().encode(Piece.of([]), Melody().fit()).tolist() == []
    assert len(Melody().decode([], Melody().fit())) == 0
