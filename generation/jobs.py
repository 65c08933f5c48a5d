"""What a worker does about corpora, runs and clips: the same functions of the catalogue as the commands call.

A job that is run again after its worker was killed does the same once more: the catalogue adds nothing twice.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generation import upload_staging
from generation.catalogue.bundles import import_bundle
from generation.catalogue.clip_import import NothingTaken, import_midi
from generation.catalogue.clip_measures import measures_of_clip
from generation.catalogue.clips import AddedClips
from generation.catalogue.composing import compose_clips
from generation.catalogue.corpora import import_corpus
from generation.catalogue.errors import CatalogueError
from generation.catalogue.excerpts import excerpt
from generation.catalogue.originality import check_originality
from generation.catalogue.orphaned_files import sweep_media
from generation.catalogue.previews import create_previews
from generation.catalogue.rendering import render_clips
from generation.catalogue.run_folders import import_run_zip
from generation.catalogue.runs import train_planned
from generation.catalogue.soundfont_import import add_soundfont
from generation.job_requests import send_comparison
from generation.models import Corpus, Run, Source
from generation.music.magenta.files import open_upload
from generation.music.score.arrangement import Arrangement
from jobs.models import Job
from jobs.registry import chore, job
from jobs.runner import JobStopped, Progress
from studies.errors import EarwitnessError


@job("train")
def train(job: Job, progress: Progress) -> dict:
    """Train a run from its beginning, or from where a stopped or killed process left it."""
    try:
        return train_planned(_run(job), resume=True, progress=progress).values()
    except JobStopped:
        if Job.objects.filter(pk=job.pk, stop_asked=True).exists():
            raise
        # Ctrl-C in the worker's terminal: training caught it, to keep what it has learned, but it was meant for the
        # worker, which ends now. The next one goes on.
        signal.raise_signal(signal.SIGINT)
        raise KeyboardInterrupt from None


@job("compose")
def compose(job: Job, progress: Progress) -> dict:
    """Compose, then render: clips are on the page as soon as they have notes."""
    wishes = dict(job.arguments)
    run = _run(job)
    wishes.pop("run")
    arrangement, played = Arrangement(**wishes.pop("arrangement")), _pop_sound_wishes(wishes)
    added = compose_clips(job.study, run, arrangement=arrangement, progress=progress, **wishes)
    progress.check()
    outcome = {"source": added.source.pk, "run": run.pk, "added": added.values()}
    outcome |= _render_and_measure(added.source, played, progress)
    if run.corpus_id:
        send_comparison(added.source, run.corpus)
    return outcome


@job("import_midi")
def import_files(job: Job, progress: Progress) -> dict:
    values = dict(job.arguments)
    folder = values.pop("folder")
    arrangement, played = Arrangement(**values.pop("arrangement")), _pop_sound_wishes(values)
    before = _names_taken_before(job)
    with _upload(folder) as files:
        try:
            added = import_midi(job.study, files, arrangement=arrangement, progress=progress, **values)
        except NothingTaken as error:
            progress.outcome = {"lines": _lines(error.added, set())}
            raise
        return _made_audible(job, added, before, played, progress)


@job("excerpt")
def create_excerpts(job: Job, progress: Progress) -> dict:
    wishes = dict(job.arguments)
    corpus, played = _corpus(job), _pop_sound_wishes(wishes)
    wishes.pop("corpus")
    arrangement = Arrangement(**wishes.pop("arrangement"))
    before = _names_taken_before(job)
    added = excerpt(job.study, corpus, arrangement=arrangement, progress=progress, **wishes)
    return _made_audible(job, added, before, played, progress)


@job("render")
def render(job: Job, progress: Progress) -> dict:
    source = _source(job)
    rendered = render_clips(job.study, source=source, progress=progress)
    _measure(source, progress)
    return rendered.values() | {"source": source.pk}


@job("import_corpus")
def read_corpus(job: Job, progress: Progress) -> dict:
    values = dict(job.arguments)
    folder = values.pop("folder", "")
    if not folder:
        return import_corpus(job.study, progress=progress, **values).values()
    with _upload(folder) as [file]:
        return import_corpus(job.study, str(file), progress=progress, **values).values()


@job("originality")
def compare(job: Job, progress: Progress) -> dict:
    return check_originality(_source(job), _corpus(job), progress=progress).values()


@job("import_run")
def import_run(job: Job, progress: Progress) -> dict:
    with _upload(job.arguments["folder"]) as [file]:
        imported = import_run_zip(job.study, file, name=job.arguments["name"], file_name=file.name)
    return imported.values()


@job("import_bundle")
def read_bundle(job: Job, progress: Progress) -> dict:
    with _upload(job.arguments["folder"]) as files:
        opened = {file.name: file.open("rb") for file in files}
        try:
            called = files[0].name if len(files) == 1 else "What was sent"
            imported = import_bundle(job.study, open_upload(opened), name=job.arguments["name"], file=called)
        finally:
            for file in opened.values():
                file.close()
    return imported.values()


@job("add_soundfont")
def check_soundfont(job: Job, progress: Progress) -> dict:
    values = dict(job.arguments)
    with _upload(values.pop("folder")) as [file]:
        return add_soundfont(job.study, file, **values).values()


@job("preview")
def preview(job: Job, progress: Progress) -> dict:
    return create_previews(_corpus(job), job.arguments["numbers"], progress=progress)


@chore
def sweep_files() -> list[str]:
    """Delete files that no row points to; a process that was killed may have left them."""
    swept = sweep_media()
    return swept.sentences() if swept.files else []


def _run(job: Job) -> Run:
    run = job.study.runs.select_related("corpus", "study").filter(pk=job.arguments["run"]).first()
    if run is None:
        raise CatalogueError("The training run was deleted meanwhile.")
    return run


def _corpus(job: Job) -> Corpus:
    corpus = job.study.corpora.filter(pk=job.arguments["corpus"]).first()
    if corpus is None:
        raise CatalogueError("The corpus was deleted meanwhile.")
    return corpus


def _source(job: Job) -> Source:
    source = job.study.sources.filter(pk=job.arguments["source"]).first()
    if source is None:
        raise CatalogueError("The model was deleted meanwhile.")
    return source


@contextmanager
def _upload(folder: str) -> Iterator[list[Path]]:
    """The files of an upload, deleted once they were dealt with, unless by a process that was ended half-way."""
    path = upload_staging.folder_named(folder)
    files = upload_staging.files_in(path)
    if not files:
        raise CatalogueError("The uploaded files are gone: they were read already. Upload them again.")
    try:
        yield files
    except (EarwitnessError, JobStopped):
        upload_staging.forget(path)
        raise
    upload_staging.forget(path)


def _pop_sound_wishes(wishes: dict) -> dict[str, str]:
    """Taken out of what was asked for: how clips are to be played, which is not how they are made."""
    return {key: wishes.pop(key, "") for key in ("instrument", "soundfont")}


def _made_audible(job: Job, added: AddedClips, before: set[str], played: dict[str, str], progress: Progress) -> dict:
    """Lines are in the row before rendering begins: whoever is killed there is followed by one that knows them."""
    lines = _lines(added, before)
    outcome = {"source": added.source.pk, "added": added.values() | {"refused": []}, "lines": lines}
    progress.outcome = outcome
    progress.write(outcome=outcome)
    outcome |= _render_and_measure(added.source, played, progress)
    reasons = dict(outcome["rendered"]["refused"])
    for line in lines:
        if line["clip"] in reasons:
            line.update(outcome="silent", why=reasons[line["clip"]])
    return outcome


def _render_and_measure(source: Source, played: dict[str, str], progress: Progress) -> dict:
    rendered = render_clips(source.study, source=source, progress=progress, **played)
    _measure(source, progress)
    return {"rendered": rendered.values()}


def _measure(source: Source, progress: Progress) -> None:
    """What pages show of each clip, so that they need not measure it themselves."""
    clips = list(source.clips.usable())
    for number, clip in enumerate(clips, 1):
        try:
            measures_of_clip(clip)
        except EarwitnessError:
            continue  # the clip's own page says what is wrong with it
        progress(number, len(clips), "clips measured")


def _names_taken_before(job: Job) -> set[str]:
    """What was taken by a worker that was killed afterwards is no news but no repetition either."""
    return {line["name"] for line in job.outcome.get("lines", []) if line["outcome"] == "taken"}


def _lines(added: AddedClips, before: set[str]) -> list[dict]:
    clips = {clip.content_sha256: clip.number for clip in added.clips}
    return [
        {
            "name": line.name,
            "outcome": "taken" if line.outcome == "already" and line.name in before else line.outcome,
            "why": line.why,
            "clip": clips[line.clip.content_sha256] if line.clip else None,
        }
        for line in added.lines
    ]
