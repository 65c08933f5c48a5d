"""How the notes of a file become those of a clip: which stretch, which voice, how fast, how loud. Notes in, notes out.

The same for every source of a survey, or listeners judge the difference. With its defaults a piece stays as it is.
"""

import random
from dataclasses import asdict, dataclass, replace

import numpy as np

from generation.music.score.excerpts import CUTS, PRESENT, chosen, possible
from generation.music.score.notes import Piece
from studies.errors import EarwitnessError

DYNAMICS = ("file", "flat")
TEXTURES = ("file", "melody")
FLAT_VELOCITY = 80


class MakingError(EarwitnessError):
    """A wish that cannot be followed, in one sentence for a person."""


@dataclass(frozen=True)
class Making:
    seconds: float = 0.0  # 0: all of it, as far as the length of the clips reaches
    bars: int = 0  # in place of seconds
    cut: str = "start"  # or "drawn": from a bar drawn by seed; "densest": the stretch with the most notes
    seed: int = 1
    tempo: float = 0.0  # quarter notes a minute; 0: as in the file
    dynamics: str = "file"  # or "flat": every note equally loud
    texture: str = "file"  # or "melody": one voice

    def __post_init__(self):
        for value, known, name in (
            (self.cut, CUTS, "place to cut"),
            (self.dynamics, DYNAMICS, "dynamics"),
            (self.texture, TEXTURES, "texture"),
        ):
            if value not in known:
                raise MakingError(f'The {name} "{value}" is none of: {", ".join(known)}.')
        if self.tempo and not 20 <= self.tempo <= 300:
            raise MakingError(f"A tempo of {self.tempo:g} is outside 20 to 300 quarter notes a minute.")
        if self.seconds and not 1 <= self.seconds <= 600:
            raise MakingError(f"{self.seconds:g} seconds are no clip; ask for 1 to 600.")
        if not 0 <= self.bars <= 200:
            raise MakingError(f"{self.bars} bars are no clip; ask for 1 to 200.")
        if self.bars and self.seconds:
            raise MakingError("A clip is as long as so many seconds or so many bars, not both.")
        if self.cut != "start" and not (self.bars or self.seconds):
            raise MakingError("Say how long a clip is, in seconds or bars, or it cannot be cut out of its middle.")

    @property
    def leaves_all_as_it_is(self) -> bool:
        return self == Making(seed=self.seed)

    def as_dict(self) -> dict:
        return asdict(self)


def made(piece: Piece, making: Making) -> Piece:
    """The piece as `making` wants it. What is drawn depends on the seed and the piece, not on what is made with it.

    A piece that is shorter than the clip is taken whole.
    """
    called = piece.digest()
    if making.texture == "melody":
        piece = piece.melody()
    if making.tempo:
        piece = replace(piece, tempos=np.array([[0.0, making.tempo]]))
    if making.dynamics == "flat":
        notes = piece.notes.copy()
        notes["velocity"] = FLAT_VELOCITY
        piece = replace(piece, notes=notes)
    if not len(piece) or not (making.bars or making.seconds):
        return piece
    start, end = _stretch(piece, making, random.Random(f"{making.seed} {called}"))
    return piece.excerpt(start, end)


def _stretch(piece: Piece, making: Making, rng: random.Random) -> tuple[float, float]:
    if making.cut == "start":
        first = float(piece.notes["start"].min())
        if making.bars:
            lines = piece.bar_lines()
            first = float(lines[lines <= first + PRESENT].max(initial=0.0))
            return first, first + making.bars * _bar_at(piece, first)
        return first, float(piece.beats_at(piece.seconds_at(first) + making.seconds))
    found = possible(piece, 0, seconds=making.seconds, bars=making.bars)
    if not found:
        return _stretch(piece, replace(making, cut="start"), rng)
    one = chosen(piece, found, making.cut, rng)
    return one.start, one.end


def _bar_at(piece: Piece, beat: float) -> float:
    """The length in beats of the bar that begins there."""
    _, numerator, denominator = piece.meters[np.searchsorted(piece.meters[1:, 0], beat, side="right")]
    return 4 * float(numerator) / float(denominator)
