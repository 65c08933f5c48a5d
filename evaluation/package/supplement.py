"""What a package holds in addition to results: what was planned, and who did the study."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Supplement:
    """For ratings collected elsewhere there is none.

    preregistration : text that was fixed before the first answer, or that the settings give now
    authors : who did the study, for CITATION.cff
    """

    preregistration: str = ""
    authors: tuple[str, ...] = ()


NO_SUPPLEMENT = Supplement()
