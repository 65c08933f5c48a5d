"""What the masks let through is music, in every encoding that has one."""

import numpy as np
import pytest

from generation.music.score.notes import Piece
from generation.music.tokens.encodings import ENCODINGS

# REMI has its own, longer, in test_remi.
WITH_GRAMMAR = [
    name for name, encoding in ENCODINGS.items() if encoding.grammar(encoding.fit([])) is not None and name != "remi"
]


def walks(encoding, clips: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Random tokens that the grammar allows, for many clips side by side (clips, steps), and how far each has come."""
    grammar = encoding.grammar(encoding.fit([]))
    state = grammar.start(clips)
    walk, beats = np.zeros((clips, steps), np.int32), np.zeros((clips, steps))
    for step in range(steps):
        allowed = grammar.allowed_tokens(state)
        assert allowed.any(axis=1).all()
        walk[:, step] = np.argmax(allowed * rng.random(allowed.shape, np.float32), axis=1)
        state = grammar.advance(state, walk[:, step])
        beats[:, step] = grammar.beats(state)
    return walk, beats


def is_music(piece: Piece, latest: float) -> bool:
    notes = piece.notes
    return (
        bool((notes["duration"] > 0).all() and (notes["start"] >= 0).all())
        and bool((notes["start"] <= latest + 1e-6).all())
        and bool(((notes["pitch"] >= 0) & (notes["pitch"] <= 127)).all())
        and bool(((notes["velocity"] >= 1) & (notes["velocity"] <= 127)).all())
        and bool((np.diff(piece.meters[:, 0]) > 0).all() and (np.diff(piece.tempos[:, 0]) > 0).all())
    )


@pytest.mark.parametrize("name", WITH_GRAMMAR)
def test_ten_thousand_random_walks_are_all_music(name):
    encoding = ENCODINGS[name]
    words = encoding.fit([])
    walk, beats = walks(encoding, 10_000, 16, np.random.default_rng(1))
    assert (np.diff(beats, axis=1) >= 0).all()  # time never runs back
    pieces = [encoding.decode(tokens, words) for tokens in walk]
    assert all(is_music(piece, end) for piece, end in zip(pieces, beats[:, -1], strict=True))
    assert max(map(len, pieces)) > 3
    assert len({piece.digest() for piece in pieces[:500]}) > 300


def test_the_others_have_words_that_may_follow_any_other():
    assert set(ENCODINGS) - set(WITH_GRAMMAR) == {"remi", "pitches", "normal-orders", "expressive"}
