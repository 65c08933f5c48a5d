"""What is the same for every clip, so that only the music can differ."""

from dataclasses import asdict, dataclass
from typing import Any

from generation.music.score.notes import Piece
from studies.errors import EarwitnessError

RATE = 44_100  # samples a second, of everything that is kept
INSTRUMENTS = ("piano", "file")
MOST_NOTES = 1_000  # a second, on average: more takes minutes to render, and nobody hears notes in it


class RenderingError(EarwitnessError):
    """Music that could not be made audible, in one sentence for a person."""


@dataclass(frozen=True)
class RenderingPolicy:
    seconds: float = 20.0  # of every clip, whatever the music: shorter music is followed by silence
    loudness: float = -19.0  # LUFS, integrated (BS.1770); docs/decisions/loudness.md says why
    true_peak: float = -1.0  # dBTP, at most
    instrument: str = "piano"  # or "file": the instruments that the file asks for
    fade: float = 0.015  # seconds: a hard edge is heard as a click and gives the machine away
    fade_out: float = 1.5  # seconds, where the length cuts music that goes on
    mp3_kilobits: int = 192  # a second, constant
    opus_kilobits: int = 128  # a second, constant

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= 600:
            raise RenderingError(f"A clip of {self.seconds:g} seconds is outside 1 to 600 seconds.")
        if not -40 <= self.loudness <= -10:
            raise RenderingError(f"A loudness of {self.loudness:g} LUFS is outside -40 to -10.")
        if self.instrument not in INSTRUMENTS:
            raise RenderingError(
                f'The instrument policy "{self.instrument}" is unknown. Choose one of: {", ".join(INSTRUMENTS)}.'
            )

    @property
    def samples(self) -> int:
        return round(self.seconds * RATE)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


STANDARD = RenderingPolicy()


def check_density(piece: Piece, *, seconds: float, name: str) -> None:
    """`RenderingError` if a piece, with its instruments applied, would take too long to render."""
    if len(piece) > MOST_NOTES * seconds:
        raise RenderingError(
            f"{name} has {len(piece):,} notes in {seconds:g} seconds; up to {MOST_NOTES:,} per second can be rendered."
        )
