"""Do some models play one voice and others several? Listeners hear that at once, and may judge nothing else."""

from collections.abc import Iterable

from generation.catalogue.errors import CatalogueError
from generation.catalogue.measuring import heard_notes
from generation.models import Clip
from generation.music.fairness import compare
from generation.music.measures import describe


def texture_warning(clips: Iterable[Clip]) -> str:
    """What to think of before people listen, in words; empty where all models are alike, or nothing has notes."""
    known = [(clip.source.name, {"polyphony": _polyphony(clip)}) for clip in clips]
    return " ".join(compare(known, draws=1).warnings)


def _polyphony(clip: Clip) -> float | None:
    if "notes" in clip.measured:
        return clip.measured["notes"].get("polyphony")
    try:
        piece = heard_notes(clip)
    except CatalogueError:  # a file that is gone is told where clips are heard
        return None
    return describe(piece)["polyphony"] if piece is not None else None
