import pytest

from generation.music.corpora.musicxml import piece_from_score
from generation.music.score.keys import key_of, transpose_to_one_key
from generation.music.score.notes import Note, Piece


def test_a_tune_in_c_stays_in_c_however_it_was_transposed(tune):
    for semitones in range(-6, 6):
        up = tune.transpose(semitones)
        assert key_of(up) == (semitones % 12, "major")
        assert key_of(transpose_to_one_key(up)) == (0, "major")


def test_minor_goes_to_a_minor():
    scale = [62, 64, 65, 67, 69, 70, 61, 62, 65, 69, 62]
    piece = Piece.of(Note(pitch, beat, 1) for beat, pitch in enumerate(scale))
    assert key_of(piece) == (2, "minor")
    assert key_of(transpose_to_one_key(piece)) == (9, "minor")
    assert transpose_to_one_key(piece).notes["pitch"][0] == 57


def test_silence_is_in_c():
    assert key_of(Piece.of([])) == (0, "major")


@pytest.mark.parametrize("work", ["bach/bwv66.6", "bach/bwv269", "bach/bwv347", "bach/bwv153.1"])
def test_the_key_is_the_one_that_music21_finds(work):
    from music21 import corpus

    score = corpus.parse(work).stripTies()
    key = score.analyze("krumhansl")
    assert key_of(piece_from_score(score)) == (key.tonic.pitchClass, key.mode)
