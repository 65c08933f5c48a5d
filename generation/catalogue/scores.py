"""The score of a clip: written when somebody first looks at it, then kept beside its sound."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from generation.catalogue.clip_measures import heard_notes
from generation.catalogue.errors import CatalogueError
from generation.models import Clip
from generation.music.pictures.engraving import draw, engrave
from generation.music.score.notes import write_midi

FORMS = {"musicxml": engrave, "svg": draw}


def score(clip: Clip, form: str) -> bytes:
    """Of the notes as they are heard, as "musicxml" or "svg"; `EngravingError` where they cannot be written."""
    path = score_file(clip, form)
    if default_storage.exists(path):
        with default_storage.open(path) as file:
            return file.read()
    piece = heard_notes(clip)
    if piece is None:
        raise CatalogueError(_("%(clip)s has no notes, so it has no score.") % {"clip": clip})
    content = FORMS[form](write_midi(piece))
    if clip.rendered:  # before, nobody knows how much of it will be heard
        default_storage.save(path, ContentFile(content))
    return content


def score_file(clip: Clip, form: str) -> str:
    return f"scores/{clip.name}.{form}"
