"""Trained networks: training as a row that tells the truth, and run folders from elsewhere."""

import math
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.catalogue.errors import CatalogueError, proper_name
from generation.models import Corpus, Run
from generation.music.corpora.corpora import open_corpus
from generation.music.inference.check_run import check_run
from generation.music.training import presets
from generation.music.training.checkpoints import resumable_checkpoint
from generation.music.training.quiet_stderr import silence_stderr
from generation.music.training.runs import RunError, StopTraining, open_run, read_config
from generation.outcomes import did_not_go_on, training_sentences
from jobs.runner import Busy, JobLost, JobStopped, run_here, take_over_abandoned
from jobs.runner import Progress as JobProgress
from studies.models import Study
from studies.slugs import free_slug

FILES = ("config.json", "vocabulary.json", "weights.npz", "places.npz", "history.csv", "checkpoint/checkpoint.npz")


@dataclass
class TrainedRun:
    run: Run
    is_new: bool
    is_stopped: bool = False
    ended_by: str = ""  # why it did not go on, though it was asked to

    def values(self) -> dict:
        run = self.run
        about = {"run": run.pk, "name": run.name, "folder": str(run.folder)}
        return about | {"is_new": self.is_new, "is_stopped": self.is_stopped, "ended_by": self.ended_by}

    def sentences(self) -> list[str]:
        return training_sentences(self.values())


def train_run(
    study: Study,
    corpus: Corpus,
    *,
    preset: str,
    name: str,
    values: dict[str, str] | None = None,
    seed: int = 1,
    resume: bool = False,
    report: Callable | None = None,
) -> TrainedRun:
    """Train a network on a corpus into the run's folder, in this process; `report` gets its `Progress`."""
    take_over_abandoned()  # a terminal that was closed must not keep the run to itself for ever
    run = plan_run(study, corpus, preset=preset, name=name, values=values, seed=seed, resume=resume)
    if run.state == Run.State.FINISHED and not resume:
        return TrainedRun(run, is_new=False)
    if run.is_going_on:
        raise _busy(run)
    if resume and run.has_learned:
        _check_that_it_can_go_on(run)  # before there is a job, and before anything is changed
    try:
        run.save()
    except IntegrityError:
        raise CatalogueError(f'Somebody else has just begun a run "{run}". Choose another name.') from None
    try:
        with run_here(study, "generation.train", title=run.name, key=run.key, run=run.pk) as progress:
            run.job = progress.job
            Run.objects.filter(pk=run.pk).update(job=run.job)
            trained = train_planned(run, resume=resume, progress=progress, report=report)
            progress.outcome = trained.values()
            return trained
    except Busy:
        raise _busy(run) from None
    except JobStopped:
        run.refresh_from_db()
        return TrainedRun(run, is_new=True, is_stopped=True)
    except JobLost:
        raise CatalogueError(
            f'Nothing was heard of the training of "{run}" for so long that it counts as ended; resume it to go on.'
        ) from None


def _busy(run: Run) -> CatalogueError:
    return CatalogueError(f'The run "{run}" is being trained at this moment by another process, or waits for a worker.')


def train_planned(run: Run, *, resume: bool, progress: JobProgress, report: Callable | None = None) -> TrainedRun:
    """Train a run whose row is there, within a job; `JobStopped` when somebody stopped it: what it learned is kept."""
    recipe = presets.preset(run.preset).with_values(run.settings)
    resume = resume and run.has_learned
    if resume:
        _check_that_it_can_go_on(run)
    with silence_stderr():
        from generation.music.training.loop import train  # TensorFlow, which takes seconds to come

    before = _steps(run) if resume else None
    progress.check()
    Run.objects.filter(pk=run.pk).update(finished=None, note="")
    if not resume:
        shutil.rmtree(run.folder, ignore_errors=True)
    trained = train(
        open_corpus(run.corpus.folder).pieces,
        recipe,
        run.folder,
        seed=run.seed,
        fingerprint=run.corpus.fingerprint,
        resume=resume,
        report=_reporting(progress, report),
    )
    if trained.config["progress"]["state"] == "stopped":
        raise JobStopped(run.pk)
    result = TrainedRun(run, is_new=True, ended_by=_why_it_did_not_go_on(before, trained.config["progress"]))
    with transaction.atomic():
        progress.check()
        run.finished = timezone.now()
        run.note = did_not_go_on(result.values()) if result.ended_by else ""
        Run.objects.filter(pk=run.pk).update(finished=run.finished, note=run.note)
    return result


def _check_that_it_can_go_on(run: Run) -> None:
    recipe = presets.preset(run.preset).with_values(run.settings)
    resumable_checkpoint(run.folder, recipe, seed=run.seed, fingerprint=run.corpus.fingerprint)


def _steps(run: Run) -> int | None:
    """How many updates lie behind, by the run's folder."""
    try:
        return read_config(run.folder)["progress"]["step"]
    except (RunError, KeyError):
        return None


def _why_it_did_not_go_on(before: int | None, progress: dict) -> str:
    if before is None or progress.get("step") != before or progress["state"] != "finished":
        return ""
    return progress.get("ended_by") or "there is nothing more to learn"


def plan_run(
    study: Study,
    corpus: Corpus,
    *,
    preset: str,
    name: str,
    values: dict[str, str] | None = None,
    seed: int = 1,
    resume: bool = False,
) -> Run:
    """The row of this training: the one there is, or a new one that is not saved yet; whatever does not fit is refused.

    One that goes on keeps its values where no others are given. One that ended before it had learned anything is
    nothing to keep: its name may be used again, with other values. What was learned is never begun anew.
    """
    values = values or {}
    presets.preset(preset).with_values(values).check()
    name = proper_name(name, of="run")
    run = study.runs.select_related("job", "corpus").filter(name=name).first()
    if run is None:
        if resume:
            raise CatalogueError(f'There is no run "{name}" to go on with; leave --resume out to begin it.')
        run = Run(study=study, name=name, slug=free_slug(name, study.runs.all()))
        run.corpus, run.preset, run.settings, run.seed = corpus, preset, values, seed
    elif run.state in (Run.State.FAILED, Run.State.STOPPED) and not run.has_learned:
        run.corpus, run.preset, run.settings, run.seed = corpus, preset, values, seed
    else:
        values = run.settings | values if resume else values
        if (run.corpus, run.preset, run.seed) != (corpus, preset, seed) or (not resume and run.settings != values):
            raise CatalogueError(
                f'There is a run "{run}" already, of preset {run.preset} on "{run.corpus}" with seed {run.seed}'
                f"{''.join(f', {key}={value}' for key, value in run.settings.items())}. Choose another name."
            )
        ended = {Run.State.STOPPED: "was stopped", Run.State.FAILED: "failed"}
        if run.state in ended and run.has_learned and not resume:
            raise CatalogueError(
                f'The run "{run}" {ended[run.state]} before its end; go on with --resume, or choose another name.'
            )
        run.settings = values
    presets.preset(preset).with_values(values).check()
    return run


def _reporting(progress: JobProgress, report: Callable | None) -> Callable:
    """Passes on what training reports, and now and then writes it into the job, where pages read it. When somebody has
    stopped the job, training keeps what it has learned and ends."""

    def tell(training) -> None:
        try:
            progress(round(training.epoch * 100), training.epochs * 100, "%", **numbers_of(training))
        except JobStopped:
            raise StopTraining from None
        if report:
            report(training)

    return tell


def numbers_of(training) -> dict[str, float]:
    keys = ("epoch", "epochs", "loss", "validation_loss", "seconds", "seconds_left")
    numbers = {key: getattr(training, key) for key in keys}
    return {key: value for key, value in numbers.items() if value is not None and math.isfinite(value)}


def import_run(study: Study, folder: str | Path, *, name: str, called: str = "") -> TrainedRun:
    """A run folder that was trained elsewhere, checked and copied to where runs lie; `called` as a page calls it."""
    folder = Path(folder).expanduser()
    name = proper_name(name, of="run")
    trained = open_run(folder)
    check_run(trained)
    there = study.runs.filter(name=name).first()
    if there:
        if there.finished and open_run(there.folder).fingerprint == trained.fingerprint:
            return TrainedRun(there, is_new=False)
        raise CatalogueError(f'There is another run "{there}" already. Choose another name.')
    run = Run(study=study, name=name, slug=free_slug(name, study.runs.all()), preset=trained.preset.name)
    run.corpus = study.corpora.filter(fingerprint=trained.config.get("corpus", {}).get("fingerprint", "")).first()
    run.seed, run.finished = trained.config.get("seed", 1), timezone.now()
    run.note = f"Trained elsewhere, read from {called or folder}."
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    settings.RUNS_ROOT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".importing-", dir=settings.RUNS_ROOT) as beside:
        copy = Path(beside) / "run"
        for file in filter(Path.is_file, (folder / known for known in FILES)):
            (copy / file.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy / file.relative_to(folder))
        open_run(copy)
        shutil.rmtree(run.folder, ignore_errors=True)
        copy.rename(run.folder)
    run.save()
    return TrainedRun(run, is_new=True)
