"""Which stretches of a corpus become originals."""

from itertools import islice

from generation.music.score.excerpts import Stretch, draw_stretches, stretches
from generation.music.score.notes import Note, Piece


def song(bars: int, **values) -> Piece:
    """Four quarters a bar, two seconds each bar."""
    return Piece.of([Note(60 + beat % 5, beat, 1) for beat in range(bars * 4)], **values)


def test_a_stretch_begins_at_a_bar_line_and_ends_within_the_piece():
    assert stretches(song(5), 0, seconds=6) == [Stretch(0, 1, 0, 12), Stretch(0, 2, 4, 16), Stretch(0, 3, 8, 20)]


def test_the_bars_are_those_of_the_meter():
    assert [stretch.start for stretch in stretches(song(3, meter=(3, 4)), 0, seconds=3)] == [0, 3, 6]


def test_a_bar_that_begins_with_a_rest_begins_no_stretch():
    rest = Piece.of([Note(60, 0, 1), Note(62, 5.5, 1), Note(64, 8.5, 8)])
    assert [stretch.bar for stretch in stretches(rest, 0, seconds=1)] == [1, 3]


def test_time_counts_from_the_first_note():
    [stretch, *_] = stretches(Piece.of([Note(60, 0.5, 1), Note(60, 2, 10)]), 0, seconds=2)
    assert stretch == Stretch(0, 1, 0, 4.5)


def test_a_piece_that_is_too_short_gives_none():
    assert stretches(song(2), 0, seconds=5) == []
    assert list(draw_stretches([song(2)], seconds=5, seed=1)) == []


def test_no_two_stretches_overlap():
    found = list(draw_stretches([song(40), song(30)], seconds=6, seed=3))
    assert len(found) > 8
    assert not [1 for one in found for other in found if one != other and one.overlaps(other)]


def test_every_piece_comes_once_before_one_comes_again():
    found = list(islice(draw_stretches([song(20)] * 5, seconds=6, seed=2), 5))
    assert sorted(stretch.place for stretch in found) == [0, 1, 2, 3, 4]


def test_the_first_are_the_same_however_many_are_asked_for():
    pieces = [song(20), song(25), song(30)]
    few, many = (list(islice(draw_stretches(pieces, seconds=6, seed=7), count)) for count in (3, 6))
    assert many[:3] == few
    assert few != list(islice(draw_stretches(pieces, seconds=6, seed=8), 3))


def test_a_corpus_without_pieces_gives_none():
    assert list(draw_stretches([], seconds=5, seed=1)) == []
