import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.music.analysis.originality import VIEWS, Index, chord_events, melody_events, originality
from generation.music.score.notes import Note, Piece


def walk(seed: int, notes: int = 200, *, name: str = "") -> Piece:
    """A melody that nobody else has."""
    rng = np.random.default_rng(seed)
    pitches = 60 + np.cumsum(rng.integers(-4, 5, notes)) % 24
    starts = np.cumsum(rng.choice([0.25, 0.5, 1.0], notes))
    return Piece.of(
        (Note(int(p), float(s), 0.25) for p, s in zip(pitches, starts, strict=True)), name=name or str(seed)
    )


def at_double_length(piece: Piece) -> Piece:
    notes = piece.notes.copy()
    notes["start"] *= 2
    return Piece(notes, name=piece.name)


@pytest.mark.parametrize("view", VIEWS)
def test_events_are_the_same_in_every_key_and_at_every_speed(view, tune, waltz):
    for piece in (tune, waltz, walk(1)):
        events, _ = VIEWS[view](piece)
        assert VIEWS[view](piece.transpose(3))[0].tolist() == events.tolist()
        assert VIEWS[view](at_double_length(piece))[0].tolist() == events.tolist()


def test_a_melody_is_its_highest_notes_and_chords_are_all_of_them(waltz):
    without_bass = Piece(waltz.notes[waltz.notes["pitch"] > 55], waltz.tracks)
    assert melody_events(waltz)[0].tolist() == melody_events(without_bass)[0].tolist()
    assert chord_events(waltz)[0].tolist() != chord_events(without_bass)[0].tolist()


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=25), min_size=1, max_size=4),
    st.lists(st.integers(0, 2), min_size=1, max_size=25),
)
@settings(max_examples=150, deadline=None)
def test_the_longest_runs_are_those_that_a_search_of_everything_finds(corpus, query):
    def piece(steps: list[int]) -> Piece:
        pitches = 40 + np.cumsum([0, *steps])
        return Piece.of(Note(int(pitch), place / 2, 0.5) for place, pitch in enumerate(pitches))

    index = Index([piece(steps) for steps in corpus], "chords")
    shared, places = index.match_lengths(chord_events(piece(query))[0])
    joined = ["".join(map(str, steps)) for steps in corpus]
    text = "".join(map(str, query))
    for start, length in enumerate(shared):
        longest = max(
            size for size in range(len(text) - start + 1) if any(text[start : start + size] in song for song in joined)
        )
        assert length == longest
    assert len(places) == len(query)


def test_a_copy_is_found_with_its_place_in_any_key_and_at_any_speed():
    corpus = [walk(seed, name=f"song {seed}") for seed in range(5)]
    copied = corpus[3].excerpt(float(corpus[3].notes["start"][50]), float(corpus[3].notes["start"][90]))
    for clip in (copied, copied.transpose(-5), at_double_length(copied)):
        run = Index(corpus).longest_match(clip)
        assert run.name == "song 3"
        assert run.events == 38  # of 40 notes: one has none before it, and the next no wait before its own
        assert run.place == corpus[3].notes["start"][52]
        assert run.bar == int(run.place // 4) + 1


def test_no_run_leads_from_one_piece_into_the_next():
    first, second = walk(1, 30, name="a"), walk(2, 30, name="b")
    joined = np.concatenate([first.notes, second.shift(first.beats).notes])
    assert Index([first, second]).longest_match(Piece(joined)).events <= 30


def test_a_clip_that_copies_more_than_people_do_is_flagged_and_says_from_where():
    corpus = [walk(seed, name=f"song {seed}") for seed in range(20)]
    held_out = [walk(seed) for seed in range(100, 120)]
    copied = corpus[7].excerpt(20, 50).transpose(2)
    own = walk(300, 60)
    thief, maker = originality([copied, own], corpus, held_out)
    assert thief.is_flagged
    assert thief.match.name == "song 7"
    assert thief.grams > 0.8
    assert thief.rank == 1.0
    assert not maker.is_flagged
    assert maker.grams == 0.0
    assert maker.match.events <= maker.human_most < thief.match.events


def test_what_everybody_shares_is_no_copy():
    scale = Piece.of((Note(60 + n % 12, n / 2, 0.5) for n in range(60)), name="scales")
    clip, *_ = originality([scale], [scale, walk(1)], [scale.transpose(1), walk(2)])
    assert clip.match.events == 59
    assert not clip.is_flagged


def test_held_out_pieces_of_the_corpus_are_no_copies_of_themselves():
    corpus = [walk(seed, name=f"song {seed}") for seed in range(20)]
    copied, *_ = originality([corpus[3].excerpt(20, 50)], corpus, corpus[:4])
    assert copied.match.name == "song 3"
    assert copied.human_most < 10
    assert copied.is_flagged


def test_without_people_to_compare_with_nothing_is_flagged():
    clip, *_ = originality([walk(1)], [walk(1)], [])
    assert clip.match.events == 199
    assert clip.excerpts == 0
    assert not clip.is_flagged


def test_silence_and_short_clips_share_nothing(tune):
    silence, note = Piece.of([]), Piece.of([Note(60, 0, 1)])
    for clip in originality([silence, note], [tune], [walk(1)]):
        assert clip.match.events == clip.events == 0
        assert np.isnan(clip.grams)
        assert not clip.is_flagged
    assert Index([silence]).longest_match(tune).events == 0


def test_a_copy_of_a_whole_song_counts_as_long_as_any_can():
    song = walk(1, 500)
    assert Index([song]).longest_match(song).events == 256
