"""Pieces as notes, and MIDI in and out. The only module that knows the MIDI library.

Times are in beats, and a beat is a quarter note whatever the meter says.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import symusic

from generation.music.score.pedal import SUSTAIN, sounding_ends
from studies.errors import EarwitnessError

NOTE = np.dtype([("start", "f8"), ("duration", "f8"), ("pitch", "i2"), ("velocity", "i2"), ("track", "i2")])
TICKS = 960  # to a beat, in the files we write: sixteenths, triplets and the usual divisions of others are whole

LARGEST_FILE = 20_000_000  # bytes; the longest piano performances take one
MOST_NOTES = 1_000_000
LONGEST = 6 * 3600  # seconds
MOST_BEATS = 200_000  # six hours at 555 beats a minute; a tempo of a million would hide more

Score = Any  # symusic's: its classes are made by a factory that type checkers cannot follow


class MidiError(EarwitnessError):
    """A file that is no music we can read, in one sentence for a person."""


@dataclass(frozen=True)
class Note:
    pitch: int  # MIDI number, 60 is middle C
    start: float  # beats
    duration: float  # beats
    velocity: int = 80
    track: int = 0


@dataclass(frozen=True)
class Track:
    name: str = ""
    program: int = 0  # General MIDI instrument, 0 is the grand piano
    is_drum: bool = False


@dataclass(frozen=True, eq=False)
class Piece:
    """One song as notes. Never changed; equal when its content is, whatever its name."""

    notes: np.ndarray  # of NOTE, by start, then pitch
    tracks: tuple[Track, ...] = (Track(),)
    tempos: np.ndarray = field(default_factory=lambda: np.array([[0.0, 120.0]]))  # beat, quarter notes a minute
    meters: np.ndarray = field(default_factory=lambda: np.array([[0.0, 4.0, 4.0]]))  # beat, numerator, denominator
    name: str = ""

    @classmethod
    def of(
        cls,
        notes: Iterable[Note],
        *,
        tempo: float = 120.0,
        meter: tuple[int, int] = (4, 4),
        name: str = "",
        tracks: tuple[Track, ...] = (Track(),),
    ) -> "Piece":
        rows = [(note.start, note.duration, note.pitch, note.velocity, note.track) for note in notes]
        return cls(
            sort_notes(np.array(rows, NOTE)),
            tracks,
            np.array([[0.0, tempo]]),
            np.array([[0.0, *meter]], float),
            name,
        )

    def __len__(self) -> int:
        return len(self.notes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Piece):
            return NotImplemented
        return self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())

    def digest(self) -> str:
        """SHA-256 of the content; the name is no part of it."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        content = hashlib.sha256()
        for array in (self.notes, self.tempos, self.meters):
            content.update(f"{len(array)} ".encode())
            content.update(np.ascontiguousarray(array).tobytes())
        content.update(repr([(track.name, track.program, track.is_drum) for track in self.tracks]).encode())
        return content.hexdigest()

    @property
    def ends(self) -> np.ndarray:
        return self.notes["start"] + self.notes["duration"]

    @property
    def beats(self) -> float:
        """Where the last note ends."""
        return float(self.ends.max()) if len(self) else 0.0

    @property
    def seconds(self) -> float:
        return float(self.seconds_at(self.beats))

    @cached_property
    def _tempo_seconds(self) -> np.ndarray:
        beats, tempos = self.tempos.T
        return np.concatenate([[0.0], np.cumsum(np.diff(beats) * 60 / tempos[:-1])])

    def seconds_at(self, beats: float | np.ndarray) -> np.ndarray:
        beats = np.asarray(beats, float)
        part = np.searchsorted(self.tempos[1:, 0], beats, side="right")
        return self._tempo_seconds[part] + (beats - self.tempos[part, 0]) * 60 / self.tempos[part, 1]

    def beats_at(self, seconds: float | np.ndarray) -> np.ndarray:
        seconds = np.asarray(seconds, float)
        part = np.searchsorted(self._tempo_seconds[1:], seconds, side="right")
        return self.tempos[part, 0] + (seconds - self._tempo_seconds[part]) * self.tempos[part, 1] / 60

    def bar_lines(self) -> np.ndarray:
        """Beats of every bar line, from the first to the one that closes the last bar with a note in it."""
        last = self.beats
        lines = []
        for number, (beat, numerator, denominator) in enumerate(self.meters):
            bar = 4 * numerator / denominator
            if number + 1 < len(self.meters):
                lines.append(np.arange(beat, self.meters[number + 1, 0] - 1e-6, bar))
            else:
                bars = max(int(np.ceil((last - beat) / bar - 1e-6)), 0)
                lines.append(beat + bar * np.arange(bars + 1))
        beats = np.concatenate(lines)
        return beats[: np.searchsorted(beats, last - 1e-6) + 1]

    def excerpt(self, start: float, end: float) -> "Piece":
        """What begins from `start` to before `end` (beats), cut at `end` and moved to zero.

        A note that sounds already at `start` is left out: heard from its middle it would be a note nobody wrote.
        """
        begins = self.notes["start"]
        notes = self.notes[(begins >= start - 1e-6) & (begins < end - 1e-6)].copy()
        notes["start"] = np.maximum(np.round(notes["start"] - start, 9), 0.0)
        notes["duration"] = np.minimum(notes["duration"], end - start - notes["start"])
        return replace(
            self,
            notes=notes,
            tempos=_changes_between(self.tempos, start, end),
            meters=_changes_between(self.meters, start, end),
        )

    def shift(self, beats: float) -> "Piece":
        """Later by so many beats (earlier when negative); meters and tempos move along, the first ones stay at zero."""
        notes = self.notes.copy()
        notes["start"] = np.maximum(np.round(notes["start"] + beats, 9), 0.0)
        return replace(
            self,
            notes=notes,
            tempos=_changes_between(self.tempos, -beats, np.inf),
            meters=_changes_between(self.meters, -beats, np.inf),
        )

    def without_drums(self) -> "Piece":
        drums = [number for number, track in enumerate(self.tracks) if track.is_drum]
        return replace(self, notes=self.notes[~np.isin(self.notes["track"], drums)]) if drums else self

    def melody(self) -> "Piece":
        """The track that calls itself melody, or else the skyline."""
        for number, track in enumerate(self.tracks):
            if track.name.strip().lower() == "melody":
                return replace(self, notes=self.notes[self.notes["track"] == number])
        return self.skyline()

    def skyline(self) -> "Piece":
        """Of notes that start together the highest, until the next begins."""
        notes = self.without_drums().notes
        # Sorted by start and then pitch: the highest of a group is the one before a later start.
        last = np.append(np.diff(notes["start"]) > 1e-6, True)[: len(notes)]
        notes = notes[last].copy()
        notes["duration"][:-1] = np.minimum(notes["duration"][:-1], np.diff(notes["start"]))
        return replace(self, notes=notes)

    def transpose(self, semitones: int) -> "Piece":
        """Moved by semitones; a note that would leave the range of MIDI comes back by octaves. Drums stay."""
        notes = self.notes.copy()
        drums = [number for number, track in enumerate(self.tracks) if track.is_drum]
        moved = notes["pitch"] + semitones
        moved = np.where(moved > 127, moved - 12 * -(-(moved - 127) // 12), moved)
        moved = np.where(moved < 0, moved + 12 * -(moved // 12), moved)
        notes["pitch"] = np.where(np.isin(notes["track"], drums), notes["pitch"], moved)
        return replace(self, notes=sort_notes(notes))


def sort_notes(notes: np.ndarray) -> np.ndarray:
    """By start, then pitch, then track; the rest only so that the order is always the same."""
    start = notes["start"].copy()
    pitch = (notes["pitch"].astype(np.int64) << 16) + notes["track"]
    steps = np.diff(start)
    if ((steps > 0) | ((steps == 0) & (np.diff(pitch) > 0))).all():
        return notes
    return notes[np.lexsort((notes["velocity"], notes["duration"], pitch, start))]


def _changes_between(changes: np.ndarray, start: float, end: float) -> np.ndarray:
    """The changes (of tempo or meter) that hold between two beats, with `start` as zero."""
    beats = changes[:, 0]
    first = max(int(np.searchsorted(beats, start + 1e-6)) - 1, 0)
    kept = changes[first : max(int(np.searchsorted(beats, end - 1e-6)), first + 1)].copy()
    kept[:, 0] = np.maximum(np.round(kept[:, 0] - start, 9), 0.0)  # 4.300000000000001 - 0.3 is 4
    kept[0, 0] = 0.0
    return kept


def read_midi(midi: str | Path | bytes, *, name: str = "", pedal: bool = False) -> Piece:
    """A piece from a MIDI file or its bytes; `MidiError` says in one sentence why not.

    With `pedal` a note lasts as long as the sustain pedal holds it, else as long as its key.
    """
    if isinstance(midi, bytes):
        data, called = midi, name or "the MIDI data"
    else:
        path = Path(midi)
        name, called = name or path.stem, str(name or path.name)
        data = _read_bytes(path)
    _check_header(data, called)
    try:
        score: Score = symusic.Score.from_midi(data)
    except (RuntimeError, ValueError, OverflowError) as error:
        raise MidiError(f"{called} is damaged: its MIDI data cannot be read to the end.") from error
    count = score.note_num()
    if not count:
        raise MidiError(f"{called} has no notes.")
    if count > MOST_NOTES:
        raise MidiError(f"{called} has {count:,} notes. The limit is {MOST_NOTES:,}.")
    piece = _build_piece(score, name, pedal)
    if piece.notes["pitch"].min() < 0 or not np.isfinite(piece.tempos).all():
        raise MidiError(f"{called} is damaged: it has pitches or tempos outside the range of MIDI.")
    if piece.seconds > LONGEST:
        raise MidiError(f"{called} lasts {piece.seconds / 3600:,.1f} hours. The limit is {LONGEST // 3600} hours.")
    if piece.beats > MOST_BEATS:
        raise MidiError(f"{called} has {piece.beats:,.0f} beats. The limit is {MOST_BEATS:,}.")
    return piece


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise MidiError(f"{path.name} has {size / 1e6:,.0f} MB. The limit is {LARGEST_FILE // 10**6} MB.")
        return path.read_bytes()
    except OSError as error:
        raise MidiError(f"{path} cannot be read: {error.strerror or error}.") from error


def _check_header(data: bytes, called: str) -> None:
    if len(data) > LARGEST_FILE:
        raise MidiError(f"{called} has {len(data) / 1e6:,.0f} MB. The limit is {LARGEST_FILE // 10**6} MB.")
    if not data:
        raise MidiError(f"{called} is empty.")
    if data[:4] != b"MThd" or len(data) < 14:
        raise MidiError(f"{called} is not a MIDI file: it does not begin with a MIDI header.")
    division = int.from_bytes(data[12:14], "big")
    if division & 0x8000:
        raise MidiError(f"{called} counts time in film frames. Save it with ticks per quarter note.")
    if not division:
        raise MidiError(f"{called} is damaged: its header gives a quarter note no ticks.")


def _build_piece(score: Score, name: str, pedal: bool) -> Piece:
    with_notes = [track for track in score.tracks if len(track.notes)]
    columns = [_apply_pedal(track) if pedal else track.notes.numpy() for track in with_notes]
    ticks, durations, pitches, velocities = (
        np.concatenate([column[name] for column in columns]) for name in ("time", "duration", "pitch", "velocity")
    )
    numbers = np.repeat(np.arange(len(columns)), [len(column["time"]) for column in columns])
    # In order before they are rows: as `sort_notes` would, but on whole numbers, which is faster.
    order = np.argsort((ticks.astype(np.int64) << 32) + (pitches.astype(np.int64) << 16) + numbers, kind="stable")
    notes = np.empty(len(ticks), NOTE)
    notes["start"], notes["duration"] = ticks[order] / score.tpq, durations[order] / score.tpq
    notes["pitch"], notes["velocity"], notes["track"] = pitches[order], velocities[order], numbers[order]
    tempos = score.tempos.numpy()
    meters = score.time_signatures.numpy()
    return Piece(
        sort_notes(notes),
        tuple(Track(_track_name(track), int(track.program), bool(track.is_drum)) for track in with_notes),
        _changes(tempos["time"] / score.tpq, _tempo(tempos["mspq"]), default=[120.0]),
        _changes(meters["time"] / score.tpq, meters["numerator"], meters["denominator"], default=[4.0, 4.0]),
        name,
    )


def _apply_pedal(track: symusic.core.TrackTick) -> dict[str, np.ndarray]:
    notes, controls = track.notes.numpy(), track.controls.numpy()
    of_pedal = controls["number"] == SUSTAIN
    times, values = controls["time"][of_pedal], controls["value"][of_pedal]
    ends = sounding_ends(notes["time"], notes["time"] + notes["duration"], notes["pitch"], times, values)
    return notes | {"duration": ends - notes["time"]}


def _track_name(track: symusic.core.TrackTick) -> str:
    try:
        return track.name
    except UnicodeDecodeError:  # the standard names no encoding
        return ""


def _tempo(microseconds: np.ndarray) -> np.ndarray:
    """Quarter notes a minute. MIDI keeps whole microseconds, so 90 comes back as 89.99996: of the tempos that are
    written with the same microseconds we take the roundest."""
    roundings = np.array([[1.0], [10.0], [100.0], [1000.0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = 60e6 / np.asarray(microseconds, float)
        rounded = np.round(exact * roundings) / roundings  # (rounding, tempo)
        same = np.round(60e6 / rounded) == microseconds
    return np.where(same.any(axis=0), rounded[same.argmax(axis=0), np.arange(len(exact))], exact)


def _changes(beats: np.ndarray, *values: np.ndarray, default: list[float]) -> np.ndarray:
    """Rows of (beat, value...) by beat, the last of several at one beat, beginning at zero, and only real changes."""
    rows = np.column_stack([beats, *values]).astype(float)
    rows = rows[(rows[:, 1:] > 0).all(axis=1)]  # a bar of no length holds nothing
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    rows = rows[np.append(np.diff(rows[:, 0]) > 0, True)[: len(rows)]]
    if not len(rows) or rows[0, 0] > 0:
        rows = np.concatenate([[[0.0, *default]], rows])
    changed = np.append(True, (np.diff(rows[:, 1:], axis=0) != 0).any(axis=1))
    return rows[changed]


def write_midi(piece: Piece) -> bytes:
    """A MIDI file, the same bytes for the same piece."""
    score: Score = symusic.Score(TICKS)
    score.tempos = symusic.Tempo.from_numpy(
        np.round(piece.tempos[:, 0] * TICKS).astype(np.int32), np.round(60e6 / piece.tempos[:, 1]).astype(np.int32)
    )
    score.time_signatures = symusic.TimeSignature.from_numpy(
        np.round(piece.meters[:, 0] * TICKS).astype(np.int32),
        piece.meters[:, 1].astype(np.uint8),
        piece.meters[:, 2].astype(np.uint8),
    )
    for number, track in enumerate(piece.tracks):
        notes = piece.notes[piece.notes["track"] == number]
        starts = np.round(notes["start"] * TICKS).astype(np.int32)
        ends = np.round((notes["start"] + notes["duration"]) * TICKS).astype(np.int32)
        score.tracks.append(
            symusic.Track(
                name=track.name,
                program=track.program,
                is_drum=track.is_drum,
                # A note of no length would end before it began.
                notes=symusic.Note.from_numpy(
                    starts,
                    np.maximum(ends - starts, 1),
                    notes["pitch"].astype(np.int8),
                    notes["velocity"].astype(np.int8),
                ),
            )
        )
    return score.dumps_midi()
