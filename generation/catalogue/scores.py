"""The score of a clip: written when somebody first looks at it, then kept beside its sound."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from generation.catalogue.clip_measures import heard_notes
from generation.catalogue.errors import CatalogueError
from generation.models import Clip
from generation.music.pictures.engraving import draw, engrave
from generation.music.score.notes import write_midi

FORMS = {"musicxml": engrave, "svg": draw}


def score(clip: Clip, form: str) -> bytes:
    """Of the notes as they are heard, as "musicxml" or "svg"; `EngravingError` where they cannot be written."""
    kept = score_file(clip, form)
    if default_storage.exists(kept):
        with default_storage.open(kept) as file:
            return file.read()
    piece = heard_notes(clip)
    if piece is None:
        raise CatalogueError(f"{clip} has no notes to be written as a score.")
    written = FORMS[form](write_midi(piece))
    if clip.rendered:  # before, nobody knows how much of it will be heard
        default_storage.save(kept, ContentFile(written))
    return written


def score_file(clip: Clip, form: str) -> str:
    return f"scores/{clip.name}.{form}"
