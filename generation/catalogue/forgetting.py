"""Corpora and runs that nothing depends on any more: the row first, then the folder."""

import shutil

from django.db.models import ProtectedError

from generation.catalogue.errors import CatalogueError
from generation.locks import LockedError, held
from generation.models import Corpus, Run


def forget_corpus(corpus: Corpus) -> None:
    _forget(corpus, "corpus")


def forget_run(run: Run) -> None:
    try:
        with held(run.lock):
            _forget(run, "run")
    except LockedError:
        raise CatalogueError(f'The run "{run}" is being trained; stop it first.') from None
    run.lock.unlink(missing_ok=True)


def _forget(row: Corpus | Run, kind: str) -> None:
    folder = row.folder
    try:
        row.delete()
    except ProtectedError as error:
        users = ", ".join(sorted(f'"{user}"' for user in error.protected_objects))
        raise CatalogueError(f'The {kind} "{row}" is used by {users}: it cannot be deleted.') from error
    shutil.rmtree(folder, ignore_errors=True)
