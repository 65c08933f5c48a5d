"""A piece as melodies, a melody as events, an event for each sixteenth: a note begins, the note ends, or nothing new.

A melody begins at the bar line before its first note and ends where a bar of silence follows.
After Magenta's melodies_lib and melody_pipelines, to the note (compared with note_seq 0.0.5).
"""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from generation.music.score.notes import NOTE, Piece

HOLD, OFF = -2, -1  # nothing new; the note ends. Anything else is the pitch of a note that begins
STEPS = 4  # to a beat
VELOCITY = 100

MAJOR = (0, 2, 4, 5, 7, 9, 11)
# Which of the twelve major keys hold a pitch class.
KEYS = np.array([[(pitch - key) % 12 in MAJOR for key in range(12)] for pitch in range(12)], np.int64)


def melodies(piece: Piece, *, gap_bars: int | None = 1) -> Iterator[tuple[int, int, list[int]]]:
    """Every melody of a piece: its first step, the steps of its bars, and its events. Without a gap they are one.

    The melody track is taken, or the highest voice where there is none (`Piece.melody`). Steps are counted in beats,
    so that a change of tempo cuts nothing.
    """
    notes = piece.melody().without_drums().notes
    notes = notes[notes["velocity"] > 0]
    starts = (notes["start"] * STEPS + 0.5).astype(int)
    ends = np.maximum(((notes["start"] + notes["duration"]) * STEPS + 0.5).astype(int), starts + 1)
    order = np.lexsort((-notes["pitch"], starts))
    waiting = deque(zip(starts[order].tolist(), ends[order].tolist(), notes["pitch"][order].tolist(), strict=True))
    bars = np.round(piece.bar_lines() * STEPS).astype(int)
    while waiting:
        begin = int(bars[np.searchsorted(bars, waiting[0][0], side="right") - 1])
        meter = piece.meters[np.searchsorted(piece.meters[1:, 0] * STEPS, begin, side="right")]
        bar = max(round(4 * STEPS * meter[1] / meter[2]), 1)
        yield begin, bar, _events(waiting, begin, gap=gap_bars * bar if gap_bars else None)


def _events(waiting: deque[tuple[int, int, int]], begin: int, *, gap: int | None) -> list[int]:
    """Take notes until a silence as long as `gap`.

    A note ends where the next begins, and of several that begin together the highest counts.
    """
    events: list[int] = []
    last, off = -1, 0
    while waiting:
        start, end, pitch = waiting[0]
        start, end = start - begin, end - begin
        if events and gap is not None and start - off >= gap:
            break
        waiting.popleft()
        if start == last:
            continue
        events[start:] = []
        events += [HOLD] * (start - len(events))
        events += [pitch, *[HOLD] * (end - start - 1), OFF]
        last, off = start, end
    return events[:-1]  # the end of a melody ends its note


def squash(events: list[int], low: int, high: int, key: int | None) -> tuple[list[int], int]:
    """The melody in a key and within [low, high), and by how many semitones it was moved.

    The key is the major one that most notes fit, the lowest of several. A note that still lies outside is moved by
    octaves.
    """
    pitches = np.array([event for event in events if event >= 0], int)
    if key is None or not len(pitches):
        moved = 0
    else:
        moved = key - int(np.argmax(np.bincount(pitches % 12, minlength=12) @ KEYS))
        centre = (low + high - 1) / 2 - ((pitches.min() + pitches.max()) / 2 + moved)
        moved += 12 * round(centre / 12)
    return [_within(event + moved, low, high) if event >= 0 else event for event in events], moved


def _within(pitch: int, low: int, high: int) -> int:
    if pitch < low:
        return low + (pitch - low) % 12
    return high - 12 + (pitch - high) % 12 if pitch >= high else pitch


def notes_from_events(events: Iterable[int], tempo: float = 120.0) -> Piece:
    """The piece that events describe; a note ends with the next one, an `OFF`, or the melody."""
    rows, sounding, step = [], None, -1
    for step, event in enumerate(events):
        if event == HOLD:
            continue
        if sounding is not None:
            rows.append((sounding[0] / STEPS, (step - sounding[0]) / STEPS, sounding[1], VELOCITY, 0))
        sounding = (step, event) if event >= 0 else None
    if sounding is not None:
        rows.append((sounding[0] / STEPS, (step + 1 - sounding[0]) / STEPS, sounding[1], VELOCITY, 0))
    return Piece(np.array(rows, NOTE), tempos=np.array([[0.0, tempo]]))
