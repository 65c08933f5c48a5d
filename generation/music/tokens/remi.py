"""Bar, position, pitch, velocity, duration: REMI, after Huang and Yang, Pop Music Transformer (2020).

    start  bar 4/4  tempo 90  position 0  pitch 72  velocity 82  duration 1  pitch 48 ...  bar 4/4 ...  end

Positions rise within a bar and pitches fall within a position, melody first: one piece has one spelling, and a
grammar can say at every place what may come next.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from generation.music.score.keys import semitones_to_one_key, transpose_to_one_key
from generation.music.score.notes import NOTE, Piece, sort_notes
from generation.music.tokens.grid import PLACES, TWELFTHS, snap
from generation.music.tokens.vocabulary import Vocabulary

NOTHING, START, END, BAR, TEMPO, POSITION, PITCH, VELOCITY, DURATION = range(9)  # kinds of words

METERS = (*((n, 4) for n in range(1, 7)), *((n, 8) for n in range(1, 13)), (1, 2), (2, 2), (3, 2))
BARS = np.array([TWELFTHS * 4 * numerator // denominator for numerator, denominator in METERS])  # twelfths of a beat
POSITIONS = np.concatenate([beat * TWELFTHS + PLACES for beat in range(BARS.max() // TWELFTHS)])
DURATIONS = np.array(
    [2, 3, 4, 6, 8, *range(9, 49, 3), *range(60, 97, 12)]
)  # twelfths: a sixteenth's triplet to 8 beats
TEMPOS = np.round(np.geomspace(40, 240, 32)).astype(int)  # 6 % apart
VELOCITIES = np.arange(2, 128, 4)  # 32, the middles of their bins


@dataclass(frozen=True)
class Remi:
    name: str = "remi"
    tempo: bool = field(
        default=True, metadata={"meaning": "add a word to a bar whose tempo differs from the bar before"}
    )
    lowest: int = field(
        default=21,
        metadata={
            "least": 0,
            "most": 127,
            "meaning": "lowest MIDI pitch; lower notes are moved up by octaves",
        },
    )
    highest: int = field(
        default=108,
        metadata={"least": 0, "most": 127, "meaning": "highest MIDI pitch; higher notes are moved down by octaves"},
    )
    one_key: bool = field(default=False, metadata={"meaning": "all pieces in C major or A minor"})

    def fit(self, pieces: Iterable[Piece] = ()) -> Vocabulary:
        """The same words for every corpus."""
        return Vocabulary(tuple(word for words in self._words.values() for word in words))

    @cached_property
    def _words(self) -> dict[int, list[str]]:
        return {
            START: ["start"],
            END: ["end"],
            BAR: [f"bar {numerator}/{denominator}" for numerator, denominator in METERS],
            TEMPO: [f"tempo {tempo}" for tempo in TEMPOS] if self.tempo else [],
            POSITION: [f"position {place / TWELFTHS:.4g}" for place in POSITIONS],
            PITCH: [f"pitch {pitch}" for pitch in range(self.lowest, self.highest + 1)],
            VELOCITY: [f"velocity {velocity}" for velocity in VELOCITIES],
            DURATION: [f"duration {duration / TWELFTHS:.4g}" for duration in DURATIONS],
        }

    @cached_property
    def first(self) -> dict[int, int]:
        """The first token of each kind; those of a kind stand together."""
        sizes = [len(words) for words in self._words.values()]
        return dict(zip(self._words, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))

    @cached_property
    def kinds(self) -> np.ndarray:
        return np.repeat(list(self._words), [len(words) for words in self._words.values()])

    def encode(self, piece: Piece, vocabulary: Vocabulary) -> np.ndarray:
        piece = transpose_to_one_key(piece) if self.one_key else piece
        notes = piece.without_drums().notes
        start, duration, velocity = notes["start"].copy(), notes["duration"].copy(), notes["velocity"].copy()
        bars, meters = bars_of(piece)
        # A note just before a bar line belongs to the bar it leads into, if it snaps onto the line.
        bar = np.maximum(np.searchsorted(bars, start + 1 / 24 + 1e-9, side="right") - 1, 0)
        place = snap(np.maximum(start - bars[bar], 0))
        place = np.minimum(place, _last_place(BARS)[meters[bar]])
        pitch = _within(notes["pitch"], self.lowest, self.highest)
        kept = _first_of_each(bar * _BAR + place * _PLACE + pitch, duration)
        bar, place, pitch, duration, velocity = (column[kept] for column in (bar, place, pitch, duration, velocity))

        opening = int(bar.min()) if len(bar) else 0  # empty bars before the first note are no music
        closing = int(bar.max()) + 1 if len(bar) else 1
        lines = np.arange(opening, closing)
        tokens = [self.first[BAR] + meters[lines]]
        keys = [lines * _BAR]
        if self.tempo:
            tempos = _nearest(TEMPOS, _tempo_of_bars(piece, bars, closing)[opening:])
            new = np.append(True, np.diff(tempos) != 0)
            tokens.append(self.first[TEMPO] + tempos[new])
            keys.append(lines[new] * _BAR + 1)
        group = bar * _BAR + place * _PLACE
        group = group[np.append(True, np.diff(group) > 0)[: len(group)]]
        tokens.append(self.first[POSITION] + np.searchsorted(POSITIONS, group % _BAR // _PLACE))
        keys.append(group + 2)
        note = bar * _BAR + place * _PLACE + 4 * (self.highest - pitch) + 3
        tokens += [
            self.first[PITCH] + pitch - self.lowest,
            self.first[VELOCITY] + velocity // 4,
            self.first[DURATION] + _nearest(DURATIONS, duration * TWELFTHS),
        ]
        keys += [note, note + 1, note + 2]
        order = np.argsort(np.concatenate(keys), kind="stable")
        return np.concatenate([[self.first[START]], np.concatenate(tokens)[order], [self.first[END]]]).astype(np.int32)

    def semitones(self, piece: Piece) -> int:
        """By how much `encode` moves the piece; what continues it is moved back."""
        return semitones_to_one_key(piece) if self.one_key else 0

    def decode(self, tokens: Iterable[int], vocabulary: Vocabulary) -> Piece:
        """The piece up to the first end; a note whose velocity or duration is missing (cut off) is left out."""
        tokens = np.asarray(tokens, int)
        kinds = self.kinds[tokens]
        if (kinds == END).any():
            tokens, kinds = tokens[: int(np.argmax(kinds == END))], kinds[: int(np.argmax(kinds == END))]
        value = tokens - np.array([0, *self.first.values()])[kinds]
        is_bar = kinds == BAR
        meters = value[is_bar]
        lines = np.concatenate([[0], np.cumsum(BARS[meters])])  # where each bar begins, and the last ends
        bar = np.maximum(np.cumsum(is_bar) - 1, 0)

        whole = np.flatnonzero(kinds[:-2] == PITCH) if len(kinds) > 2 else np.array([], int)
        whole = whole[(kinds[whole + 1] == VELOCITY) & (kinds[whole + 2] == DURATION)]
        position = np.maximum.accumulate(np.where(kinds == POSITION, np.arange(len(kinds)), 0))[whole]
        whole, position = whole[kinds[position] == POSITION], position[kinds[position] == POSITION]
        notes = np.zeros(len(whole), NOTE)
        notes["start"] = (lines[bar[whole]] + POSITIONS[value[position]]) / TWELFTHS
        notes["duration"] = DURATIONS[value[whole + 2]] / TWELFTHS
        notes["pitch"] = value[whole] + self.lowest
        notes["velocity"] = VELOCITIES[value[whole + 1]]
        piece = Piece(_cut_repeated_notes(notes))
        if len(meters):
            piece = replace(piece, meters=_runs(lines[:-1] / TWELFTHS, np.array(METERS, float)[meters]))
        if (kinds == TEMPO).any():
            tempo = kinds == TEMPO
            piece = replace(
                piece, tempos=_runs(lines[bar[tempo]] / TWELFTHS, TEMPOS[value[tempo]].astype(float)[:, None])
            )
        return piece

    def grammar(self, vocabulary: Vocabulary) -> "RemiGrammar":
        return RemiGrammar(self)


_PLACE = 1024  # apart: room for every pitch of a position
_BAR = 128 * _PLACE  # apart: room for every position of a bar


def bars_of(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """Where each bar begins (beats) and which of `METERS` it has; a meter we have no word for counts as 4/4."""
    begins, meters = [], []
    end = piece.beats + 1e-6
    for number, (beat, numerator, denominator) in enumerate(piece.meters):
        meter = METERS.index((numerator, denominator)) if (numerator, denominator) in METERS else METERS.index((4, 4))
        until = piece.meters[number + 1, 0] if number + 1 < len(piece.meters) else max(end, beat + 1e-3)
        lines = np.arange(beat, until - 1e-6, BARS[meter] / TWELFTHS)
        kinds = np.full(len(lines), meter)
        rest = until - lines[-1] if len(lines) else 0
        if number + 1 < len(piece.meters) and len(lines) and rest < BARS[meter] / TWELFTHS - 1e-6:
            kinds[-1] = int(np.argmin(np.abs(BARS - rest * TWELFTHS)))  # a bar cut short by the next meter
        begins.append(lines)
        meters.append(kinds)
    return np.concatenate(begins), np.concatenate(meters)


def _last_place(bar: np.ndarray) -> np.ndarray:
    return POSITIONS[np.searchsorted(POSITIONS, bar) - 1]


def _within(pitch: np.ndarray, lowest: int, highest: int) -> np.ndarray:
    pitch = pitch.astype(int)
    pitch = np.where(pitch < lowest, pitch + 12 * -((pitch - lowest) // 12), pitch)
    return np.where(pitch > highest, pitch - 12 * -((highest - pitch) // 12), pitch)


def _first_of_each(key: np.ndarray, duration: np.ndarray) -> np.ndarray:
    """Of notes of one key (a melody doubled by the piano) the longest; in the order of their keys."""
    order = np.argsort((key << 20) + np.minimum(duration * 960, (1 << 20) - 1).astype(np.int64), kind="stable")
    return order[np.append(np.diff(key[order]) > 0, True)[: len(key)]]


def _nearest(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.searchsorted((values[1:] + values[:-1]) / 2, wanted, side="left")


def _tempo_of_bars(piece: Piece, bars: np.ndarray, count: int) -> np.ndarray:
    """Quarter notes a minute in each of the first `count` bars, on average."""
    lines = np.append(bars, max(piece.beats, bars[-1] + 1.0))[: count + 1]
    return 60 * np.diff(lines) / np.diff(piece.seconds_at(lines))


def _cut_repeated_notes(notes: np.ndarray) -> np.ndarray:
    """In order, a note ending where its pitch is struck again: a key cannot sound twice."""
    notes = notes[np.lexsort((notes["start"], notes["pitch"]))]
    same = np.diff(notes["pitch"]) == 0
    gaps = np.diff(notes["start"])
    notes["duration"][:-1] = np.where(same, np.minimum(notes["duration"][:-1], gaps), notes["duration"][:-1])
    return sort_notes(notes[notes["duration"] > 0])


def _runs(beats: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows of (beat, value...) where the value is another than before, from zero on."""
    changed = np.append(True, (np.diff(values, axis=0) != 0).any(axis=1))
    rows = np.column_stack([beats, values])[changed]
    rows[0, 0] = 0.0
    return rows


@dataclass(frozen=True)
class State:
    """Where each of the clips stands."""

    kind: np.ndarray  # (batch,) of the last word
    line: np.ndarray  # where the present bar begins, in twelfths of a beat
    bar: np.ndarray  # how long it is
    place: np.ndarray  # the last position in it, -1 before the first
    pitch: np.ndarray  # the last pitch at that position, 128 before the first


class RemiGrammar:
    """Which word may follow: two looks into small tables for each clip, however long it is already."""

    def __init__(self, encoding: Remi):
        kinds, first = encoding.kinds, encoding.first
        self._kinds = kinds
        self._first = first
        follows = {
            NOTHING: [START],
            START: [BAR],
            END: [END],
            BAR: [TEMPO, POSITION, BAR, END],
            TEMPO: [POSITION, BAR, END],
            POSITION: [PITCH],
            PITCH: [VELOCITY],
            VELOCITY: [DURATION],
            DURATION: [PITCH, POSITION, BAR, END],
        }
        self._follows = np.array([np.isin(kinds, follows[kind]) for kind in range(9)])  # (kind, vocabulary)
        self._positions = slice(first[POSITION], first[PITCH])
        self._pitches = slice(first[PITCH], first[VELOCITY])
        self._later = POSITIONS[None, :] > np.arange(-1, BARS.max())[:, None]  # (place + 1, position)
        self._inside = POSITIONS[None, :] < np.arange(BARS.max() + 1)[:, None]  # (bar, position)
        pitches = np.arange(encoding.lowest, encoding.highest + 1)
        self._lower = pitches[None, :] < np.arange(129)[:, None]  # (pitch, pitch)
        self._length = np.zeros(len(kinds), int)
        self._length[kinds == BAR] = BARS
        self._place = np.zeros(len(kinds), int)
        self._place[kinds == POSITION] = POSITIONS
        self._pitch = np.zeros(len(kinds), int)
        self._pitch[kinds == PITCH] = pitches

    def start(self, batch: int) -> State:
        nothing = np.zeros(batch, int)
        return State(nothing, nothing, nothing, nothing - 1, nothing + 128)

    def allowed_tokens(self, state: State) -> np.ndarray:
        mask = self._follows[state.kind]  # (batch, vocabulary), a copy
        mask[:, self._positions] &= self._later[state.place + 1] & self._inside[state.bar]
        mask[:, self._pitches] &= self._lower[state.pitch]
        return mask

    def advance(self, state: State, tokens: np.ndarray) -> State:
        kind = self._kinds[tokens]
        is_bar, is_position = kind == BAR, kind == POSITION
        place = np.where(is_position, self._place[tokens], state.place)
        pitch = np.where(kind == PITCH, self._pitch[tokens], state.pitch)
        return State(
            kind,
            np.where(is_bar, state.line + state.bar, state.line),
            np.where(is_bar, self._length[tokens], state.bar),
            np.where(is_bar, -1, place),
            np.where(is_bar | is_position, 128, pitch),
        )

    def beats(self, state: State) -> np.ndarray:
        return (state.line + np.maximum(state.place, 0)) / TWELFTHS
