"""Trained networks: training as a row that tells the truth, and run folders from elsewhere."""

import contextlib
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from generation.catalogue.errors import CatalogueError, proper_name
from generation.locks import LockedError, held
from generation.models import Corpus, Run
from generation.music.corpora.corpora import open_corpus
from generation.music.inference.check_run import check_run
from generation.music.quiet_stderr import quiet_while_loading
from generation.music.training import presets
from generation.music.training.checkpoints import checkpoint_of
from generation.music.training.runs import RunError, StopTraining, open_run, read_config
from studies.models import Study
from studies.naming import free_slug

TELL_EVERY = 3  # seconds between two updates of the row
FILES = ("config.json", "vocabulary.json", "weights.npz", "places.npz", "history.csv", "checkpoint/checkpoint.npz")


@dataclass
class TrainedRun:
    run: Run
    is_new: bool
    why_not: str = ""  # it did not go on, though it was asked to

    def sentences(self) -> list[str]:
        if self.why_not:
            return [self.why_not]
        if not self.is_new:
            return [f'The run "{self.run}" is there already, trained with the same values: nothing done.']
        if self.run.state == Run.State.STOPPED:
            return [f'The run "{self.run}" was stopped: {self.run.message}']
        return [f'The run "{self.run}" is ready: {self.run.folder}']


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
    """Train a network on a corpus into the run's folder; `report` gets its `Progress`."""
    run = plan_run(study, corpus, preset=preset, name=name, values=values, seed=seed, resume=resume)
    if run.state == Run.State.FINISHED and not resume:
        return TrainedRun(run, is_new=False)
    recipe = presets.preset(preset).with_values(run.settings)
    resume = resume and run.has_learned
    if resume:
        _check_that_it_can_go_on(run, recipe, corpus)
    with _at_work_on(run):
        with quiet_while_loading():
            from generation.music.training.loop import train  # TensorFlow, which takes seconds to come

        before = _steps(run) if resume else None
        if not resume:
            shutil.rmtree(run.folder, ignore_errors=True)
        with _truthfully(run):
            trained = train(
                open_corpus(corpus.folder).pieces,
                recipe,
                run.folder,
                seed=seed,
                fingerprint=corpus.fingerprint,
                resume=resume,
                report=_telling(run, report),
            )
            why_not = _why_it_did_not_go_on(run, before, trained.config["progress"])
            if trained.config["progress"]["state"] == "stopped":
                _leave(run, Run.State.STOPPED, "Stopped by hand; resume it to go on.")
            else:
                _leave(run, Run.State.FINISHED, why_not)
    return TrainedRun(run, is_new=True, why_not=why_not)


def _check_that_it_can_go_on(run: Run, recipe: presets.Preset, corpus: Corpus) -> None:
    """Refused before anything is changed; but what a worker was to go on with says on its page why it does not."""
    try:
        checkpoint_of(run.folder, recipe, seed=run.seed, fingerprint=corpus.fingerprint)
    except RunError as error:
        if run.is_going_on:
            _leave(run, Run.State.FAILED, str(error))
        raise


def _steps(run: Run) -> int | None:
    """How many updates lie behind, by the run's folder."""
    try:
        return read_config(run.folder)["progress"]["step"]
    except (RunError, KeyError):
        return None


def _why_it_did_not_go_on(run: Run, before: int | None, progress: dict) -> str:
    if before is None or progress.get("step") != before or progress["state"] != "finished":
        return ""
    return f'The run "{run}" did not go on: {progress.get("ended_by") or "there is nothing more to learn"}.'


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
    run = study.runs.filter(name=name).first()
    if run is not None:
        run.settle()
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
        ended = {Run.State.STOPPED: "was stopped", Run.State.FAILED: "failed", Run.State.WAITING: "waits"}
        if run.state in ended and run.has_learned and not resume:
            raise CatalogueError(
                f'The run "{run}" {ended[run.state]} before its end; go on with --resume, or choose another name.'
            )
        run.settings = values
    presets.preset(preset).with_values(values).check()
    return run


@contextlib.contextmanager
def _at_work_on(run: Run) -> Iterator[None]:
    """No two processes train one run, and the row says TRAINING only while one does (`Run.settle`)."""
    try:
        with held(run.lock):
            run.state, run.message, run.finished = (
                Run.State.TRAINING,
                "Beginning: the corpus becomes tokens, the network is built.",
                None,
            )
            try:
                run.save()
            except IntegrityError:
                raise CatalogueError(f'Somebody else has just begun a run "{run}". Choose another name.') from None
            yield
    except LockedError:
        raise CatalogueError(f'The run "{run}" is being trained at this moment by another process.') from None


@contextlib.contextmanager
def _truthfully(run: Run) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _leave(run, Run.State.STOPPED, "Stopped by hand; resume it to go on.")
        raise
    except RunError as error:
        _leave(run, Run.State.FAILED, str(error))
        raise
    except BaseException as error:
        _leave(run, Run.State.FAILED, f"Training broke off with {type(error).__name__}: {error}")
        raise


def _leave(run: Run, state: str, message: str) -> None:
    run.state, run.message, run.task = state, message, ""
    run.finished = timezone.now() if state == Run.State.FINISHED else None
    run.save(update_fields=["state", "message", "task", "finished"])


def _telling(run: Run, report: Callable | None) -> Callable:
    """Passes on what training reports, and now and then writes it into the row, where pages read it. If somebody has
    stopped the run there, training ends."""
    told = 0.0

    def tell(progress) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            going_on = Run.objects.filter(pk=run.pk, state=Run.State.TRAINING)
            if not going_on.update(message=in_words(progress), progress=in_numbers(progress)):
                raise StopTraining
        if report:
            report(progress)

    return tell


def in_numbers(progress) -> dict[str, float]:
    told = {key: getattr(progress, key) for key in ("epoch", "epochs", "loss", "seconds", "seconds_left")}
    return {key: value for key, value in told.items() if math.isfinite(value)}


def in_words(progress) -> str:
    said = f"Epoch {progress.epoch:.1f} of {progress.epochs}, loss {progress.loss:.2f}"
    if progress.validation_loss is not None:
        said += f", on held-out pieces {progress.validation_loss:.2f}"
    minutes = progress.seconds_left / 60
    return said + (f", about {minutes:.0f} min left" if minutes >= 1 else ", less than a minute left")


def import_run(study: Study, folder: str | Path, *, name: str, called: str = "") -> TrainedRun:
    """A run folder that was trained elsewhere, checked and copied to where runs lie; `called` as a page calls it."""
    folder = Path(folder).expanduser()
    name = proper_name(name, of="run")
    trained = open_run(folder)
    check_run(trained)
    there = study.runs.filter(name=name).first()
    if there:
        if there.state == Run.State.FINISHED and open_run(there.folder).fingerprint == trained.fingerprint:
            return TrainedRun(there, is_new=False)
        raise CatalogueError(f'There is another run "{there}" already. Choose another name.')
    run = Run(study=study, name=name, slug=free_slug(name, study.runs.all()), preset=trained.preset.name)
    run.corpus = study.corpora.filter(fingerprint=trained.config.get("corpus", {}).get("fingerprint", "")).first()
    run.seed, run.state, run.finished = trained.config.get("seed", 1), Run.State.FINISHED, timezone.now()
    run.message = f"Trained elsewhere, read from {called or folder}."
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
