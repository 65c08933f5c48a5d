"""What workers are sent to do: a row that tells how far it is, and a task in the queue.

A task that is taken up again after its worker was killed does the same once more: the catalogue adds nothing twice.
"""

import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from generation import deliveries, tasks, upload_staging
from generation.locks import LockedError, held
from generation.models import Corpus, Errand, Run, Source
from generation.music.score.arrangement import Arrangement
from studies.models import Study

TELL_EVERY = 0.7  # seconds between two updates of the row


def send(
    study: Study, kind: str, *, about: str, run: Run | None = None, clips_of: Source | None = None, **values
) -> Errand:
    """Put work into the queue; `values` are those of the function in the catalogue."""
    with transaction.atomic():  # no worker sees the one without the other
        errand = Errand.objects.create(study=study, kind=kind, about=about, run=run, source=clips_of, values=values)
        result = tasks.do_errand.enqueue(errand.pk)
        Errand.objects.filter(pk=errand.pk).update(task=str(result.id))
    errand.refresh_from_db()
    return errand


def send_to_train(run: Run) -> None:
    """A row that waits, or was stopped, is trained by the next worker that is free."""
    run.state, run.message, run.finished = Run.State.WAITING, "Waiting for a worker.", None
    with transaction.atomic():
        run.save()
        result = tasks.train_run.enqueue(run.pk)
        Run.objects.filter(pk=run.pk, state__in=[Run.State.WAITING, Run.State.TRAINING]).update(task=str(result.id))
    run.refresh_from_db()


def send_all_to_train(runs: list[Run]) -> list[Run]:
    """Of many runs those that are neither finished nor under way."""
    waiting = [run for run in runs if run.state != Run.State.FINISHED and not (run.pk and run.is_going_on)]
    for run in waiting:
        send_to_train(run)
    return waiting


def do(errand: Errand) -> dict:
    """Do it, telling the row; what may go wrong for a reason is its end, in one sentence."""
    from studies.errors import EarwitnessError

    if not errand.is_going_on:
        return {"said": errand.said}
    try:
        with held(errand.lock):
            Errand.objects.filter(pk=errand.pk).update(state=Errand.State.WORKING, message="", done=0, total=0)
            try:
                said = KINDS[errand.kind](errand, _telling(errand))
            except EarwitnessError as error:
                return _ended(errand, Errand.State.FAILED, message=str(error))
            except BaseException as error:
                _ended(errand, Errand.State.FAILED, message=f"It broke off: {error or type(error).__name__}")
                raise
            return _ended(errand, Errand.State.DONE, said=said)
    except LockedError:
        return {"said": ["Another worker does it already."]}


def _ended(errand: Errand, state: str, *, said: list[str] = (), message: str = "") -> dict:
    values = {"state": state, "said": list(said), "message": message, "finished": timezone.now()}
    Errand.objects.filter(pk=errand.pk).update(**values)
    errand.lock.unlink(missing_ok=True)
    return {"error": message} if message else {"said": list(said)}


def _telling(errand: Errand) -> Callable[[int, int, str], None]:
    told = 0.0

    def tell(done: int, total: int, unit: str) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY or (total and done == total):
            told = time.monotonic()
            Errand.objects.filter(pk=errand.pk).update(done=done, total=total, unit=unit)

    return tell


def _import_corpus(errand: Errand, progress) -> list[str]:
    from generation.catalogue.corpora import import_corpus

    values = dict(errand.values)
    uploaded = values.pop("folder", "")
    if uploaded:
        files = upload_staging.files_in(upload_staging.folder_named(uploaded))
        values["origin"] = str(files[0]) if files else ""  # none, where a killed worker had come to the end
    try:
        return import_corpus(errand.study, progress=progress, **values).sentences()
    finally:
        if uploaded:
            upload_staging.forget(upload_staging.folder_named(uploaded))


def _compose(errand: Errand, progress) -> list[str]:
    """Compose, then make audible: clips are on the page as soon as they have notes."""
    from generation.catalogue.composing import compose_clips
    from generation.catalogue.rendering import render_clips

    values = dict(errand.values)
    played = {key: values.pop(key, "") for key in ("instrument", "soundfont")}
    arrangement = Arrangement(**values.pop("arrangement"))
    added = compose_clips(errand.study, errand.run, arrangement=arrangement, progress=progress, **values)
    rendered = render_clips(errand.study, source=added.source, progress=progress, **played)
    deliveries.measure(added.source, progress)
    if errand.run.corpus_id:
        send_to_compare(added.source, errand.run.corpus)
    return added.sentences() + rendered.sentences()


def send_to_compare(source: Source, corpus: Corpus) -> Errand:
    """Whether clips copy: it takes seconds for a large corpus, which nobody who waits for the sound should wait for."""
    return send(source.study, "originality", about=source.name, clips_of=source, corpus_id=corpus.pk)


def _check_originality(errand: Errand, progress) -> list[str]:
    from generation.catalogue.errors import CatalogueError
    from generation.catalogue.originality import check_originality

    corpus = errand.study.corpora.filter(pk=errand.values["corpus_id"]).first()
    if errand.source is None or corpus is None:
        raise CatalogueError("The model or the corpus was removed meanwhile: there is nothing to compare.")
    return check_originality(errand.source, corpus, progress=progress).sentences()


KINDS = {
    "import_midi": deliveries.import_files,
    "excerpt": deliveries.excerpt,
    "render": deliveries.render,
    "import_corpus": _import_corpus,
    "compose": _compose,
    "originality": _check_originality,
}
