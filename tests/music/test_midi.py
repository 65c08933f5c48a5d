import random
import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score import notes
from generation.music.score.notes import MidiError, Note, Piece, Track, read_midi, write_midi


@st.composite
def playable(draw) -> Piece:
    """A piece on the sixteenths and triplets in up to three tracks, no key of a track struck while it sounds."""
    rows = []
    for track in range(draw(st.integers(1, 3))):
        pitches = draw(st.lists(st.integers(0, 127), min_size=1, max_size=5, unique=True))
        for pitch in pitches:
            places = draw(st.lists(st.integers(0, 400), min_size=2, max_size=8, unique=True).map(sorted))
            for start, end in pairwise(places):
                velocity = draw(st.integers(1, 127))
                rows.append(Note(pitch, start / 12, (end - start) / 12, velocity, track))
    tempo = draw(st.floats(20, 300).map(lambda tempo: round(tempo, 2)))
    meter = draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (5, 8)]))
    count = 1 + max(row.track for row in rows)
    tracks = tuple(Track(f"part {number}", 5 * number, is_drum=number == 2) for number in range(count))
    return Piece.of(rows, tempo=tempo, meter=meter, tracks=tracks)


@given(playable())
@settings(max_examples=60, deadline=None)
def test_a_piece_comes_back_from_its_midi(piece):
    back = read_midi(write_midi(piece))
    assert np.allclose(back.notes["start"], piece.notes["start"], atol=1e-9)
    assert np.allclose(back.notes["duration"], piece.notes["duration"], atol=1e-9)
    for column in ("pitch", "velocity", "track"):
        assert back.notes[column].tolist() == piece.notes[column].tolist()
    assert np.allclose(back.tempos, piece.tempos, rtol=1e-5)
    assert back.meters.tolist() == piece.meters.tolist()
    assert back.tracks == piece.tracks


def test_the_same_piece_is_written_as_the_same_bytes(waltz):
    assert write_midi(waltz) == write_midi(read_midi(write_midi(waltz)))
    assert read_midi(write_midi(waltz)) == waltz


def test_a_round_tempo_stays_round(tune):
    for tempo in (50, 72.5, 90, 110, 133.33, 180):
        piece = Piece(tune.notes, tempos=np.array([[0.0, tempo]]))
        assert read_midi(write_midi(piece)).tempos.tolist() == [[0.0, tempo]]


def test_the_name_is_the_files(tmp_path, tune):
    path = tmp_path / "Air.mid"
    path.write_bytes(write_midi(tune))
    assert read_midi(path).name == "Air"


def test_tempo_and_meter_begin_at_zero_and_repeat_nothing(tune):
    tempos = np.array([[2.0, 90.0], [4.0, 90.0], [6.0, 100.0], [6.0, 110.0]])
    back = read_midi(write_midi(Piece(tune.notes, tempos=tempos)))
    assert back.tempos.tolist() == [[0, 120], [2, 90], [6, 110]]


def midi(*events: bytes, division: int = 480) -> bytes:
    """A file with one track, every event at once after the one before."""
    track = b"".join(b"\x00" + event for event in events) + b"\x00\xff\x2f\x00"
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, division, b"MTrk", len(track)) + track


NOTE_ON, NOTE_OFF = b"\x90\x3c\x50", b"\x80\x3c\x00"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "song is empty."),
        (b"RIFF, but no music", "song is not a MIDI file: it does not begin with a MIDI header."),
        (midi(NOTE_ON, NOTE_OFF)[:30], "song is damaged: its MIDI data cannot be read to the end."),
        (midi(NOTE_ON, division=0), "song is damaged: its header gives a quarter note no ticks."),
        (midi(NOTE_ON, division=0xE250), "song counts time in film frames. Save it with ticks per quarter note."),
        (midi(), "song has no notes."),
        (midi(b"\xff\x51\x03\x00\x00\x00"), "song has no notes."),
    ],
)
def test_what_is_no_music_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(MidiError) as refusal:
        read_midi(data, name="song")
    assert str(refusal.value) == sentence


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MidiError, match=r"gone\.mid cannot be read: No such file"):
        read_midi(tmp_path / "gone.mid")


def test_a_file_made_to_fill_the_memory_is_refused(monkeypatch, tune, tmp_path):
    data = write_midi(tune)
    (tmp_path / "tune.mid").write_bytes(data)
    for limit, value, sentence in (
        ("LARGEST_FILE", 100, "tune.mid has 0 MB"),
        ("MOST_NOTES", 15, "has 16 notes. The limit is 15"),
        ("LONGEST", 5, "lasts 0.0 hours"),
        ("MOST_BEATS", 12, "has 16 beats. The limit is 12"),
    ):
        with monkeypatch.context() as patch, pytest.raises(MidiError, match=sentence):
            patch.setattr(notes, limit, value)
            read_midi(tmp_path / "tune.mid")


def test_a_note_that_lasts_for_days_is_refused():
    days = midi(NOTE_ON).replace(b"\x00\xff\x2f\x00", b"\xff\xff\xff\x7f\x80\x3c\x00\x00\xff\x2f\x00")
    days = days[:18] + struct.pack(">I", len(days) - 22) + days[22:]
    with pytest.raises(MidiError, match=r"hours\. The limit is 6 hours"):
        read_midi(days)


def test_no_damage_does_more_than_being_refused(waltz):
    rng = random.Random(1)
    whole = write_midi(waltz)
    refused = 0
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 2, 8])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            piece = read_midi(bytes(data))
        except MidiError:
            refused += 1
        else:
            assert read_midi(write_midi(piece)).digest()
    assert 0 < refused < 2000
