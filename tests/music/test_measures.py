"""Measures of pieces; the constants are muspy 0.5.0's, on the same notes written as MIDI with 960 ticks a beat."""

import zipfile

import numpy as np
import pytest

from generation.music.analysis.measures import (
    MEASURES,
    describe,
    empty_beat_rate,
    empty_measure_rate,
    groove_consistency,
    note_density,
    onset_interval,
    pitch_interval,
    polyphony,
    polyphony_rate,
    scale_consistency,
    tempo,
    usual_bar,
)
from generation.music.score.notes import Note, Piece, Track, read_midi


def etude() -> Piece:
    """Two parts that collide, a silence in the middle, and drums."""
    rows = [
        Note(40 + (7 * n * n + 3 * n) % 41, n * 5 % 97 / 3 + 48 * (n > 90), 0.25 + n % 5 / 2, 40 + n % 80, n % 2)
        for n in range(150)
    ]
    beat = [Note(36 + n % 3, n * 0.75 + 8, 0.25, 100, 2) for n in range(20)]
    tracks = (Track("a"), Track("b", 40), Track("c", is_drum=True))
    return Piece.of([*rows, *beat], meter=(3, 4), tempo=100, tracks=tracks)


ETUDE = {
    "pitches_used": 21,
    "pitch_classes_used": 11,
    "pitch_range": 37,
    "pitch_entropy": 4.367097251249162,
    "pitch_class_entropy": 3.26539141038527,
    "scale_consistency": 0.7266666666666667,
    "polyphony": 2.7487373737373737,
    "polyphony_rate": 0.47461139896373056,
    "empty_beat_rate": 0.1728395061728395,
    "empty_measure_rate": 0.14814814814814814,
    "groove_consistency": 0.8942307692307693,
}
POP909_450 = {
    "pitches_used": 43,
    "pitch_classes_used": 11,
    "pitch_range": 65,
    "pitch_entropy": 4.667830531064699,
    "pitch_class_entropy": 2.720019862837824,
    "scale_consistency": 0.9930715935334873,
    "polyphony": 4.017805608128969,
    "polyphony_rate": 0.7991764333227748,
    "empty_beat_rate": 0.012658227848101222,
}


@pytest.mark.parametrize("key", ETUDE)
def test_a_measure_is_muspys(key):
    assert describe(etude())[key] == pytest.approx(ETUDE[key], abs=1e-9)


def test_grooves_are_muspys_at_the_ticks_of_the_file_too():
    assert groove_consistency(etude(), 3.0, resolution=960) == pytest.approx(0.9986778846153846, abs=1e-12)


def test_a_real_song_measures_as_muspy_says(pop909):
    with zipfile.ZipFile(pop909) as archive:
        piece = read_midi(archive.read(next(name for name in archive.namelist() if name.endswith("450/450.mid"))))
    measured = describe(piece)
    assert {key: measured[key] for key in POP909_450} == pytest.approx(POP909_450, abs=1e-9)
    assert empty_measure_rate(piece, 4.0) == pytest.approx(0.012658227848101222, abs=1e-9)
    assert groove_consistency(piece, 4.0) == pytest.approx(0.9447115384615384, abs=1e-9)


def test_a_pitch_doubled_sounds_once():
    piece = Piece.of([Note(60, 0, 2), Note(60, 1, 2, track=1), Note(64, 3, 1)], tracks=(Track(), Track()))
    assert polyphony(piece) == 1.0
    assert polyphony_rate(piece, 0) == 1.0


def test_silence_does_not_count_as_polyphony_but_as_time():
    piece = Piece.of([Note(pitch, 2, 2) for pitch in (60, 64, 67)])
    assert polyphony(piece) == 3.0
    assert polyphony_rate(piece) == 0.5


def test_c_major_fits_one_scale_and_its_chromatic_neighbour_not(tune):
    assert scale_consistency(tune) == 1.0
    spoiled = Piece.of([*(Note(int(p), n, 1) for n, p in enumerate(tune.notes["pitch"])), Note(61, 20, 1)])
    assert scale_consistency(spoiled) == pytest.approx(16 / 17)


def test_density_is_in_seconds_and_leaves_out_the_silence_before():
    piece = Piece.of([Note(60, 4, 1), Note(62, 5, 1), Note(64, 6, 1), Note(65, 7, 1)], tempo=60)
    assert note_density(piece) == 1.0
    assert note_density(Piece(piece.notes, tempos=np.array([[0.0, 120.0]]))) == 2.0
    assert tempo(piece) == 60.0


def test_intervals_are_those_of_the_skyline(waltz):
    assert onset_interval(waltz) == 1.0
    assert pitch_interval(waltz) == pytest.approx((16 + 14 + 2 + 12 + 0) / 5)


def test_a_rest_of_two_beats_is_two_empty_beats_but_for_the_one_a_note_ends_on():
    piece = Piece.of([Note(60, 0, 1), Note(62, 4, 1)])
    assert empty_beat_rate(piece) == pytest.approx(2 / 6)


def test_the_usual_bar_is_the_one_in_which_most_of_the_piece_stands(tune):
    assert usual_bar(tune) == 4.0
    assert usual_bar(Piece(tune.notes, meters=np.array([[0, 1, 4], [1, 3, 4], [10, 2, 4.0]]))) == 3.0


def test_silence_has_no_measures_but_no_error_either():
    measured = describe(Piece.of([]))
    assert measured["pitches_used"] == measured["pitch_range"] == 0
    assert all(np.isnan(measured[key]) for key in ("pitch_entropy", "polyphony", "groove_consistency", "note_density"))


def test_every_measure_says_what_it_is():
    assert len({measure.key for measure in MEASURES}) == len(MEASURES)
    assert all(measure.title and measure.about.endswith((".", "notes.")) for measure in MEASURES)
