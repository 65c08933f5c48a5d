"""How the notes of a piece become those of a clip: which stretch, which voice, how fast, how loud. Notes in, notes out.

The same arrangement for every source of a survey, or listeners judge the difference. With its defaults a piece stays
as it is. Each field of `Arrangement` says what may be chosen and what people call it: the forms, the API's schemas and
the commands' arguments are made from that, so a new option is a field and its lines in `arrange`.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np

from generation.music.score.excerpts import PRESENT, choose_stretch, possible
from generation.music.score.notes import Piece
from studies.errors import EarwitnessError

FLAT_VELOCITY = 80


class ArrangementError(EarwitnessError):
    """A value that makes no sense, or two that contradict each other."""


@dataclass(frozen=True)
class Option:
    """One value of an arrangement, as people meet it on a page, in a command or in the API."""

    name: str
    kind: type
    default: Any
    label: str
    help: str
    least: float | None
    most: float | None
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)  # value -> what people read

    def describe(self, value: Any) -> str:
        """The value in words; a number that was left at its default changes nothing."""
        if self.choices:
            return self.choices[value]
        return f"{value:g} {self.unit}".rstrip() if value != self.default else "unchanged"

    def check(self, value: Any) -> None:
        if self.choices:
            if value not in self.choices:
                known = ", ".join(self.choices)
                raise ArrangementError(f'{self.label}: "{value}" is not a choice. Choose one of: {known}.')
        elif value != self.default and not self._is_in_range(value):
            limits = f"from {self.least:g} to {self.most:g}" if self.most is not None else f"{self.least:g} or more"
            raise ArrangementError(f"{self.label}: {value:g} is out of range. Choose a value {limits}.")

    def _is_in_range(self, value: float) -> bool:
        return value >= (self.least or 0) and (self.most is None or value <= self.most)


def option(
    default: Any,
    label: str,
    help: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    unit: str = "",
    choices: Mapping[str, str] | None = None,
) -> Any:
    about = {"label": label, "help": help, "least": least, "most": most, "unit": unit, "choices": choices or {}}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Arrangement:
    seconds: float = option(0.0, "Seconds", "Length of each clip. 0: as long as the other clips.", least=1, most=600)
    bars: int = option(0, "Bars", "Length of each clip in bars, instead of seconds.", least=1, most=200)
    cut: str = option(
        "start",
        "Excerpt",
        "Which part of a longer piece becomes the clip.",
        choices={"start": "from the beginning", "drawn": "from a random bar", "densest": "where most notes are"},
    )
    seed: int = option(1, "Seed", "The same seed gives the same result.", least=0)
    texture: str = option("file", "Voices", choices={"file": "unchanged", "melody": "melody only"})
    tempo: float = option(
        0.0, "Tempo", "Quarter notes per minute. 0: unchanged.", least=20, most=300, unit="quarter notes per minute"
    )
    dynamics: str = option("file", "Dynamics", choices={"file": "unchanged", "flat": "every note equally loud"})

    def __post_init__(self) -> None:
        for one in OPTIONS.values():
            one.check(getattr(self, one.name))
        if self.bars and self.seconds:
            raise ArrangementError("Set the length in seconds or in bars, not both.")
        if self.cut != "start" and not (self.bars or self.seconds):
            raise ArrangementError("Set a length in seconds or bars; without one, the whole piece is used.")

    @classmethod
    def from_choices(cls, values: Mapping[str, Any], beginning: Mapping[str, Any]) -> "Arrangement":
        """From what somebody chose, and what is used where they chose nothing: a length in bars replaces the seconds
        that nobody asked for."""
        if values.get("bars") and "seconds" not in values:
            beginning = {name: value for name, value in beginning.items() if name != "seconds"}
        return cls(**{**beginning, **values})

    @property
    def changes_nothing(self) -> bool:
        return self == Arrangement(seed=self.seed)

    def without_length(self) -> "Arrangement":
        """The same treatment of a whole piece: nothing is cut."""
        return replace(self, seconds=0.0, bars=0, cut="start")

    def treats_notes_like(self, other: "Arrangement") -> bool:
        """Whether both leave the same notes of the same stretch."""
        return replace(self.without_length(), seed=1) == replace(other.without_length(), seed=1)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


OPTIONS = {one.name: Option(one.name, type(one.default), one.default, **one.metadata) for one in fields(Arrangement)}


def arrange(piece: Piece, arrangement: Arrangement) -> Piece:
    """The piece as `arrangement` asks for it. A piece that is shorter than the clip is taken whole.

    What is drawn depends on the seed and the piece alone, so another tempo keeps the same bars.
    """
    rng = random.Random(f"{arrangement.seed} {piece.digest()}")
    if arrangement.texture == "melody":
        piece = piece.melody()
    if arrangement.tempo:
        piece = replace(piece, tempos=np.array([[0.0, arrangement.tempo]]))
    if arrangement.dynamics == "flat":
        notes = piece.notes.copy()
        notes["velocity"] = FLAT_VELOCITY
        piece = replace(piece, notes=notes)
    if not len(piece) or not (arrangement.bars or arrangement.seconds):
        return piece
    start, end = _stretch(piece, arrangement, rng)
    return piece.excerpt(start, end)


def _stretch(piece: Piece, arrangement: Arrangement, rng: random.Random) -> tuple[float, float]:
    if arrangement.cut == "start":
        first = float(piece.notes["start"].min())
        if arrangement.bars:
            lines = piece.bar_lines()
            first = float(lines[lines <= first + PRESENT].max(initial=0.0))
            return first, first + arrangement.bars * _bar_at(piece, first)
        return first, float(piece.beats_at(piece.seconds_at(first) + arrangement.seconds))
    stretches = possible(piece, 0, seconds=arrangement.seconds, bars=arrangement.bars)
    if not stretches:
        return _stretch(piece, replace(arrangement, cut="start"), rng)
    stretch = choose_stretch(piece, stretches, arrangement.cut, rng)
    return stretch.start, stretch.end


def _bar_at(piece: Piece, beat: float) -> float:
    """The length in beats of the bar that begins there."""
    _, numerator, denominator = piece.meters[np.searchsorted(piece.meters[1:, 0], beat, side="right")]
    return 4 * float(numerator) / float(denominator)
