"""Polyphony as Magenta's polyphony network reads it: every sixteenth says what begins and what goes on, from the top.

    start  new 67  new 60  step  on 67  new 62  step  step  end

A note that is not continued has ended. After Magenta's polyphony_lib, number by number.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.tokens.free_grammar import FreeGrammar
from generation.music.tokens.vocabulary import Vocabulary

STEPS = 4  # to a beat
VELOCITY = 100
START, END, STEP, NEW, GOES_ON = 0, 1, 2, 3, 3 + 128  # the last two are followed by a token for each pitch
TEMPO = "tempo of the output, in quarter notes per minute: tokens do not contain it"
SHORTEST, LONGEST = 80, 512  # steps of what Magenta trains on


@dataclass(frozen=True)
class Polyphony:
    name: str = "polyphony"
    tempo: float = field(default=120.0, metadata={"least": 10, "most": 400} | {"meaning": TEMPO})

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        """The same words for every corpus."""
        pitches = range(128)
        return Vocabulary(
            ("start", "end", "step", *(f"new {pitch}" for pitch in pitches), *(f"on {pitch}" for pitch in pitches))
        )

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        notes = piece.without_drums().notes
        starts = (notes["start"] * STEPS + 0.5).astype(int)
        ends = np.maximum(((notes["start"] + notes["duration"]) * STEPS + 0.5).astype(int), starts + 1)
        steps = int(ends.max()) if len(ends) else 0
        # A row for every note at every step it sounds: step, pitch from the top, those that go on first.
        lengths = ends - starts
        first = np.repeat(np.cumsum(lengths) - lengths, lengths)
        offset = np.arange(lengths.sum()) - first
        step = np.repeat(starts, lengths) + offset
        pitch = np.repeat(notes["pitch"].astype(int), lengths)
        begins = offset == 0
        tokens = np.where(begins, NEW, GOES_ON) + pitch
        step = np.concatenate([step, np.arange(steps)])
        tokens = np.concatenate([tokens, np.full(steps, STEP)])
        height = np.concatenate([128 - pitch, np.full(steps, 200)])
        order = np.lexsort((np.concatenate([begins, np.ones(steps, bool)]), height, step))
        return np.concatenate([[START], tokens[order], [END]]).astype(np.int32)

    def sequences(self, piece: Piece, vocabulary: Vocabulary) -> list[np.ndarray]:
        """What of a piece is trained on: parts of 32 bars in four. Magenta would leave out any longer piece."""
        beats = LONGEST // STEPS
        parts = [piece.excerpt(start, start + beats) for start in range(0, max(int(piece.beats), 1), beats)]
        tokens = [self.encode(part, vocabulary) for part in parts]
        return [part for part in tokens if np.count_nonzero(part == STEP) >= SHORTEST]

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        """What is not continued ends; what is continued without having begun, and an end on the way, is passed over."""
        rows: list[tuple[float, float, int, int, int]] = []
        sounding: list[tuple[int, int]] = []
        ending: list[int] = []
        now = 0
        events = [int(token) for token in tokens if token not in (START, END)]
        for token in [*events, STEP, STEP]:
            if token >= GOES_ON:
                if token - GOES_ON in ending:
                    ending.remove(token - GOES_ON)
            elif token >= NEW:
                sounding.append((token - NEW, now))
            else:
                for note in list(sounding):
                    if note[0] in ending:
                        ending.remove(note[0])
                        sounding.remove(note)
                        rows.append((note[1] / STEPS, (now - note[1]) / STEPS, note[0], VELOCITY, 0))
                now += 1
                ending = [pitch for pitch, _ in sounding]
        return Piece(sort_notes(np.array(rows, NOTE)), tempos=np.array([[0.0, self.tempo]]))

    def grammar(self, vocabulary: Vocabulary) -> FreeGrammar:
        return FreeGrammar(np.where(np.arange(len(vocabulary)) == STEP, 1 / STEPS, 0.0))
