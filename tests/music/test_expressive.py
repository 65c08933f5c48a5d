import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.keys import key_of
from generation.music.score.notes import Note, Piece
from generation.music.tokens.encodings import ENCODINGS
from generation.music.tokens.expressive import LENGTHS, RESTS, VELOCITIES, Expressive
from generation.music.tokens.vocabulary import Vocabulary

AS_WRITTEN = Expressive(one_key=False, at_least=1)


def test_chords_have_a_length_and_a_loudness_and_silence_is_a_rest():
    piece = Piece.of(
        [Note(60, 0, 1, 100), Note(64, 0, 1.5, 90), Note(67, 2, 0.5, 60), Note(67, 2.5, 2.0, 30), Note(72, 3.5, 1, 127)]
    )
    vocabulary = AS_WRITTEN.fit([piece])
    assert vocabulary.spell(AS_WRITTEN.encode(piece, vocabulary)) == [
        "C4.E4 1.5 f",
        "rest 0.5",
        "G4 0.5 mp",
        "G4 1 pp",
        "C5 1 ff",
    ]


def test_a_chord_that_ends_just_before_the_next_is_held_until_it():
    piece = Piece.of([Note(60, 0, 0.8), Note(62, 1, 0.5)])
    assert AS_WRITTEN.fit([piece]).words[-2:] == ("C4 1 mf", "D4 0.5 mf")


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, 127), min_size=1, max_size=4),
            st.sampled_from([length for length in LENGTHS if length % 3 == 0]),
            st.sampled_from(VELOCITIES),
            st.sampled_from([0, 3, 12, 15]),
        ),
        max_size=12,
    )
)
@settings(deadline=None)
def test_one_line_of_chords_comes_back_from_its_tokens(line):
    place, rows = 0, []
    for pitches, length, velocity, rest in line:
        rows += [Note(pitch, place / 12, length / 12, velocity) for pitch in pitches]
        place += length + rest
    piece = Piece.of(rows)
    vocabulary = AS_WRITTEN.fit([piece])
    back = AS_WRITTEN.decode(AS_WRITTEN.encode(piece, vocabulary), vocabulary)
    assert np.allclose(back.notes["start"], piece.notes["start"])
    assert back.notes[["pitch", "velocity"]].tolist() == piece.notes[["pitch", "velocity"]].tolist()


def test_pieces_are_moved_to_one_key(tune):
    up = tune.transpose(4)
    encoding = ENCODINGS["expressive"]
    vocabulary = Expressive(at_least=1).fit([tune])
    assert encoding.encode(up, vocabulary).tolist() == encoding.encode(tune, vocabulary).tolist()
    assert key_of(encoding.decode(encoding.encode(up, vocabulary), vocabulary)) == (0, "major")


def test_tempo_is_left_out_or_turned_into_lengths(tune):
    slow = Piece(tune.notes, tempos=np.array([[0.0, 60.0]]))
    assert AS_WRITTEN.fit([slow]) == AS_WRITTEN.fit([tune])
    assert Expressive(one_key=False, one_tempo=False, at_least=1).fit([slow]).words[-1] == "G4 2 mf"


def test_a_rare_chord_is_said_as_nearly_as_the_vocabulary_can_without_losing_the_beat():
    rests = tuple(f"rest {rest / 12:.4g}" for rest in RESTS)
    vocabulary = Vocabulary((*rests, "C4.E4 1 p", "G4 0.5 mf"))
    piece = Piece.of(
        [Note(60, 0, 1), Note(64, 0, 1), Note(60, 1, 2), Note(67, 1, 2), Note(70, 3, 1), Note(60, 4, 1), Note(64, 4, 1)]
    )
    assert vocabulary.spell(AS_WRITTEN.encode(piece, vocabulary)) == [
        "C4.E4 1 p",
        "G4 0.5 mf",
        "rest 1",
        "rest 0.5",
        "rest 1",
        "C4.E4 1 p",
    ]


def test_words_that_hardly_occur_stay_out_of_the_vocabulary(tune):
    assert "C4 1 mf" in Expressive(one_key=False, at_least=2).fit([tune])
    assert "C5 1 mf" not in Expressive(one_key=False, at_least=2).fit([tune])
