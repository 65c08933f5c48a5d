"""A clip that is not wanted: retired, so that new surveys leave it out, or removed where nobody has heard it."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import RestrictedError

from generation.catalogue.errors import CatalogueError
from generation.catalogue.scores import FORMS, score_file
from generation.models import Clip


def remove_clip(clip: Clip) -> list[str]:
    """The names of the drafts of surveys that it leaves. A survey that was opened stays what it is: whoever comes later
    is to hear the clips of those who came before."""
    surveys = list(dict.fromkeys([*clip.surveys.all(), *clip.practised_in.all()]))
    opened = ", ".join(f'"{survey}"' for survey in surveys if survey.state != "draft")
    if opened:
        raise CatalogueError(
            f"{clip} is in {opened}, which has been opened and stays as it is. Retire the clip: new surveys leave it "
            "out."
        )
    files = [file.name for file in (clip.midi, clip.recording, clip.original, clip.master, clip.mp3, clip.opus) if file]
    files += [score_file(clip, form) for form in FORMS]
    called = str(clip)
    try:
        with transaction.atomic():
            clip.delete()
            transaction.on_commit(lambda: [default_storage.delete(name) for name in files])
    except RestrictedError as error:
        raise CatalogueError(
            f"{called} was put before listeners, so it stays with what they said. Retire it: new surveys leave it out."
        ) from error
    return [str(survey) for survey in surveys]
