"""What a piece owes to a corpus: the longest run of notes that it shares with it, and where that comes from.

A run is compared as it is heard, not as it is written: in any key and at any tempo. Human pieces share runs with a
corpus too, so what counts is whether a clip shares more than held-out human music of the same length does (after Yin,
Reuben, Stepney and Collins, 2022: the "originality report").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.music.score.notes import Piece
from generation.music.tokens.grid import TWELFTHS, chords

LONGEST = 256  # events; a longer copy counts as this long
GRAM = 8  # events in an n-gram: with their rhythm, about two bars of melody
BEYOND = 0.99  # of human excerpts share less than a clip that is flagged

_LEAP = 24  # semitones; wider intervals are all one
_RATIO = 8  # halvings or doublings of an inter-onset interval, in steps of a half


def melody_events(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """The highest notes as steps: the interval to the note before and how its wait compares with the one before that.

    Intervals in semitones, waits by their ratio (its logarithm to base 2, to halves), so that key and tempo do not
    matter.

    Returns
    -------
    A number for each event, and the beat at which its note begins.
    """
    line = chords(piece)
    tops = np.array([pitches[-1] for pitches in line.pitches], int)
    if len(tops) < 2:
        return np.zeros(0, np.int64), np.zeros(0)
    intervals = np.clip(np.diff(tops), -_LEAP, _LEAP)
    waits = np.diff(line.places)
    ratios = np.append(0, np.clip(np.round(2 * np.log2(waits[1:] / waits[:-1])), -_RATIO, _RATIO)).astype(int)
    return ((intervals + _LEAP) * (2 * _RATIO + 1) + ratios + _RATIO).astype(np.int64), line.places[1:] / TWELFTHS


def chord_events(piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """The chords as steps: the interval from top to top, and which pitch classes lie below the top. No rhythm, so that
    music without any (half a beat a token) is compared as well.
    """
    line = chords(piece)
    if len(line.pitches) < 2:
        return np.zeros(0, np.int64), np.zeros(0)
    tops = np.array([pitches[-1] for pitches in line.pitches], int)
    shapes = np.array([sum(1 << below for below in {(p[-1] - q) % 12 for q in p}) for p in line.pitches], np.int64)
    return np.clip(np.diff(tops), -_LEAP, _LEAP) * 4096 + shapes[1:], line.places[1:] / TWELFTHS


VIEWS = {"melody": melody_events, "chords": chord_events}


@dataclass(frozen=True)
class Match:
    """The same events in a piece and in the corpus."""

    events: int  # one less than the notes (or chords) that are alike
    beat: float  # where it begins in the piece: the first note that was reached by the same step
    name: str  # of the piece in the corpus
    place: float  # the beat there
    bar: int  # and the bar there, from 1


class Index:
    """Every run of a corpus, in order: a suffix array over the events of all pieces."""

    def __init__(self, pieces: Sequence[Piece], view: str = "melody"):
        self.view = view
        self._pieces = list(pieces)
        parts = [VIEWS[view](piece) for piece in pieces]
        # Each piece ends in a number of its own, so that no run leads from one piece into the next.
        ends = np.arange(len(parts), dtype=np.int64) + (1 << 40)
        self._events = np.concatenate([np.append(events, end) for (events, _), end in zip(parts, ends, strict=True)])
        self._beats = np.concatenate([np.append(beats, 0.0) for _, beats in parts])
        self._piece = np.repeat(np.arange(len(parts)), [len(events) + 1 for events, _ in parts])
        self._order = _sort_suffixes(self._events)

    def __len__(self) -> int:
        return len(self._events) - len(self._pieces)

    def match_lengths(self, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each event, how many events from it on are the same somewhere in the corpus, and where (an index)."""
        wanted = np.append(events, -1)  # -1 is in no piece
        starts = np.arange(len(events))
        low, high = np.zeros(len(events), int), np.full(len(events), len(self._order))
        while (low < high).any():  # where each would stand in the order
            middle = (low + high) // 2
            _, less = self._compare_ranks(np.minimum(middle, len(self._order) - 1), wanted, starts)
            searching = low < high
            low, high = np.where(searching & less, middle + 1, low), np.where(searching & ~less, middle, high)
        best, place = np.zeros(len(events), int), np.zeros(len(events), int)
        for neighbour in (low - 1, low):  # the longest match is the one before or the one after
            inside = np.clip(neighbour, 0, len(self._order) - 1)
            length, _ = self._compare_ranks(inside, wanted, starts)
            length = np.where(inside == neighbour, length, 0)
            place, best = np.where(length > best, self._order[inside], place), np.maximum(best, length)
        return best, place

    def _compare_ranks(
        self, ranks: np.ndarray, wanted: np.ndarray, starts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How many events are alike, and whether the corpus's come before in the order."""
        places = self._order[ranks]
        length, less = _compare(self._events, places, wanted, starts, 8)
        long = np.flatnonzero(length == 8)  # few are
        length[long], less[long] = _compare(self._events, places[long], wanted, starts[long], LONGEST)
        return length, less

    def longest_match(self, piece: Piece) -> Match:
        events, beats = VIEWS[self.view](piece)
        shared, places = self.match_lengths(events)
        return self.match_at(shared, places, beats)

    def match_at(self, shared: np.ndarray, places: np.ndarray, beats: np.ndarray) -> Match:
        """The longest of the runs in `shared`, `beats` being those of the events."""
        if not len(shared) or not shared.max():
            return Match(0, 0.0, "", 0.0, 0)
        at = int(shared.argmax())
        place = int(places[at])
        piece = self._pieces[self._piece[place]]
        beat = float(self._beats[place])
        bar = int(np.searchsorted(piece.bar_lines(), beat + 1e-6, side="right"))
        return Match(int(shared[at]), float(beats[at]), piece.name, beat, bar)


@dataclass(frozen=True)
class Originality:
    """What a clip shares with the corpus, beside what human music of the same length does."""

    match: Match
    events: int  # of the clip
    grams: float  # share of its n-grams that stand in the corpus, 0 to 1; NaN for a clip shorter than one
    human_run: float  # the longest run of human excerpts: their median
    human_most: float  # and that which `BEYOND` of them do not exceed
    human_grams: float  # their share of n-grams, on average
    rank: float  # share of human excerpts with a shorter run, 0 to 1
    excerpts: int  # how many they are

    @property
    def is_flagged(self) -> bool:
        """Whether the clip copies more than human pieces do."""
        return self.excerpts > 0 and self.match.events > self.human_most


def originality(
    clips: Sequence[Piece], corpus: Sequence[Piece], held_out: Sequence[Piece], *, view: str = "melody"
) -> list[Originality]:
    """Every clip against the corpus it may have been learnt from.

    Parameters
    ----------
    clips : what is to be judged
    corpus : the pieces that the network was trained on
    held_out : human pieces of the same kind that it was not; without any nothing is flagged. Those that are in
        `corpus` all the same, because nobody knows what the network was trained on, are compared with the rest of it
    view : "melody" (highest notes and their rhythm) or "chords" (all notes, no rhythm)
    """
    index = Index(corpus, view)
    theirs = {piece.digest() for piece in held_out}
    rest = [piece for piece in corpus if piece.digest() not in theirs]
    others = index if len(rest) == len(corpus) else Index(rest, view)
    human = [others.match_lengths(VIEWS[view](piece)[0])[0] for piece in held_out]
    return [_judge(clip, index, human) for clip in clips]


def _judge(clip: Piece, index: Index, human: list[np.ndarray]) -> Originality:
    events, beats = VIEWS[index.view](clip)
    shared, places = index.match_lengths(events)
    match = index.match_at(shared, places, beats)
    excerpts = [_measure_excerpts(whole, len(events)) for whole in human]
    runs = np.concatenate([np.zeros(0), *(runs for runs, _ in excerpts)])
    grams = np.concatenate([np.zeros(0), *(grams for _, grams in excerpts)])
    if not len(runs):
        return Originality(match, len(events), _gram_share(shared), np.nan, np.nan, np.nan, np.nan, 0)
    return Originality(
        match,
        len(events),
        _gram_share(shared),
        float(np.median(runs)),
        float(np.quantile(runs, BEYOND, method="higher")),
        float(grams.mean()) if len(events) >= GRAM else np.nan,
        float((runs < match.events).mean()),
        len(runs),
    )


def _measure_excerpts(shared: np.ndarray, events: int) -> tuple[np.ndarray, np.ndarray]:
    """The longest run and the share of n-grams of every excerpt of so many events; they follow by a quarter of it."""
    if not events or len(shared) < events:
        return np.zeros(0), np.zeros(0)
    excerpts = np.lib.stride_tricks.sliding_window_view(shared, events)[:: max(events // 4, 1)]
    cut = np.minimum(excerpts, np.arange(events, 0, -1))  # a run that leads out of an excerpt ends with it
    if events < GRAM:
        return cut.max(axis=1), np.zeros(len(cut))
    return cut.max(axis=1), (excerpts[:, : events - GRAM + 1] >= GRAM).mean(axis=1)


def _gram_share(shared: np.ndarray) -> float:
    return float((shared[: len(shared) - GRAM + 1] >= GRAM).mean()) if len(shared) >= GRAM else float("nan")


def _sort_suffixes(events: np.ndarray) -> np.ndarray:
    """The places of all suffixes in the order of their first `LONGEST` events, by doubling (Manber and Myers)."""
    values, rank = np.unique(events, return_inverse=True)
    bits = len(values).bit_length()
    length = max(62 // bits, 1)  # so many events fit into one number
    key = np.zeros(len(rank), np.int64)
    for step in range(length):
        key = (key << bits) + _ranks_ahead(rank, step)
    while True:
        order = np.argsort(key, kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.cumsum(np.append(0, np.diff(key[order]) > 0))
        if length >= LONGEST or rank[order[-1]] == len(rank) - 1:
            return order
        key = rank * (len(rank) + 1) + _ranks_ahead(rank, length)
        length *= 2


def _ranks_ahead(rank: np.ndarray, steps: int) -> np.ndarray:
    """The ranks so many steps further on, from 1; 0 behind the last."""
    after = np.zeros(len(rank), np.int64)
    after[: max(len(rank) - steps, 0)] = rank[steps:] + 1
    return after


def _compare(
    ours: np.ndarray, places: np.ndarray, theirs: np.ndarray, starts: np.ndarray, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """How many of `width` events are alike from each place and start on, and whether ours come before in the order."""
    steps = np.arange(width)
    left, right = _events_at(ours, places[:, None] + steps, -2), _events_at(theirs, starts[:, None] + steps, -1)
    unlike = left != right
    length = np.where(unlike.any(axis=1), unlike.argmax(axis=1), width)
    at = np.minimum(length, width - 1)
    rows = np.arange(len(places))
    return length, (length < width) & (left[rows, at] < right[rows, at])


def _events_at(events: np.ndarray, at: np.ndarray, behind: int) -> np.ndarray:
    return np.where(at < len(events), events[np.minimum(at, len(events) - 1)], behind)
