"""Which answers a page is about, as its address says."""

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class AnswerFilter:
    """Whose answers: people's or robots', everybody's or without those who were flagged."""

    rehearsal: bool = False
    without_flagged: bool = False

    @classmethod
    def of(cls, values) -> "AnswerFilter":
        return cls(values.get("rehearsal") == "1", values.get("without") == "flagged")

    @property
    def query(self) -> str:
        """For addresses: "?rehearsal=1", or nothing."""
        chosen = {"rehearsal": "1"} if self.rehearsal else {}
        chosen |= {"without": "flagged"} if self.without_flagged else {}
        return f"?{urlencode(chosen)}" if chosen else ""

    @property
    def other(self) -> "AnswerFilter":
        """The same with those who were flagged, or without them."""
        return AnswerFilter(self.rehearsal, not self.without_flagged)
