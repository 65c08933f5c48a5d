"""Pieces as tokens and back: one module for each encoding.

An encoding is a frozen dataclass with

    name                              what presets call it
    fit(pieces) -> Vocabulary         the words it needs for them
    encode(piece, vocabulary)         -> tokens, an array of int32
    decode(tokens, vocabulary)        -> piece
    grammar(vocabulary)               -> Grammar, which tokens may follow; None where all may

and, where there is more to say,

    sequences(piece, vocabulary)      -> tokens in parts: what of a piece is trained on, where that is not all of it
    history()                         -> what a network is fed after each token of a clip, where that is not the token
    inputs                            how many numbers that are
    beginning(rng)                    -> tokens to compose from where nothing is given
    semitones(piece)                  by how much encoding moves a piece, so that a continuation can be moved back
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from generation.music.score.notes import Piece
from generation.music.tokens.expressive import Expressive
from generation.music.tokens.melody import KeyMelody, Lookback, Melody
from generation.music.tokens.performance import Performance
from generation.music.tokens.pitches import NormalOrders, Pitches
from generation.music.tokens.polyphony import Polyphony
from generation.music.tokens.remi import Remi
from generation.music.tokens.vocabulary import Vocabulary


class Grammar(Protocol):
    """Which tokens may come next, for many clips side by side. A state belongs to whoever holds it."""

    def start(self, batch: int) -> Any: ...  # -> state, before any token

    def allowed_tokens(self, state: Any) -> np.ndarray: ...  # bool (batch, vocabulary)

    def advance(self, state: Any, tokens: np.ndarray) -> Any: ...  # -> state, after one more token each (batch,)

    def beats(self, state: Any) -> np.ndarray: ...  # (batch,) how far the music has come


class Encoding(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str: ...

    def fit(self, pieces: Iterable[Piece]) -> Vocabulary: ...

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray: ...

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece: ...

    def grammar(self, vocabulary: Vocabulary) -> Grammar | None: ...


class History(Protocol):
    """What a network is fed instead of tokens, counted from all tokens of one clip."""

    def read(self, token: int) -> np.ndarray: ...  # (inputs,) after one more token


@runtime_checkable
class FedByHistory(Protocol):
    """An encoding that can feed a network a history."""

    @property
    def inputs(self) -> int: ...

    def history(self) -> History: ...


ENCODINGS: dict[str, Encoding] = {
    encoding.name: encoding
    for encoding in (
        *(Pitches(), NormalOrders(), Expressive(), Remi()),
        *(Melody(), Melody("melody-all", 0, 128, -1), Melody("melody-piano", 21, 109, -1), Lookback(), KeyMelody()),
        *(Performance(), Performance("performance-dynamics", velocities=32), Polyphony()),
    )
}
