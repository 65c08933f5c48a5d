"""Scores into pieces: MusicXML, Humdrum and ABC through music21, which reads what is engraved rather than played.

It takes seconds for a piece, so files are read side by side, one process for each core.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generation.music.score.notes import NOTE, Piece, Track, sort_notes
from studies.errors import EarwitnessError

if TYPE_CHECKING:
    import music21

SUFFIXES = frozenset({".musicxml", ".mxl", ".xml", ".krn", ".abc"})
TEMPO = 90.0  # where a score names none: MIDI's own 120 makes a chorale hurry
VELOCITY = 80


class NotationError(EarwitnessError):
    """A score that cannot be read, in one sentence for a person."""


def composers() -> list[str]:
    """Whose music is in music21's own corpus, by the name of their folder."""
    from music21 import corpus

    return sorted({Path(path).parent.name for path in corpus.getCorePaths()})


def corpus_paths(composer: str) -> list[Path]:
    """The files of one folder of music21's own corpus; nothing is downloaded."""
    from music21 import corpus

    return sorted(Path(path) for path in corpus.getComposer(composer, fileExtensions=("xml", "krn", "abc")))


def read_scores(paths: Iterable[Path]) -> Iterator[tuple[list[Piece], str]]:
    """For each file in turn its pieces (an ABC file may hold many tunes) and, where there are none, the reason."""
    paths = list(paths)
    workers = min(os.cpu_count() or 1, len(paths))
    if workers <= 1:
        yield from map(_attempt, paths)
        return
    # Spawned, not forked: whoever calls may have threads running, of a web server or of TensorFlow.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(_attempt, paths)
        except BrokenProcessPool as error:
            raise NotationError("Reading the scores was interrupted. Check that there is enough memory.") from error


def _attempt(path: Path) -> tuple[list[Piece], str]:
    try:
        return read_score(path), ""
    except NotationError as error:
        return [], str(error)


def read_score(path: Path) -> list[Piece]:
    import music21

    try:
        score = music21.converter.parse(path, forceSource=True, storePickle=False)
        scores = list(score.scores) if isinstance(score, music21.stream.Opus) else [score]
        names = [path.stem] if len(scores) == 1 else [f"{path.stem} {number + 1}" for number in range(len(scores))]
        pieces = [piece_from_score(score, name) for score, name in zip(scores, names, strict=True)]
    except Exception as error:  # music21 raises whatever its parsers meet
        raise NotationError("cannot be read as a score.") from error
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        raise NotationError("has no notes.")
    return pieces


def piece_from_score(score: "music21.stream.Stream[Any]", name: str = "") -> Piece:
    """A music21 score as a piece: notes as they sound, without grace notes, repeats not played out.

    Ties are joined here, note by note. `stripTies` joins a chord only where all its notes are held, and gives the held
    notes of the others a second time.
    """
    parts = list(getattr(score, "parts", [])) or [score]
    rows = [row for number, part in enumerate(parts) for row in _rows(part, number)]
    tracks = tuple(_track(part) for part in parts)
    return Piece(sort_notes(np.array(rows, NOTE)), tracks, _tempos(score), _meters(parts[0]), name)


def _rows(part: "music21.stream.Stream[Any]", number: int) -> list[Any]:
    rows: list[list[Any]] = []
    held: dict[int, list[Any]] = {}  # pitch: the note whose tie is still open
    for element in part.flatten().notes:
        start, duration = float(element.offset), float(element.duration.quarterLength)
        if not duration or not hasattr(element, "pitches"):  # a grace note; a drum without a pitch
            continue
        for note in getattr(element, "notes", [element]):
            pitch = note.pitch.midi
            tie = note.tie.type if note.tie else None
            before = held.pop(pitch, None)
            if tie in ("stop", "continue") and before and abs(before[0] + before[1] - start) < 1e-6:
                before[1] += duration
                row = before
            else:
                row = [start, duration, pitch, note.volume.velocity or VELOCITY, number]
                rows.append(row)
            if tie in ("start", "continue"):
                held[pitch] = row
    return [tuple(row) for row in rows if 0 <= row[2] <= 127]


def _track(part: "music21.stream.Stream[Any]") -> Track:
    instrument = part.getInstrument(returnDefault=True)
    program = instrument.midiProgram if instrument else 0
    return Track(str(part.partName or "") if hasattr(part, "partName") else "", program or 0)


def _tempos(score: "music21.stream.Stream[Any]") -> np.ndarray:
    marks = {}
    for mark in score.flatten().getElementsByClass("MetronomeMark"):
        tempo = mark.getQuarterBPM()
        if tempo:
            marks[float(mark.offset)] = float(tempo)
    if 0.0 not in marks:
        marks[0.0] = marks[min(marks)] if marks else TEMPO
    return np.array(sorted(marks.items()))


def _meters(part: "music21.stream.Stream[Any]") -> np.ndarray:
    """The meters as the bars are written: an upbeat, or a bar split by a repeat, is a short bar of its own."""
    measures = list(part.getElementsByClass("Measure"))
    ends = [*(float(measure.offset) for measure in measures[1:]), np.inf][: len(measures)]
    meter = (4, 4)
    rows = []
    for measure, end in zip(measures, ends, strict=True):
        if measure.timeSignature:
            meter = (measure.timeSignature.numerator, measure.timeSignature.denominator)
        if end > measure.offset:
            rows.append((float(measure.offset), *_meter_of_length(meter, end - float(measure.offset))))
    if not measures:  # short tunes in ABC have none
        signatures = part.flatten().getElementsByClass("TimeSignature")
        rows = [(float(sign.offset), sign.numerator, sign.denominator) for sign in signatures]
    meters = np.array(rows or [(0.0, *meter)], float)
    meters[0, 0] = 0.0
    changed = np.append(True, (np.diff(meters[:, 1:], axis=0) != 0).any(axis=1))
    return meters[changed]


def _meter_of_length(meter: tuple[int, int], length: float) -> tuple[int, int]:
    """The meter of a bar that is as long as this, in beats."""
    eighths = length * 2
    if length == np.inf or abs(length - 4 * meter[0] / meter[1]) < 1e-6 or abs(eighths - round(eighths)) > 1e-6:
        return meter
    return (round(eighths) // 2, 4) if round(eighths) % 2 == 0 else (round(eighths), 8)
