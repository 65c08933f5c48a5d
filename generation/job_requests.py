"""What pages, programs and commands ask of the workers: jobs on corpora, runs and clips."""

from pathlib import Path

from django.db import transaction

from generation.models import Corpus, Run, Source
from generation.music.score.arrangement import Arrangement
from jobs.models import Job
from jobs.runner import send
from studies.models import Study


def send_training(run: Run) -> Job:
    """Have a run trained by the next worker that is free; one that is being trained stays as it is."""
    with transaction.atomic():  # in immediate mode the job runs now, and needs its row to name it
        run.save()
        run.job = send(run.study, "generation.train", title=run.name, key=run.key, run=run.pk)
        Run.objects.filter(pk=run.pk).update(job=run.job)
    run.refresh_from_db()
    return run.job


def send_trainings(runs: list[Run]) -> list[Run]:
    """Of many runs those that are neither finished nor under way."""
    waiting = [run for run in runs if run.state != Run.State.FINISHED and not run.is_going_on]
    for run in waiting:
        send_training(run)
    return waiting


def send_composition(run: Run, *, source: str, arrangement: Arrangement, **wishes) -> Job:
    """`wishes` as `catalogue.composing.compose_clips` has them, and `instrument` and `soundfont`."""
    wishes |= {"run": run.pk, "source": source, "arrangement": arrangement.as_dict()}
    return send(run.study, "generation.compose", title=source, **wishes)


def send_files(study: Study, folder: Path, *, source: str, arrangement: Arrangement, **values) -> Job:
    """Clips of the files in the folder; `values` as `catalogue.clip_import` has them."""
    values |= {"folder": folder.name, "source": source, "arrangement": arrangement.as_dict()}
    return send(study, "generation.import_midi", title=source, **values)


def send_excerpts(study: Study, corpus: Corpus, *, source: str, arrangement: Arrangement, **wishes) -> Job:
    wishes |= {"corpus": corpus.pk, "source": source, "arrangement": arrangement.as_dict()}
    return send(study, "generation.excerpt", title=source, **wishes)


def send_rendering(source: Source) -> Job:
    key = f"render source {source.pk}"
    return send(source.study, "generation.render", title=source.name, key=key, source=source.pk)


def send_comparison(source: Source, corpus: Corpus) -> Job:
    """Whether clips copy: it takes seconds for a large corpus, which nobody who waits for the sound should wait for."""
    key = f"compare source {source.pk} with corpus {corpus.pk}"
    return send(source.study, "generation.originality", title=source.name, key=key, source=source.pk, corpus=corpus.pk)


def send_previews(corpus: Corpus, numbers: list[int]) -> Job:
    """The beginnings of some of its pieces, to be heard on its page."""
    key = f"preview corpus {corpus.pk} from {min(numbers, default=0)}"
    return send(corpus.study, "generation.preview", title=corpus.name, key=key, corpus=corpus.pk, numbers=numbers)


def send_corpus(study: Study, **values) -> Job:
    """`values` as `catalogue.corpora.import_corpus` has them, or with `folder`, an upload, in place of its origin."""
    return send(study, "generation.import_corpus", title=values["name"], **values)


def send_upload(study: Study, kind: str, folder: Path, *, title: str, **values) -> Job:
    """A run folder, a bundle or a soundfont that was uploaded: `import_run`, `import_bundle` or `add_soundfont`."""
    return send(study, f"generation.{kind}", title=title, folder=folder.name, **values)
