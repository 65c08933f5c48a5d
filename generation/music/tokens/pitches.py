"""Notes and chords as words, half a beat each: how the paper and Skuli's tutorial see music.

Rhythm, loudness and length are not in the words. Notes that start together on the grid are one chord.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.tokens.grid import chords
from generation.music.tokens.vocabulary import UNKNOWN, Vocabulary

# Sharps only, middle C is C4. music21 would write the flat E of octave 1 as E-1, which is also the E of octave -1.
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
PITCH_NAMES = tuple(f"{_NAMES[pitch % 12]}{pitch // 12 - 1}" for pitch in range(128))
_PITCHES = {name: pitch for pitch, name in enumerate(PITCH_NAMES)}


@dataclass(frozen=True)
class Pitches:
    """The paper's words: every chord by its pitches, "C4.E4.G4"."""

    name: str = "pitches"
    step: float = field(
        default=0.5, metadata={"least": 0.05, "most": 16, "meaning": "beats from one token to the next"}
    )
    length: float = field(default=0.5, metadata={"least": 0.05, "most": 16, "meaning": "duration of a token in beats"})
    velocity: int = field(default=80, metadata={"least": 1, "most": 127, "meaning": "velocity of the output"})

    def fit(self, pieces: Iterable[Piece]) -> Vocabulary:
        seen = set().union(*(chords(piece).pitches for piece in pieces))
        return Vocabulary((UNKNOWN, *sorted({self.word(chord) for chord in seen})))

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        word = self.word
        return np.array([vocabulary[word(chord)] for chord in chords(piece).pitches], np.int32)

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        rows = []
        for number, token in enumerate(tokens):
            for pitch in self.pitches(vocabulary.words[token]):
                rows.append((number * self.step, self.length, pitch, self.velocity, 0))
        return Piece(sort_notes(np.array(rows, NOTE)))

    def grammar(self, vocabulary: Vocabulary) -> None:
        return None  # any chord may follow any other

    @staticmethod
    @lru_cache(maxsize=200_000)
    def word(chord: bytes) -> str:
        return ".".join(PITCH_NAMES[pitch] for pitch in chord)

    @staticmethod
    def pitches(word: str) -> tuple[int, ...]:
        """The MIDI numbers of a word; an unknown chord is a rest."""
        return () if word == UNKNOWN else tuple(_PITCHES[name] for name in word.split("."))


@dataclass(frozen=True)
class NormalOrders(Pitches):
    """Skuli's words: a note by its pitch, "C4", a chord by its normal order, "0.4.7", whatever its octaves.

    A chord comes back in the octave of middle C, as from `note.Note(4)` in that tutorial, and sounds a whole beat while
    the next begins after half of one.
    """

    name: str = "normal-orders"
    length: float = 1.0

    @staticmethod
    @lru_cache(maxsize=200_000)
    def word(chord: bytes) -> str:
        if len(chord) == 1:
            return PITCH_NAMES[chord[0]]
        return ".".join(str(pitch_class) for pitch_class in normal_order(frozenset(pitch % 12 for pitch in chord)))

    @staticmethod
    def pitches(word: str) -> tuple[int, ...]:
        if word == UNKNOWN:
            return ()
        if word in _PITCHES:
            return (_PITCHES[word],)
        return tuple(60 + int(pitch_class) for pitch_class in word.split("."))


@lru_cache(maxsize=4096)
def normal_order(pitch_classes: frozenset[int]) -> tuple[int, ...]:
    """The most compact way to write pitch classes upwards: of all rotations the one with the smallest span, then
    packed closest to its beginning, then beginning lowest. As the `normalOrder` of music21's chords.
    """
    ordered = sorted(pitch_classes)
    rotations = [ordered[turn:] + ordered[:turn] for turn in range(len(ordered))]

    def compactness(rotation: list[int]) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        spans = tuple((pitch_class - rotation[0]) % 12 for pitch_class in rotation)
        return spans[-1:], spans, rotation[0]

    most_compact = min(rotations, key=compactness)
    return tuple(most_compact)
