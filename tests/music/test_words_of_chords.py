from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece, Track
from generation.music.tokens.encodings import ENCODINGS
from generation.music.tokens.pitches import normal_order
from generation.music.tokens.vocabulary import Vocabulary

PAPER, SKULI = ENCODINGS["pitches"], ENCODINGS["normal-orders"]


def test_notes_that_start_together_are_one_word():
    piece = Piece.of(
        [Note(60, 0.0, 1.0), Note(64, 0.01, 1.0), Note(67, 0.0, 3.0), Note(70, 1 / 3, 1.0), Note(61, 0.5, 1.0)]
    )
    vocabulary = PAPER.fit([piece])
    assert vocabulary.spell(PAPER.encode(piece, vocabulary)) == ["C4.E4.G4", "A#4", "C#4"]


def test_the_vocabulary_holds_what_occurs_and_a_word_for_the_rest(waltz):
    assert PAPER.fit([waltz]).words == ("unknown", "C5", "E3.G3.C4", "E3.G3.C4.D5", "E5")
    assert SKULI.fit([waltz]).words == ("unknown", "0.2.4.7", "0.4.7", "C5", "E5")


def test_a_chord_that_training_never_saw_is_unknown_and_comes_back_as_a_rest(tune, waltz):
    vocabulary = PAPER.fit([tune])
    assert vocabulary.spell(PAPER.encode(waltz, vocabulary)) == [*["unknown"] * 3, "C5", *["unknown"] * 2]
    assert len(PAPER.decode([vocabulary.unknown, vocabulary["C4"]], vocabulary)) == 1


def test_every_word_takes_half_a_beat():
    vocabulary = Vocabulary(("unknown", "C4.E4", "A#3"))
    piece = PAPER.decode([1, 2, 0, 2], vocabulary)
    assert piece == Piece.of([Note(60, 0, 0.5), Note(64, 0, 0.5), Note(58, 0.5, 0.5), Note(58, 1.5, 0.5)])


def test_skulis_chords_come_back_around_middle_c_and_sound_a_beat():
    vocabulary = Vocabulary(("unknown", "11.2.5", "G2"))
    piece = SKULI.decode([1, 2], vocabulary)
    assert piece == Piece.of([Note(71, 0, 1), Note(62, 0, 1), Note(65, 0, 1), Note(43, 0.5, 1)])


def test_drums_are_no_words():
    piece = Piece.of([Note(60, 0, 1), Note(38, 0, 1, track=1)], tracks=(Track(), Track(is_drum=True)))
    assert PAPER.fit([piece]).words == ("unknown", "C4")


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 127), min_size=1, max_size=6), max_size=20))
def test_chords_on_half_beats_come_back_from_their_words(chords):
    piece = Piece.of(Note(pitch, place / 2, 0.5) for place, chord in enumerate(chords) for pitch in chord)
    vocabulary = PAPER.fit([piece])
    assert PAPER.decode(PAPER.encode(piece, vocabulary), vocabulary) == piece


@settings(deadline=None)
@given(st.lists(st.text(max_size=5), unique=True))
def test_a_vocabulary_comes_back_from_its_file(words):
    vocabulary = Vocabulary(tuple(words))
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


def test_tokens_are_small_integers(tune):
    tokens = PAPER.encode(tune, PAPER.fit([tune]))
    assert tokens.dtype == np.int32
    assert PAPER.encode(Piece.of([]), PAPER.fit([tune])).tolist() == []


def test_normal_order_is_music21s_for_every_set_of_pitch_classes():
    # music21's own chords, one in thirty: all 4,095 agree, but take it seconds.
    from music21.chord import Chord

    sets = [classes for size in range(1, 13) for classes in combinations(range(12), size)]
    for classes in sets[::30]:
        assert normal_order(frozenset(classes)) == tuple(Chord(list(classes)).normalOrder), classes
