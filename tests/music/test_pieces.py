import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece, Track


def with_tempos(piece: Piece, *tempos: tuple[float, float]) -> Piece:
    return Piece(piece.notes, piece.tracks, np.array(tempos, float), piece.meters)


def with_meters(piece: Piece, *meters: tuple[float, int, int]) -> Piece:
    return Piece(piece.notes, piece.tracks, piece.tempos, np.array(meters, float))


def test_notes_stand_by_start_and_then_by_pitch():
    piece = Piece.of([Note(64, 1.0, 1.0), Note(67, 0.0, 1.0), Note(60, 1.0, 0.5), Note(60, 0.0, 2.0)])
    assert [(note["start"], note["pitch"]) for note in piece.notes] == [(0, 60), (0, 67), (1, 60), (1, 64)]


def test_pieces_are_equal_when_their_content_is(tune):
    other = Piece.of((Note(int(n["pitch"]), n["start"], n["duration"]) for n in tune.notes[::-1]), name="another name")
    assert tune == other
    assert tune.digest() == other.digest()
    assert len({tune, other}) == 1
    assert tune != tune.transpose(1)


def test_a_beat_lasts_as_long_as_its_tempo_says(tune):
    piece = with_tempos(tune, (0, 120), (4, 60), (8, 240))
    assert piece.seconds_at(np.array([0, 2, 4, 6, 8, 12])).tolist() == [0, 1, 2, 4, 6, 7]
    assert piece.beats_at(np.array([0, 1, 2, 4, 6, 7])).tolist() == [0, 2, 4, 6, 8, 12]
    assert piece.seconds == 8.0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(20, 300)), min_size=1, max_size=8), st.floats(0, 300))
def test_seconds_and_beats_undo_each_other(steps, beat):
    beats = np.cumsum([0] + [gap for gap, _ in steps[1:]])
    piece = Piece(Piece.of([]).notes, tempos=np.column_stack([beats, [tempo for _, tempo in steps]]).astype(float))
    assert piece.beats_at(piece.seconds_at(beat)) == pytest.approx(beat)


def test_bar_lines_follow_the_meter(tune, waltz):
    assert tune.bar_lines().tolist() == [0, 4, 8, 12, 16]
    assert waltz.bar_lines().tolist() == [0, 3, 6]
    assert with_meters(tune, (0, 1, 4), (1, 3, 4), (7, 6, 8), (10, 4, 4)).bar_lines().tolist() == [
        0,
        1,
        4,
        7,
        10,
        14,
        18,
    ]


def test_a_meter_may_come_before_its_bar_is_full(tune):
    assert with_meters(tune, (0, 4, 4), (6, 4, 4)).bar_lines().tolist() == [0, 4, 6, 10, 14, 18]


def test_bar_lines_end_with_the_piece_however_many_meters_follow(tune):
    assert with_meters(tune, (0, 4, 4), (64, 3, 4), (640, 2, 4)).bar_lines().tolist() == [0, 4, 8, 12, 16]


def test_a_piece_without_notes_has_one_bar_line_and_no_length():
    piece = Piece.of([])
    assert piece.bar_lines().tolist() == [0]
    assert piece.beats == piece.seconds == 0.0


def test_an_excerpt_begins_at_zero_and_ends_where_it_is_cut():
    piece = Piece.of([Note(60, 3.0, 2.0), Note(62, 4.0, 1.0), Note(64, 5.0, 9.0), Note(65, 8.0, 1.0)])
    assert piece.excerpt(4, 8) == Piece.of([Note(62, 0.0, 1.0), Note(64, 1.0, 3.0)])


def test_an_excerpt_keeps_the_tempo_and_the_meter_it_stands_in(tune):
    piece = with_meters(with_tempos(tune, (0, 120), (6, 90), (9, 100)), (0, 3, 4), (6, 2, 4))
    excerpt = piece.excerpt(8, 12)
    assert excerpt.tempos.tolist() == [[0, 90], [1, 100]]
    assert excerpt.meters.tolist() == [[0, 2, 4]]
    assert excerpt.seconds == pytest.approx(piece.seconds_at(12) - piece.seconds_at(8))


def test_the_melody_is_the_track_that_says_so(waltz):
    assert waltz.melody().notes["pitch"].tolist() == [76, 74, 72]


def test_without_such_a_track_the_melody_is_the_skyline(waltz):
    nameless = Piece(waltz.notes, (Track(), Track()), waltz.tempos, waltz.meters)
    melody = nameless.melody().notes
    assert melody["pitch"].tolist() == [76, 60, 74, 72, 60, 60]
    assert melody["duration"].tolist() == [1, 1, 1, 1, 1, 1]


def test_drums_are_no_melody_and_are_not_transposed():
    piece = Piece.of([Note(60, 0, 1), Note(81, 0, 1, track=1)], tracks=(Track(), Track(is_drum=True)))
    assert piece.melody().notes["pitch"].tolist() == [60]
    assert piece.transpose(2).notes["pitch"].tolist() == [62, 81]


def test_a_note_transposed_out_of_range_comes_back_by_octaves():
    piece = Piece.of([Note(1, 0, 1), Note(60, 1, 1), Note(126, 2, 1)])
    assert piece.transpose(-3).notes["pitch"].tolist() == [10, 57, 123]
    assert piece.transpose(5).notes["pitch"].tolist() == [6, 65, 119]
