"""Melodies as Magenta's melody networks read them: basic and mono, lookback, and the attention network's.

A melody is moved to one key and into three octaves, and every event of it is a token. But a network is fed more than
the last event: what can be counted from those before it, and "as one bar ago" is a token of its own. So tokens become
events, and events the network's inputs, through a `History`.

After Magenta's melody_encoder_decoder, number by number (compared with note_seq 0.0.5).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generation.music.score.notes import Piece
from generation.music.tokens.free_grammar import FreeGrammar
from generation.music.tokens.melodies import HOLD, KEYS, OFF, STEPS, melodies, notes_from_events, squash
from generation.music.tokens.vocabulary import Vocabulary

LOOKBACKS = (16, 32)  # steps: one bar and two
BAR = 16  # steps, whatever the meter: so do Magenta's networks count
SHORTEST, LONGEST = 7, 512  # bars and steps of the melodies that Magenta trains on
FIRST_PITCHES = (60, 62, 64, 65, 67, 69, 71, 72)
FEWEST_PITCHES = 5  # pitch classes; with less it is no melody


def _value(default: float, least: float, most: float, meaning: str) -> Any:
    """A field that presets can set."""
    return field(default=default, metadata={"least": least, "most": most, "meaning": meaning})


@dataclass(frozen=True)
class Melody:
    """A token for each event, and nothing else is fed: Magenta's basic network, and mono with all pitches."""

    name: str = "melody"
    low: int = _value(48, 0, 116, "lowest MIDI pitch")
    high: int = _value(84, 12, 128, "MIDI pitch above the highest")
    key: int = _value(0, -1, 11, "key to which every melody is transposed: 0 is C major; -1: none")
    tempo: float = _value(120.0, 10, 400, "tempo of the output, in quarter notes per minute: tokens do not contain it")

    @property
    def inputs(self) -> int:
        """How many numbers the network is fed at a step."""
        return 2 + self.high - self.low

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        """The same words for every corpus."""
        return Vocabulary(("hold", "off", *map(str, range(self.low, self.high))))

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        """The whole melody, with the silences in it."""
        return self.tokens(self._transpose(piece)[0])

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        return notes_from_events(self.events(tokens), self.tempo)

    def beginning(self, rng: np.random.Generator) -> list[int]:
        """A first note to compose from, where nothing is given: of C major, near the middle. (Magenta's own program
        always takes middle C.)"""
        return self.tokens([int(rng.choice(FIRST_PITCHES))]).tolist()

    def semitones(self, piece: Piece) -> int:
        """By how much `encode` moves the piece; what continues it is moved back."""
        return self._transpose(piece)[1]

    def _transpose(self, piece: Piece) -> tuple[list[int], int]:
        _, _, events = next(melodies(piece, gap_bars=None), (0, 0, []))
        return self._squash(events)

    def _squash(self, events: list[int]) -> tuple[list[int], int]:
        return squash(events, self.low, self.high, None if self.key < 0 else self.key)

    def sequences(self, piece: Piece, vocabulary: Vocabulary) -> list[np.ndarray]:
        """What of a piece is trained on: the melodies between silences that are long and varied enough."""
        kept = []
        for _, bar, events in melodies(piece):
            events, long_enough = events[:LONGEST], len(events) >= SHORTEST * bar
            if long_enough and len({event % 12 for event in events if event >= 0}) >= FEWEST_PITCHES:
                kept.append(self.tokens(self._squash(events)[0]))
        return kept

    def grammar(self, vocabulary: Vocabulary) -> FreeGrammar:
        return FreeGrammar(np.full(len(vocabulary), 1 / STEPS))

    def history(self) -> "History":
        return History(self)

    def tokens(self, events: list[int]) -> np.ndarray:
        return np.array([self.token(events, position) for position in range(len(events))], np.int32)

    def events(self, tokens: Iterable[int]) -> list[int]:
        events: list[int] = []
        for token in tokens:
            events.append(self.event(int(token), events))
        return events

    def token(self, events: list[int], position: int) -> int:
        """The token of the event at a position."""
        event = events[position]
        return event - self.low + 2 if event >= 0 else event + 2

    def event(self, token: int, before: list[int]) -> int:
        """What a token stands for after some events."""
        return token - 2 + self.low if token >= 2 else token - 2


@dataclass(frozen=True)
class Lookback(Melody):
    """Besides the events there are tokens for "as one bar ago" and "as two bars ago"; the latter comes first."""

    name: str = "melody-lookback"
    counters: int = _value(5, 1, 16, "bits for the position within a bar that the network is fed")

    @property
    def inputs(self) -> int:
        return 3 * self.plain + self.counters + len(LOOKBACKS)

    @property
    def plain(self) -> int:
        """The first token that says "as before"; those below it stand for events."""
        return 2 + self.high - self.low

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        return Vocabulary((*super().fit().words, "as 1 bar ago", "as 2 bars ago"))

    def history(self) -> "History":
        return LookbackHistory(self)

    def token(self, events: list[int], position: int) -> int:
        if position < LOOKBACKS[-1] and events[position] == HOLD:
            return self.plain + len(LOOKBACKS) - 1  # before the beginning nothing happened, two bars ago too
        for number in reversed(range(len(LOOKBACKS))):
            if repeats(events, position, LOOKBACKS[number]):
                return self.plain + number
        return self.plain_token(events[position])

    def event(self, token: int, before: list[int]) -> int:
        if token < self.plain:
            return self.plain_event(token)
        distance = LOOKBACKS[token - self.plain]
        return before[-distance] if len(before) >= distance else HOLD

    def plain_token(self, event: int) -> int:
        return event - self.low + 2 if event >= 0 else event + 2

    def plain_event(self, token: int) -> int:
        return token - 2 + self.low if token >= 2 else token - 2


@dataclass(frozen=True)
class KeyMelody(Lookback):
    """As lookback; the network is also told what sounds, whether the melody rises, and which keys it could be in."""

    name: str = "melody-key"
    counters: int = _value(7, 1, 16, "bits for the position within a bar that the network is fed")

    @property
    def inputs(self) -> int:
        return (self.high - self.low) + 2 + 2 + len(LOOKBACKS) + self.counters + 1 + 12 + 12

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        pitches = map(str, range(self.low, self.high))
        return Vocabulary((*pitches, "hold", "off", "as 1 bar ago", "as 2 bars ago"))

    def history(self) -> "History":
        return KeyHistory(self)

    def plain_token(self, event: int) -> int:
        return event - self.low if event >= 0 else self.plain - (2 if event == HOLD else 1)

    def plain_event(self, token: int) -> int:
        return self.low + token if token < self.plain - 2 else HOLD if token == self.plain - 2 else OFF


def repeats(events: list[int], position: int, distance: int) -> bool:
    return position >= distance and events[position] == events[position - distance]


def binary_counter(number: int, bits: int) -> list[float]:
    """A whole number in twos, lowest first, as 1 and -1."""
    return [1.0 if number >> bit & 1 else -1.0 for bit in range(bits)]


class History:
    """The events of one clip so far, and what the network is fed after each: here the last event alone."""

    def __init__(self, encoding: Melody):
        self.encoding = encoding
        self.events: list[int] = []

    def read(self, token: int) -> np.ndarray:
        """The network's inputs after one more token (inputs,)."""
        return self.follow(self.encoding.event(int(token), self.events))

    def follow(self, event: int) -> np.ndarray:
        """The network's inputs after one more event."""
        self.events.append(event)
        row = np.zeros(self.encoding.inputs, np.float32)
        row[self.encoding.token(self.events, len(self.events) - 1)] = 1
        return row


class LookbackHistory(History):
    """The last event; what would follow it as one and two bars ago; the place in the bars; whether it repeats."""

    encoding: Lookback

    def follow(self, event: int) -> np.ndarray:
        encoding, events = self.encoding, self.events
        events.append(event)
        row = np.zeros(encoding.inputs, np.float32)
        row[encoding.plain_token(event)] = 1
        for number, distance in enumerate(LOOKBACKS, start=1):
            then = events[-distance] if len(events) >= distance else HOLD
            row[number * encoding.plain + encoding.plain_token(then)] = 1
        row[3 * encoding.plain :] = [
            *binary_counter(len(events), encoding.counters),
            *(repeats(events, len(events) - 1, distance) for distance in LOOKBACKS),
        ]
        return row


class KeyHistory(History):
    encoding: KeyMelody

    def __init__(self, encoding: KeyMelody):
        super().__init__(encoding)
        self.sounding: int | None = None
        self.attack = 0.0
        self.direction = 0.0  # 1 after a step upwards, -1 after one downwards
        self.recent: deque[int] = deque(maxlen=3)  # the last pitches, each once
        self.keys = np.zeros(12, int)  # how many notes so far fit each major key

    def follow(self, event: int) -> np.ndarray:
        self.events.append(event)
        if event == HOLD:
            self.attack = 0.0
        elif event == OFF:
            self.sounding = None  # and the attack stays as it was: so it is in Magenta, and its networks know it so
        else:
            self._begin(event)
        return self._row()

    def _begin(self, pitch: int) -> None:
        self.sounding, self.attack = pitch, 1.0
        self.keys += KEYS[pitch % 12]
        if self.recent and pitch != self.recent[-1]:
            self.direction = 1.0 if pitch > self.recent[-1] else -1.0
        if pitch in self.recent:
            self.recent.remove(pitch)
        self.recent.append(pitch)

    def _row(self) -> np.ndarray:
        encoding, events = self.encoding, self.events
        pitches = encoding.high - encoding.low
        row = np.zeros(encoding.inputs, np.float32)
        if self.sounding is None:
            row[pitches + 1] = 1
        else:
            row[self.sounding - encoding.low] = row[pitches] = 1
        row[pitches + 2 : -24] = [
            self.attack,
            self.direction,
            *(repeats(events, len(events) - 1, distance) for distance in LOOKBACKS),
            *binary_counter(len(events), encoding.counters),
            len(events) % BAR == 0,
        ]
        lately = KEYS[[pitch % 12 for pitch in self.recent]].sum(axis=0)
        row[-24:-12] = self.keys == self.keys.max()
        row[-12:] = lately == lately.max()
        return row
