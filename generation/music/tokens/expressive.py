"""Chords with their length and loudness, and rests: after Blanchard et al., in our reading.

    C4.E4.G4 1 f      rest 0.5      D4 0.5 mf

The music is one line of chords. Notes that start together on the grid are a chord; it sounds as long as its longest
note, at most until the next chord, and is as loud as its notes on average. What is silent is a rest. Time is the sum of
the tokens, so the beat is kept exactly.

All pieces are moved to one key (C major or A minor) and one tempo, each by choice. A chord that is too rare for the
vocabulary gets another loudness, or is shortened and followed by a rest, or is reduced to its highest note; if none of
these is in the vocabulary, it becomes a rest. There is no unknown token.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from generation.music.score.keys import semitones_to_one_key, transpose_to_one_key
from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.tokens.grid import TWELFTHS, chords
from generation.music.tokens.pitches import PITCH_NAMES
from generation.music.tokens.vocabulary import Vocabulary

LOUDNESS = ("pp", "p", "mp", "mf", "f", "ff")
VELOCITIES = (30, 48, 64, 80, 96, 114)
_LOUDER_FROM = (39, 56, 72, 88, 105)  # velocity where the next word begins
# Twelfths of a beat. Rests of the last eight make up any gap; chords may last as long as any of these.
LENGTHS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 21, 24, 30, 32, 36, 42, 48)
RESTS = (1, 2, 3, 4, 6, 12, 24, 48)
_LEGATO = 3  # a chord that ends so shortly before the next is held until it

Event = tuple[bytes, int, int]  # pitches, length in twelfths, loudness; no pitches is a rest


@dataclass(frozen=True)
class Expressive:
    name: str = "expressive"
    one_key: bool = field(default=True, metadata={"meaning": "all pieces in C major or A minor"})
    one_tempo: bool = field(
        default=True, metadata={"meaning": "keep beats as written; no: keep seconds, all at one tempo"}
    )
    tempo: float = field(
        default=120.0,
        metadata={"least": 10, "most": 400, "meaning": "tempo of the output, in quarter notes per minute"},
    )
    at_least: int = field(
        default=3, metadata={"least": 1, "meaning": "how often a word must occur to be in the vocabulary"}
    )

    def fit(self, pieces: Iterable[Piece]) -> Vocabulary:
        counts = Counter(event for piece in pieces for event in self.events(piece) if event[0])
        kept = sorted(word(event) for event, count in counts.items() if count >= self.at_least)
        return Vocabulary((*(word((b"", rest, 0)) for rest in RESTS), *kept))

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        tokens: list[int] = []
        for event in self.events(piece):
            token, silent = _nearest_token(event, vocabulary)
            if token is not None:
                tokens.append(token)
            tokens += [vocabulary[word((b"", rest, 0))] for rest in _rests(silent)]
        return np.array(tokens, np.int32)

    def events(self, piece: Piece) -> list[Event]:
        """The piece as one line of chords and rests; silence before the first chord is left out."""
        piece = transpose_to_one_key(piece) if self.one_key else piece
        if not self.one_tempo:
            piece = _stretch_to_tempo(piece, self.tempo)
        line = chords(piece)
        loudness = np.searchsorted(_LOUDER_FROM, line.velocities, side="right")
        gaps = np.append(np.diff(line.places), LENGTHS[-1])  # the last chord may sound as long as any
        sounds = np.maximum(np.round(line.lengths * TWELFTHS).astype(int), 1)
        sounds = np.where(sounds > gaps - _LEGATO, gaps, sounds)
        lengths = np.array(LENGTHS)[np.searchsorted(LENGTHS, sounds, side="right") - 1]
        silences = gaps - lengths
        silences[-1:] = 0
        events: list[Event] = []
        rows = zip(line.pitches, lengths.tolist(), loudness.tolist(), silences.tolist(), strict=True)
        for pitches, length, loud, silent in rows:
            events.append((pitches, length, loud))
            events += [(b"", rest, 0) for rest in _rests(silent)]
        return events

    def semitones(self, piece: Piece) -> int:
        """By how much `encode` moves the piece; what continues it is moved back."""
        return semitones_to_one_key(piece) if self.one_key else 0

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        rows = []
        position = 0
        for token in tokens:
            pitches, length, loudness = event(vocabulary.words[token])
            start = position / TWELFTHS
            rows += [(start, length / TWELFTHS, pitch, VELOCITIES[loudness], 0) for pitch in pitches]
            position += length
        return Piece(sort_notes(np.array(rows, NOTE)), tempos=np.array([[0.0, self.tempo]]))

    def grammar(self, vocabulary: Vocabulary) -> None:
        return None  # any chord or rest may follow any other


@lru_cache(maxsize=200_000)
def word(event: Event) -> str:
    pitches, length, loudness = event
    if not pitches:
        return f"rest {length / TWELFTHS:.4g}"
    return f"{'.'.join(PITCH_NAMES[pitch] for pitch in pitches)} {length / TWELFTHS:.4g} {LOUDNESS[loudness]}"


@lru_cache(maxsize=200_000)
def event(word: str) -> Event:
    names, length, *loudness = word.split(" ")
    twelfths = round(float(length) * TWELFTHS)
    if names == "rest":
        return b"", twelfths, 0
    return bytes(PITCH_NAMES.index(name) for name in names.split(".")), twelfths, LOUDNESS.index(loudness[0])


def _rests(silent: int) -> list[int]:
    """A silence as rests, the longest first."""
    rests = []
    for rest in reversed(RESTS):
        rests += [rest] * (silent // rest)
        silent %= rest
    return rests


def _nearest_token(event: Event, vocabulary: Vocabulary) -> tuple[int | None, int]:
    """The token nearest to what is meant, and how long the silence behind it must be to keep the time."""
    pitches, length, loudness = event
    if not pitches:
        return vocabulary[word(event)], 0
    for chord in (pitches, pitches[-1:]):
        for shorter in (known for known in reversed(LENGTHS) if known <= length):
            for near in sorted(range(len(LOUDNESS)), key=lambda other: abs(other - loudness)):
                if word((chord, shorter, near)) in vocabulary:
                    return vocabulary[word((chord, shorter, near))], length - shorter
    return None, length


def _stretch_to_tempo(piece: Piece, tempo: float) -> Piece:
    """The piece at one tempo, sounding as it did: its beats are stretched instead."""
    notes = piece.notes.copy()
    starts = piece.seconds_at(piece.notes["start"])
    notes["start"] = starts * tempo / 60
    notes["duration"] = (piece.seconds_at(piece.ends) - starts) * tempo / 60
    return Piece(notes, piece.tracks, np.array([[0.0, tempo]]), name=piece.name)
