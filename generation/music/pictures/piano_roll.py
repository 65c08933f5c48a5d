"""A picture of notes: time to the right, pitch upwards, bar lines behind. Notes in, SVG out.

The colours are those of the page, through classes: `roll` the whole, `bar` the bar lines, `v0` to `v3` the notes of a
track, and `l0` to `l2` soft to loud.
"""

import numpy as np

from generation.music.score.notes import Piece

LEAST_PITCHES = 24  # two octaves: a melody of three tones must not look like a stack of beams
TRACKS = 4  # colours


def piano_roll(piece: Piece, *, seconds: float, width: int, height: int, label: str = "") -> str:
    """The first `seconds` of a piece, `width` by `height` units wide and high; it scales with the page.

    `label` is its name for those who do not see it; without one it is left out for them.
    """
    end = float(piece.beats_at(seconds))
    notes = piece.notes[piece.notes["start"] < end]
    low, high = _range(notes["pitch"])
    row = height / (high - low + 1)
    place = width / seconds
    named = f'role="img" aria-label="{_escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="roll" viewBox="0 0 {width} {height}" preserveAspectRatio="none" {named}>'
        + _bars(piece, end, place, height)
        + _notes(piece, notes, seconds=seconds, place=place, high=high, row=row)
        + "</svg>"
    )


def _range(pitches: np.ndarray) -> tuple[int, int]:
    """Lowest and highest row: those of the notes, an edge around them, and never fewer than two octaves."""
    low, high = (int(pitches.min()) - 1, int(pitches.max()) + 1) if len(pitches) else (60, 60)
    missing = max(LEAST_PITCHES - (high - low + 1), 0)
    return low - missing // 2, high + missing - missing // 2


def _bars(piece: Piece, end: float, place: float, height: int) -> str:
    lines = piece.bar_lines()
    lines = lines[(lines > 0) & (lines < end)]
    steps = "".join(f"M{x * place:.4g} 0V{height}" for x in piece.seconds_at(lines))
    return f'<path class="bar" d="{steps}"/>' if steps else ""


def _notes(piece: Piece, notes: np.ndarray, *, seconds: float, place: float, high: int, row: float) -> str:
    """One path for all notes of a track and loudness: a page of thumbnails stays small."""
    starts = piece.seconds_at(notes["start"])
    ends = np.minimum(piece.seconds_at(notes["start"] + notes["duration"]), seconds)
    widths = np.maximum((ends - starts) * place - 0.5, 0.8)  # repeated notes stay apart
    loud = np.digitize(notes["velocity"], (48, 80))
    paths: dict[tuple[int, int], list[str]] = {}
    for start, wide, note, level in zip(starts, widths, notes, loud, strict=True):
        d = f"M{start * place:.4g} {(high - note['pitch']) * row:.4g}h{wide:.3g}v{row:.3g}h-{wide:.3g}z"
        paths.setdefault((int(note["track"]) % TRACKS, int(level)), []).append(d)
    return "".join(f'<path class="v{track} l{level}" d="{"".join(d)}"/>' for (track, level), d in sorted(paths.items()))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
