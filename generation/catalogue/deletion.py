"""Deleting what nothing depends on: a clip nobody has heard, a corpus, a run. The row first, then its files."""

import shutil

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

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
            _(
                "%(clip)s cannot be deleted because it is used in %(surveys)s, which has been opened. Retire the clip "
                "instead: new surveys will not use it."
            )
            % {"clip": clip, "surveys": opened}
        )
    files = [file.name for file in (clip.midi, clip.recording, clip.original, clip.master, clip.mp3, clip.opus) if file]
    files += [score_file(clip, form) for form in FORMS]
    shown_name = str(clip)
    try:
        with transaction.atomic():
            clip.delete()
            transaction.on_commit(lambda: [default_storage.delete(name) for name in files])
    except RestrictedError as error:
        raise CatalogueError(
            _(
                "%(clip)s cannot be deleted because participants have heard it: it is kept with their answers. Retire "
                "the clip instead: new surveys will not use it."
            )
            % {"clip": shown_name}
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
        sentence = {
            "corpus": _('The corpus "%(name)s" cannot be deleted because it is used by %(users)s.'),
            "run": _('The training run "%(name)s" cannot be deleted because it is used by %(users)s.'),
        }[kind]
        raise CatalogueError(sentence % {"name": row, "users": users}) from error
    shutil.rmtree(folder, ignore_errors=True)
