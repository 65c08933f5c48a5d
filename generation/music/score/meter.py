"""Where the beat and the bars are, when a file's own meter does not say.

Many files are on a steady grid that does not begin at zero, or call every beat a bar (all but a few songs of POP909 do
both). Their notes are not changed against each other here: the piece as a whole is moved to where its bars begin.
"""

from dataclasses import replace

import numpy as np

from generation.music.score.notes import Piece

# How much weight a metre puts on each sixteenth of a bar of four beats (Lerdahl and Jackendoff's levels, as steps).
# On POP909, whose beats are annotated, notes weighed by their length find the beat of 99.8 % of the songs in four beats
# and the bar of 72 %.
_LEVELS = np.array([4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0])
_STEADY = 0.6  # mean resultant length of the onsets within a sixteenth; a performance in free time is near 0
LONGEST_BAR = 12
_SLACK = 0.02  # beats that a grid may lie off before it is moved


def align_to_bars(piece: Piece) -> Piece:
    """The piece with its first bar at zero, by the weight of its notes; unchanged where the file's own meter fits."""
    starts = piece.notes["start"]
    resultant = np.exp(8j * np.pi * starts).mean() if len(starts) else 0.0
    if abs(resultant) < _STEADY:
        return piece
    offset = float(np.angle(resultant)) / (8 * np.pi)
    sixteenths = np.round((starts - offset) * 4).astype(int) % 16
    weight = np.bincount(sixteenths, np.minimum(piece.notes["duration"], 2.0), minlength=16)
    on_beat = weight.reshape(4, 4).sum(axis=0)  # were the beat here, or a sixteenth later, or two, or three
    says_something = len(piece.meters) > 1 or piece.meters[0, 1] > 1  # than that every beat is a bar
    if says_something and abs(offset) < _SLACK and 1.5 * on_beat[0] >= on_beat.max():
        return piece
    scores = [np.roll(weight, -turn) @ _LEVELS for turn in range(16)]
    downbeat = offset + int(np.argmax(scores)) / 4
    return _start_at(replace(piece, meters=np.array([[0.0, 4.0, 4.0]])), downbeat, 4.0)


def align_to_annotated_bars(piece: Piece, downbeats: np.ndarray) -> Piece:
    """The piece with its bars where somebody has written them down: `downbeats` are the seconds where they begin.

    Where the annotation has no steady beat, or bars of more than `LONGEST_BAR` beats, we listen ourselves.
    """
    beats = piece.beats_at(downbeats)
    resultant = np.exp(2j * np.pi * beats).mean() if len(beats) else 0.0
    offset = float(np.angle(resultant)) / (2 * np.pi)
    bars = np.unique(np.round(beats - offset))
    lengths = np.diff(bars)
    if abs(resultant) < 0.99 or not len(lengths) or lengths.max() > LONGEST_BAR:
        return align_to_bars(piece)
    usual = float(np.bincount(lengths.astype(int)).argmax())
    # A longer gap is a usual bar and another after it: six beats in a song of four are four and two.
    wide = np.flatnonzero(lengths > usual)
    if len(wide):
        bars = np.unique(np.concatenate([bars, *(np.arange(bars[n], bars[n + 1], usual) for n in wide)]))
    lengths = np.append(np.diff(bars), usual)
    changed = np.append(True, np.diff(lengths) != 0)
    meters = np.column_stack([bars + offset, lengths, np.full(len(bars), 4.0)])[changed]
    if lengths[0] != usual:
        meters = np.concatenate([[[bars[0] + offset - usual, usual, 4.0]], meters])
    first = piece.notes["start"].min() + _SLACK
    before = np.flatnonzero(bars + offset <= first)
    if len(before):
        return replace(piece, meters=meters).shift(-(bars[before[-1]] + offset))
    return _start_at(replace(piece, meters=meters), bars[0] + offset, usual)


def _start_at(piece: Piece, bar_line: float, bar: float) -> Piece:
    """The piece moved so that the bar in which its first note falls begins at zero."""
    first = piece.notes["start"].min() + _SLACK
    return piece.shift(-(bar_line + bar * np.floor((first - bar_line) / bar)))
