"""How long a composed clip is, and where it is cut out of what was composed."""

from dataclasses import dataclass

from generation.music.score.notes import Piece

SLACK = 1e-6  # beats


@dataclass(frozen=True)
class Length:
    """So many seconds or so many bars, one of the two.

    A clip begins at the bar line before its first note and ends at a bar line. Seconds count from the first note, as
    in the clips of a corpus, whose silence is cut away; the bar line is the first that is not before their end.
    """

    seconds: float | None = None
    bars: int | None = None

    def stretch(self, piece: Piece, start: float = 0.0) -> tuple[float, float] | None:
        """From where to where (beats) a piece is to be cut; None while it is too short. Music before `start` is not
        of the clip."""
        begins = piece.notes["start"][piece.notes["start"] >= start - SLACK]
        if not len(begins):
            return None
        first = float(begins[0])
        lines = piece.bar_lines()
        begin = float(lines[lines <= first + SLACK][-1])
        if self.bars is not None:
            lines = lines[lines >= begin - SLACK]
            return (begin, float(lines[self.bars])) if len(lines) > self.bars else None
        over = float(piece.beats_at(piece.seconds_at(first) + self.seconds))
        lines = lines[lines >= over - SLACK]
        return (begin, float(lines[0])) if len(lines) else None

    @property
    def most_tokens(self) -> int:
        """What needs more has lost itself in one chord: dense piano music has some 30 tokens a second."""
        return 800 * self.bars if self.bars else int(200 * (self.seconds or 0))
