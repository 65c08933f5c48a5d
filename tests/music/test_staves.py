"""What is played, as it is written for two hands."""

import pytest

from generation.music.pictures.engraving import EngravingError, draw
from generation.music.pictures.engraving_process import musicxml, spell_pitch
from generation.music.pictures.staves import Sign, staves
from generation.music.score.notes import Note, Piece


def test_high_notes_are_for_the_right_hand_and_low_ones_for_the_left():
    right, left = staves(Piece.of([Note(72, 0, 4), Note(48, 0, 2), Note(50, 2, 2)]))
    assert right == [[Sign(48, (72,))]]
    assert left == [[Sign(24, (48,)), Sign(24, (50,))]]


def test_notes_that_begin_together_are_a_chord_until_the_next():
    right, _ = staves(Piece.of([Note(60, 0, 4), Note(64, 0.01, 1), Note(67, 2, 2)]))
    assert right == [[Sign(24, (60, 64)), Sign(24, (67,))]]


def test_what_lasts_over_a_bar_line_is_tied():
    right, _ = staves(Piece.of([Note(72, 3, 2), Note(74, 5, 3)]))
    assert right[0] == [Sign(36), Sign(12, (72,), is_held=True)]
    assert right[1][0] == Sign(12, (72,), is_tied=True)


def test_triplets_are_written_where_they_lie_nearer():
    thirds = [Note(72 + step, step / 3 + 0.01, 1 / 3) for step in range(3)]
    right, _ = staves(Piece.of([*thirds, Note(80, 1, 3)]))
    assert [sign.length for sign in right[0]] == [4, 4, 4, 36]


def test_a_syncopation_is_split_at_the_beat():
    right, _ = staves(Piece.of([Note(72, 0, 0.5), Note(74, 0.5, 1), Note(76, 1.5, 2.5)]))
    assert [(sign.length, sign.is_held) for sign in right[0]] == [
        (6, False),
        (6, True),
        (6, False),
        (6, True),
        (24, False),
    ]


def test_every_bar_is_full():
    piece = Piece.of([Note(40 + 7 * n % 50, n * 0.7, 0.9) for n in range(40)], meter=(3, 4))
    for hand in staves(piece):
        assert {sum(sign.length for sign in bar) for bar in hand} == {36}


@pytest.mark.parametrize(
    ("pitch", "sharps", "name"), [(61, 0, "C#4"), (63, 0, "E-4"), (61, -5, "D-4"), (65, 6, "E#4"), (59, -6, "C-4")]
)
def test_pitches_are_spelled_as_the_key_has_them(pitch, sharps, name):
    assert spell_pitch(pitch, sharps) == name


def test_a_score_has_two_staves_and_their_notes():
    import music21

    piece = Piece.of([Note(60 + beat % 12, beat / 2, 0.5) for beat in range(32)] + [Note(40, 0, 16)])
    score = music21.converter.parseData(musicxml(piece))
    parts = score.getElementsByClass(music21.stream.Part)
    assert [note.pitch.midi for note in parts[0].flatten().notes] == [60 + beat % 12 for beat in range(32)]
    assert {note.pitch.midi for note in parts[1].flatten().notes} == {40}


def test_what_is_no_midi_file_is_answered_in_a_sentence():
    with pytest.raises(EngravingError, match="could not be written as a score"):
        draw(b"MThd and no more")
