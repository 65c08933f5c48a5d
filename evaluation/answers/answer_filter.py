"""Which answers a page is about, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class AnswerFilter:
    """Whose answers: people's or robots', everybody's or without those who were flagged."""

    rehearsal: bool = False
    without_flagged: bool = False

    @classmethod
    def from_query(cls, values: Mapping[str, str]) -> "AnswerFilter":
        return cls(values.get("rehearsal") == "1", values.get("without") == "flagged")

    @property
    def query(self) -> str:
        """For addresses: "?rehearsal=1", or nothing."""
        values = {"rehearsal": "1"} if self.rehearsal else {}
        values |= {"without": "flagged"} if self.without_flagged else {}
        return f"?{urlencode(values)}" if values else ""

    @property
    def other(self) -> "AnswerFilter":
        """The same with those who were flagged, or without them."""
        return AnswerFilter(self.rehearsal, not self.without_flagged)


PEOPLE = AnswerFilter()
