"""The background's door to the catalogue: the same functions as the commands call, with rows named by their ids.

What a task gives back is what a command prints: `said`, a list of sentences; or `error`, one sentence. Nothing heavy is
imported before a worker does the work: pages put tasks into the queue.
"""

from collections.abc import Callable

from django_tasks import task

from generation.models import Corpus, Errand, Run, Source
from generation.music.score.arrangement import Arrangement
from studies.models import Study


@task()
def import_corpus(study_id: int, origin: str, **values) -> dict:
    return _done("import_corpus", Study.objects.get(pk=study_id), origin, **values)


@task()
def excerpt(corpus_id: int, **values) -> dict:
    corpus = Corpus.objects.get(pk=corpus_id)
    values["arrangement"] = Arrangement(**values["arrangement"])
    return _done("excerpt", corpus.study, corpus, **values)


@task()
def import_midi(study_id: int, paths: list[str], **values) -> dict:
    return _done("import_midi", Study.objects.get(pk=study_id), paths, **values)


@task()
def train_run(run_id: int) -> dict:
    """Train what waits in the row, or go on where a killed worker left it; what somebody stopped meanwhile stays so."""
    run = Run.objects.get(pk=run_id)
    if not run.is_going_on:
        return {"said": [f'The run "{run}" is {run.get_state_display()}: nothing done.']}
    return _done(
        "train_run",
        run.study,
        run.corpus,
        preset=run.preset,
        name=run.name,
        values=run.settings,
        seed=run.seed,
        resume=True,
    )


@task()
def do_errand(errand_id: int) -> dict:
    from generation import errands

    return errands.do(Errand.objects.get(pk=errand_id))


@task()
def compose_clips(run_id: int, **values) -> dict:
    run = Run.objects.get(pk=run_id)
    return _done("compose_clips", run.study, run, **values)


@task()
def render_clips(study_id: int, source_id: int | None = None) -> dict:
    source = Source.objects.get(pk=source_id) if source_id else None
    return _done("render_clips", Study.objects.get(pk=study_id), source=source)


def _done(function_name: str, /, *args, **values) -> dict:
    from importlib import import_module

    from studies.errors import EarwitnessError

    module = {
        "import_corpus": "corpora",
        "excerpt": "excerpts",
        "import_midi": "clip_import",
        "train_run": "runs",
        "compose_clips": "composing",
        "render_clips": "rendering",
    }[function_name]
    function: Callable = getattr(import_module(f"generation.catalogue.{module}"), function_name)
    try:
        return {"said": function(*args, **values).sentences()}
    except EarwitnessError as error:
        return {"error": str(error)}
