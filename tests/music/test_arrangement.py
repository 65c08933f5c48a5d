"""What becomes of the notes of a file."""

import pytest

from generation.music.score.arrangement import Arrangement, ArrangementError, arrange
from generation.music.score.notes import Note, Piece, Track

STEADY = Piece.of([Note(60 + beat % 12, beat, 1, velocity=40 + beat) for beat in range(32)])  # two seconds a bar


def test_by_default_a_piece_stays_as_it_is():
    assert Arrangement().changes_nothing
    assert arrange(STEADY, Arrangement()) == STEADY


def test_so_many_seconds_or_bars_from_the_beginning():
    assert arrange(STEADY, Arrangement(seconds=4)).beats == 8
    assert arrange(STEADY, Arrangement(bars=3)).beats == 12


def test_a_drawn_bar_depends_on_the_seed_and_nothing_else():
    cuts = [arrange(STEADY, Arrangement(bars=2, cut="drawn", seed=seed)) for seed in range(6)]
    assert cuts == [arrange(STEADY, Arrangement(bars=2, cut="drawn", seed=seed)) for seed in range(6)]
    assert len({cut.digest() for cut in cuts}) > 2
    assert {cut.beats for cut in cuts} == {8.0}


def test_the_densest_stretch_is_where_most_notes_are():
    busy = Piece.of([*[Note(60, beat, 1) for beat in range(16)], *[Note(72, 8 + n / 4, 0.25) for n in range(16)]])
    cut = arrange(busy, Arrangement(bars=1, cut="densest"))
    assert len(cut) == 20


def test_a_piece_shorter_than_the_clip_is_taken_whole():
    assert arrange(STEADY, Arrangement(seconds=300, cut="drawn")).beats == 32


def test_one_tempo_for_all():
    assert arrange(STEADY, Arrangement(tempo=60)).seconds == 32


def test_flat_dynamics_leave_one_velocity():
    assert set(arrange(STEADY, Arrangement(dynamics="flat")).notes["velocity"]) == {80}


def test_melody_only_leaves_one_voice():
    two = Piece.of([Note(72, 0, 1), Note(40, 0, 1, track=1), Note(74, 1, 1)], tracks=(Track("MELODY"), Track("PIANO")))
    assert arrange(two, Arrangement(texture="melody")).notes["pitch"].tolist() == [72, 74]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"cut": "middle"}, "is not a choice. Choose one of: start, drawn, densest"),
        ({"tempo": 5}, "Tempo: 5 is out of range. Choose a value from 20 to 300"),
        ({"seconds": 4, "bars": 2}, "not both"),
        ({"cut": "densest"}, "Set a length"),
    ],
)
def test_wishes_that_cannot_be_followed_are_answered_with_a_sentence(values, reason):
    with pytest.raises(ArrangementError, match=reason):
        Arrangement(**values)
