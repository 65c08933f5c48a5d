"""Where bars begin in files that do not say."""

import numpy as np
import pytest

from generation.music.corpora.corpora import read_corpus
from generation.music.score.meter import align_to_annotated_bars, align_to_bars
from generation.music.score.notes import Note, Piece


def accompaniment(late: float, meter: tuple[int, int] = (1, 4)) -> Piece:
    """Four bars: a long bass on one, a shorter on three, chords of an eighth between."""
    rows = []
    for bar in range(4):
        rows += [Note(36, 4 * bar + late, 2.0), Note(43, 4 * bar + 2 + late, 1.5)]
        rows += [Note(60 + place, 4 * bar + place / 2 + late, 0.5) for place in range(8)]
    return Piece.of(rows, meter=meter, name="song")


@pytest.mark.parametrize("late", [0.0, 0.1, 0.25, 1.2, 2.0, 3.75])
def test_the_beat_and_the_bar_are_found_by_the_weight_of_the_notes(late):
    piece = align_to_bars(accompaniment(late))
    assert np.allclose(piece.notes["start"], accompaniment(0).notes["start"])
    assert piece.meters.tolist() == [[0, 4, 4]]


def test_notes_keep_their_distances_and_their_tempo():
    before = accompaniment(1.2)
    after = align_to_bars(before)
    assert np.allclose(np.diff(after.notes["start"]), np.diff(before.notes["start"]))
    assert np.allclose(after.seconds_at(after.notes["duration"]), before.seconds_at(before.notes["duration"]))


def test_a_file_whose_own_meter_fits_is_left_alone(tune, waltz):
    for piece in (tune, waltz, accompaniment(0.0, (4, 4)), accompaniment(1.0, (3, 4))):
        assert align_to_bars(piece) is piece


def test_free_time_is_left_alone():
    rng = np.random.default_rng(1)
    piece = Piece.of(Note(60, float(start), 0.3) for start in rng.uniform(0, 60, 200))
    assert align_to_bars(piece) is piece


def test_annotated_bars_hold_even_where_one_is_short():
    piece = Piece.of([Note(60 + n % 12, 2.5 + n, 1) for n in range(20)], tempo=60, meter=(1, 4))
    settled = align_to_annotated_bars(piece, np.array([3.5, 7.5, 13.5, 17.5, 21.5]))
    assert settled.notes["start"].tolist() == [3 + n for n in range(20)]
    assert settled.bar_lines().tolist() == [0, 4, 8, 12, 14, 18, 22, 26]
    assert settled.meters.tolist() == [[0, 4, 4], [12, 2, 4], [14, 4, 4]]


def test_music_before_the_first_annotated_bar_gets_a_bar_of_its_own():
    piece = Piece.of([Note(60, 0.5 + n, 1) for n in range(12)], tempo=60)
    settled = align_to_annotated_bars(piece, np.array([5.5, 9.5]))
    assert settled.notes["start"][:2].tolist() == [3, 4]
    assert settled.bar_lines()[:3].tolist() == [0, 4, 8]


def test_an_annotation_that_is_no_beat_is_passed_over():
    piece = accompaniment(0.1)
    for downbeats in ([], [1.0], [0.3, 1.1, 2.6, 3.1, 4.7], [0.0, 30.0]):
        assert align_to_annotated_bars(piece, np.array(downbeats)) == align_to_bars(piece)


def test_real_songs_stand_on_their_bars(pop909):
    for piece in read_corpus(pop909, songs=40, seed=3).pieces:
        starts = piece.notes["start"]
        assert abs(np.angle(np.exp(8j * np.pi * starts).mean())) / (8 * np.pi) < 0.03, piece.name
        bars = np.diff(piece.bar_lines())
        assert np.isin(bars.round(6), [1, 2, 3, 4]).all(), piece.name
        assert 0 <= starts[0] < bars[0], piece.name
