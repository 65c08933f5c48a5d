"""Performances as Magenta's performance networks read them: notes go on and off, time moves in hundredths of a second.

    velocity 20  on 60  on 64  shift 35  off 60  shift 4  off 64

After Magenta's performance_lib, number by number (compared with note_seq 0.0.5). There is no beat in these words: a
piece comes back at 120 quarter notes a minute, whatever its tempo was.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.tokens.free_grammar import FreeGrammar
from generation.music.tokens.vocabulary import Vocabulary

STEPS = 100  # to a second
LONGEST_SHIFT = 100  # steps
TEMPO = 120.0
ON, OFF, SHIFT, LOUDER = range(4)  # kinds of words
VELOCITY = 100  # where no word tells
HOW_LONG = "maximum duration of a composed note in seconds: the networks often forget to end one"


@dataclass(frozen=True)
class Performance:
    name: str = "performance"
    velocities: int = field(default=0, metadata={"least": 0, "most": 127, "meaning": "bins of loudness; 0: none"})
    longest: float = field(default=5.0, metadata={"least": 0.01, "meaning": HOW_LONG})

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        """The same words for every corpus."""
        return Vocabulary(
            tuple(
                f"{word} {value}"
                for word, values in (
                    ("on", range(128)),
                    ("off", range(128)),
                    ("shift", range(1, LONGEST_SHIFT + 1)),
                    ("velocity", range(1, self.velocities + 1)),
                )
                for value in values
            )
        )

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        notes = piece.without_drums().notes
        starts = _steps(piece.seconds_at(notes["start"]))
        ends = np.maximum(_steps(piece.seconds_at(notes["start"] + notes["duration"])), starts + 1)
        return self._tokens(starts, ends, notes["pitch"], notes["velocity"])

    def _tokens(self, starts: np.ndarray, ends: np.ndarray, pitches: np.ndarray, velocities: np.ndarray) -> np.ndarray:
        """What happens in its order: by step, within one by note, and a note begins before it ends."""
        count = len(starts)
        order = np.lexsort(
            (np.repeat([False, True], count), np.tile(np.arange(count), 2), np.concatenate([starts, ends]))
        )
        bins = (velocities.astype(int) - 1) // self._bin + 1 if self.velocities else np.zeros(count, int)
        tokens, now, loudness = [], 0, 0
        for event in order.tolist():
            note, ending = event % count, event >= count
            step = int(ends[note] if ending else starts[note])
            while step - now > LONGEST_SHIFT:
                tokens.append(self.token(SHIFT, LONGEST_SHIFT))
                now += LONGEST_SHIFT
            if step > now:
                tokens.append(self.token(SHIFT, step - now))
                now = step
            if not ending and bins[note] != loudness:
                loudness = int(bins[note])
                tokens.append(self.token(LOUDER, loudness))
            tokens.append(self.token(OFF if ending else ON, int(pitches[note])))
        return np.array(tokens, np.int32)

    @property
    def _bin(self) -> int:
        return -(-127 // self.velocities)  # MIDI velocities in one bin

    def token(self, kind: int, value: int) -> int:
        return (value, 128 + value, 255 + value, 255 + LONGEST_SHIFT + value)[kind]

    def word(self, token: int) -> tuple[int, int]:
        """The kind and the value of a token."""
        for kind, first in ((LOUDER, 256 + LONGEST_SHIFT), (SHIFT, 256), (OFF, 128)):
            if token >= first:
                return kind, token - first + (0 if kind == OFF else 1)
        return ON, token

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        """What does not end sounds to the end, or for `longest`; what ends without having begun is passed over."""
        sounding: dict[int, deque[tuple[int, int]]] = defaultdict(deque)  # start and velocity, by pitch
        rows, now, velocity = [], 0, VELOCITY
        for token in tokens:
            kind, value = self.word(int(token))
            if kind == SHIFT:
                now += value
            elif kind == LOUDER:
                velocity = 1 + (value - 1) * self._bin
            elif kind == ON:
                sounding[value].append((now, velocity))
            elif sounding[value]:
                rows.append(self._row(value, sounding[value].popleft(), now))
        rows += [self._row(pitch, began, now) for pitch, begun in sounding.items() for began in begun]
        return Piece(sort_notes(np.array([row for row in rows if row[1] > 0], NOTE)))

    def _row(self, pitch: int, began: tuple[int, int], end: int) -> tuple[float, float, int, int, int]:
        start, velocity = began
        steps = min(end - start, self.longest * STEPS)
        beats = TEMPO / 60 / STEPS
        return start * beats, steps * beats, pitch, velocity, 0

    def beginning(self, rng: np.random.Generator) -> list[int]:
        """What to compose from, where nothing is given: a second of silence, as Magenta does."""
        return [self.token(SHIFT, LONGEST_SHIFT)]

    def grammar(self, vocabulary: Vocabulary) -> FreeGrammar:
        words = map(self.word, range(len(vocabulary)))
        return FreeGrammar(np.array([value * TEMPO / 60 / STEPS if kind == SHIFT else 0.0 for kind, value in words]))


def _steps(seconds: np.ndarray) -> np.ndarray:
    return (seconds * STEPS + 0.5).astype(int)
