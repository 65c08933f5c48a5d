import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.score.notes import Note, Piece, Track, read_midi, write_midi
from generation.music.tokens.encodings import ENCODINGS
from generation.music.tokens.grid import PLACES
from generation.music.tokens.remi import DURATIONS, METERS, TEMPOS, VELOCITIES, Remi

REMI = ENCODINGS["remi"]
VOCABULARY = REMI.fit()


def test_a_waltz_in_words(waltz):
    assert VOCABULARY.spell(REMI.encode(waltz, VOCABULARY)) == [
        "start",
        *("bar 3/4", "tempo 151"),
        *("position 0", "pitch 76", "velocity 90", "duration 2"),
        *("position 1", "pitch 60", "velocity 50", "duration 1"),
        *("pitch 55", "velocity 50", "duration 1", "pitch 52", "velocity 50", "duration 1"),
        *("position 2", "pitch 74", "velocity 90", "duration 1"),
        *("pitch 60", "velocity 50", "duration 1"),
        *("pitch 55", "velocity 50", "duration 1", "pitch 52", "velocity 50", "duration 1"),
        "bar 3/4",
        *("position 0", "pitch 72", "velocity 90", "duration 3"),
        *("position 1", "pitch 60", "velocity 50", "duration 1"),
        *("pitch 55", "velocity 50", "duration 1", "pitch 52", "velocity 50", "duration 1"),
        *("position 2", "pitch 60", "velocity 50", "duration 1"),
        *("pitch 55", "velocity 50", "duration 1", "pitch 52", "velocity 50", "duration 1"),
        "end",
    ]


@st.composite
def on_the_grid(draw) -> Piece:
    """What the words can say exactly: places, lengths and loudness of the vocabulary, no key struck while it sounds."""
    meter = draw(st.sampled_from(METERS))
    bar = 12 * 4 * meter[0] // meter[1]
    places = [place for place in (12 * beat + PLACES for beat in range(24)) for place in place.tolist()]
    rows = []
    for pitch in draw(st.lists(st.integers(REMI.lowest, REMI.highest), min_size=1, max_size=6, unique=True)):
        free = 0
        for place in draw(st.lists(st.sampled_from(places), min_size=1, max_size=6, unique=True).map(sorted)):
            within = place % bar
            duration = int(draw(st.sampled_from(DURATIONS.tolist())))
            if place >= free and within in [12 * beat + p for beat in range(6) for p in PLACES]:
                rows.append(Note(pitch, place / 12, duration / 12, int(draw(st.sampled_from(VELOCITIES.tolist())))))
                free = place + duration
    first = min((row.start for row in rows), default=0)
    rows = [Note(r.pitch, r.start - first // (bar / 12) * (bar / 12), r.duration, r.velocity) for r in rows]
    return Piece.of(rows, meter=meter, tempo=float(draw(st.sampled_from(TEMPOS.tolist()))))


@given(on_the_grid())
@settings(max_examples=80, deadline=None)
def test_a_piece_on_the_grid_comes_back_from_its_words(piece):
    back = REMI.decode(REMI.encode(piece, VOCABULARY), VOCABULARY)
    assert np.allclose(back.notes["start"], piece.notes["start"])
    assert np.allclose(back.notes["duration"], piece.notes["duration"])
    assert back.notes["pitch"].tolist() == piece.notes["pitch"].tolist()
    assert back.notes["velocity"].tolist() == piece.notes["velocity"].tolist()
    assert back.meters.tolist() == piece.meters.tolist()
    assert back.tempos.tolist() == piece.tempos.tolist()


def any_piece() -> st.SearchStrategy[Piece]:
    """As somebody might play: off the grid, in several meters and tempos, notes on top of each other."""
    note = st.builds(
        Note,
        st.integers(0, 127),
        st.floats(0, 40, allow_nan=False),
        st.floats(0.001, 9),
        st.integers(1, 127),
        st.integers(0, 1),
    )
    meter = st.tuples(st.floats(0, 40), st.integers(1, 13), st.sampled_from([1, 2, 4, 8, 16]))
    tempo = st.tuples(st.floats(0, 40), st.floats(4, 1000))

    def built(notes, meters, tempos):
        def rows(changes):
            ordered = np.array(sorted({row[0]: row for row in changes}.values()), float)
            ordered[0, 0] = 0.0
            return ordered

        return Piece(Piece.of(notes).notes, (Track(), Track()), rows(tempos), rows(meters))

    return st.builds(
        built,
        st.lists(note, max_size=40),
        st.lists(meter, min_size=1, max_size=4),
        st.lists(tempo, min_size=1, max_size=4),
    )


def follows(grammar, tokens) -> bool:
    state = grammar.start(1)
    for token in tokens:
        if not grammar.allowed_tokens(state)[0, token]:
            return False
        state = grammar.advance(state, np.array([token]))
    return True


@pytest.mark.parametrize("encoding", [REMI, Remi(tempo=False, lowest=36, highest=84)])
@given(piece=any_piece())
@settings(max_examples=60, deadline=None)
def test_what_is_encoded_keeps_to_the_grammar(encoding, piece):
    vocabulary = encoding.fit()
    assert follows(encoding.grammar(vocabulary), encoding.encode(piece, vocabulary))


def test_the_grammar_refuses_what_is_no_music():
    grammar = REMI.grammar(VOCABULARY)
    for words in (
        ["bar 4/4"],
        ["start", "position 0"],
        ["start", "bar 3/4", "position 3"],
        ["start", "bar 4/4", "position 1", "position 2"],
        ["start", "bar 4/4", "position 1", "pitch 60", "duration 1"],
        ["start", "bar 4/4", "position 1", "pitch 60", "velocity 50", "duration 1", "pitch 60"],
        ["start", "bar 4/4", "position 1", "pitch 60", "velocity 50", "duration 1", "position 1"],
        ["start", "bar 4/4", "position 1", "pitch 60", "velocity 50", "duration 1", "tempo 90"],
        ["start", "bar 4/4", "end", "bar 4/4"],
    ):
        tokens = VOCABULARY.tokens(words)
        assert follows(grammar, tokens[:-1])
        assert not follows(grammar, tokens)


def walks(clips: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Random tokens that the grammar allows, for many clips side by side: (clips, steps)."""
    grammar = REMI.grammar(VOCABULARY)
    state = grammar.start(clips)
    walk = np.zeros((clips, steps), np.int32)
    for step in range(steps):
        allowed = grammar.allowed_tokens(state)
        assert allowed.any(axis=1).all()
        walk[:, step] = np.argmax(allowed * rng.random(allowed.shape), axis=1)
        state = grammar.advance(state, walk[:, step])
    return walk


def test_ten_thousand_random_walks_are_all_music():
    lengths = set()
    for walk in walks(10_000, 60, np.random.default_rng(1)):
        piece = REMI.decode(walk, VOCABULARY)
        notes = piece.notes
        assert (notes["duration"] > 0).all()
        assert (notes["start"] >= 0).all()
        assert ((notes["pitch"] >= REMI.lowest) & (notes["pitch"] <= REMI.highest)).all()
        assert (np.diff(piece.meters[:, 0]) > 0).all()
        order = np.lexsort((notes["start"], notes["pitch"]))
        same_key = np.diff(notes["pitch"][order]) == 0
        ends = (notes["start"] + notes["duration"])[order]
        assert (ends[:-1] <= notes["start"][order][1:] + 1e-9)[same_key].all()
        lengths.add(len(piece))
    assert max(lengths) > 10


def test_a_walk_can_be_written_and_read():
    for walk in walks(50, 200, np.random.default_rng(2)):
        piece = REMI.decode(walk, VOCABULARY)
        if len(piece):
            assert read_midi(write_midi(piece)).notes["pitch"].tolist() == piece.notes["pitch"].tolist()


def test_the_grammar_knows_how_far_the_music_has_come(waltz):
    grammar = REMI.grammar(VOCABULARY)
    state = grammar.start(1)
    beats = []
    for token in REMI.encode(waltz, VOCABULARY):
        state = grammar.advance(state, np.array([token]))
        beats.append(float(grammar.beats(state)[0]))
    assert sorted(set(beats)) == [0, 1, 2, 3, 4, 5]
    assert beats == sorted(beats)


def test_what_is_cut_off_within_a_note_loses_that_note(waltz):
    tokens = REMI.encode(waltz, VOCABULARY)
    assert [len(REMI.decode(tokens[:end], VOCABULARY)) for end in (0, 1, 4, 5, 6, 7, 8, 11)] == [0, 0, 0, 0, 0, 1, 1, 2]


def test_a_doubled_note_is_said_once_and_as_long_as_its_longest():
    piece = Piece.of([Note(60, 0, 1, 50), Note(60, 0, 2, 90, track=1)], tracks=(Track(), Track()))
    back = REMI.decode(REMI.encode(piece, VOCABULARY), VOCABULARY)
    assert back.notes[["duration", "velocity"]].tolist() == [(2.0, 90)]


def test_a_note_just_before_the_bar_line_belongs_to_the_bar_it_leads_into():
    piece = Piece.of([Note(60, 0, 1), Note(62, 3.99, 1)])
    assert VOCABULARY.spell(REMI.encode(piece, VOCABULARY))[7:10] == ["bar 4/4", "position 0", "pitch 62"]


def test_music_begins_with_the_first_bar_that_has_a_note():
    piece = Piece.of([Note(60, 9.0, 1)])
    assert REMI.decode(REMI.encode(piece, VOCABULARY), VOCABULARY).notes["start"].tolist() == [1.0]
