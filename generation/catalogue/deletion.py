"""Deleting what nothing depends on: a clip nobody has heard, a corpus, a run. The row first, then its files."""

import shutil

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from generation.catalogue.errors import CatalogueError
from generation.catalogue.scores import FORMS, score_file
from generation.models import Clip, Corpus, Run


def delete_clip(clip: Clip) -> list[str]:
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


def delete_corpus(corpus: Corpus) -> None:
    _delete(corpus, "corpus")


def delete_run(run: Run) -> None:
    if run.is_going_on:
        raise CatalogueError(f'The run "{run}" is being trained; stop it first.')
    _delete(run, "run")


def _delete(row: Corpus | Run, kind: str) -> None:
    folder = row.folder
    try:
        row.delete()
    except ProtectedError as error:
        users = ", ".join(sorted(f'"{user}"' for user in error.protected_objects))
        raise CatalogueError(f'The {kind} "{row}" is used by {users}: it cannot be deleted.') from error
    shutil.rmtree(folder, ignore_errors=True)
