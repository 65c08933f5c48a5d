"""What a training has at hand: its material, its network, where it stands, and how that is kept. TensorFlow."""

import math
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from generation.music.score.notes import Piece
from generation.music.training import starting_points
from generation.music.training.batches import Plan, held_out_batches
from generation.music.training.checkpoints import Checkpoint, Position, checkpoint_of, has_checkpoint, save_checkpoint
from generation.music.training.configuration import Preset
from generation.music.training.layers import build_network
from generation.music.training.runs import (
    Run,
    RunError,
    StopTraining,
    append_history,
    check_free,
    save_run,
    write_history,
)
from generation.music.training.training_data import notes_in_words, prepare
from generation.music.training.updates import Learner

REPORT_EVERY = 0.5  # seconds


@dataclass(frozen=True)
class Progress:
    """What a training has to tell while it runs."""

    epoch: float  # 2.25: a quarter of the third
    epochs: int
    step: int
    loss: float  # nats per token since the last evaluation
    validation_loss: float | None  # at the last evaluation
    best: float | None
    tokens_per_second: float  # targets learned from
    seconds: float  # of everything
    seconds_left: float  # as it looks now
    state: str  # "training", "stopped" or "finished"


Report = Callable[[Progress], None]


class Session:
    def __init__(
        self,
        pieces: list[Piece],
        preset: Preset,
        folder: Path,
        *,
        seed: int,
        fingerprint: str,
        resume: bool,
        report: Report | None,
    ):
        checkpoint = checkpoint_of(folder, preset, seed=seed, fingerprint=fingerprint) if resume else check_free(folder)
        self.preset, self.config, self.folder, self.report = preset, preset.training, folder, report
        self.material = prepare(pieces, preset)
        self.held_out = self.material.held_out()
        self.network = build_network(preset, len(self.material.vocabulary), seed=seed)
        if preset.network.prior:
            self.network.begin_from(self.material.occurrences())
        self.learner = Learner(self.network, self.config)
        self.places = starting_points.find(self.material, preset, seed)
        self.notes_of = notes_in_words(self.material.vocabulary)
        versions = {"python": platform.python_version(), "numpy": np.__version__}
        self.settled = self.material.settled(seed, fingerprint) | {
            "layers": preset.layers(len(self.material.vocabulary)),
            "versions": versions | {"tensorflow": tf.__version__, "keras": keras.__version__},
        }
        self.position = Position()
        self.states: list | None = None  # of the layers, carried from batch to batch of an epoch
        self.best: dict[str, np.ndarray] | None = None  # weights
        self.over = ""  # or "finished" or "stopped"
        self.steps = 1  # of this epoch
        self.marks: set[int] = set()  # batches of this epoch that an evaluation follows
        self.told = self.kept = time.monotonic()
        if checkpoint:
            try:
                self._take_up(checkpoint)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                raise RunError(
                    f"The checkpoint in {folder} is not of this network; train the run from the beginning."
                ) from error
        write_history(folder, self.position.history)

    def _take_up(self, checkpoint: Checkpoint) -> None:
        self.position = checkpoint.position
        self.network.load(checkpoint.arrays["weights"])
        self.best = checkpoint.arrays["best"] or None
        for number, variable in enumerate(self.learner.optimizer.variables):
            variable.assign(checkpoint.arrays["optimizer"][str(number)])
        if checkpoint.arrays["states"]:
            self.states = [[] for _ in self.network.zero_states(1)]
            for name, array in checkpoint.arrays["states"].items():  # written in order
                self.states[int(name.split()[0])].append(tf.constant(array))
        if self.ended_by():
            self.over = "finished"

    def open_epoch(self, plan: Plan) -> None:
        self.steps = len(plan)
        self.marks = {
            math.ceil(len(plan) * number / self.config.evaluations) for number in range(1, self.config.evaluations + 1)
        }
        self.states = self.states or self.network.zero_states(plan.batch)

    def close_epoch(self, plan: Plan) -> None:
        if self.position.batch < len(plan):
            return  # stopped within it
        self.position.epoch, self.position.batch, self.states = self.position.epoch + 1, 0, None
        if self.position.epoch >= self.config.epochs:
            self.over = self.over or "finished"
        if not self.over:
            self.keep()

    def epoch(self) -> float:
        return self.position.epoch + self.position.batch / self.steps

    def progress(self) -> float:
        """The share of the training that lies behind; the clock has a say where it ends it."""
        behind = self.epoch() / self.config.epochs
        return max(behind, self.position.elapsed / (60 * self.config.minutes)) if self.config.minutes else behind

    def check(self, *, stop: bool) -> None:
        """After each update: is the loss a number, is the time up, has somebody pressed Ctrl-C?"""
        position = self.position
        if not math.isfinite(position.loss):
            kept = (
                "What was learned up to the last checkpoint is kept; train" if has_checkpoint(self.folder) else "Train"
            )
            raise RunError(
                f"The loss is no number any more after update {position.step}. {kept} anew with a smaller "
                "learning_rate or with clipnorm=1."
            )
        if stop:
            self.over = "stopped"
        if self._out_of_time():
            self.over = "finished"

    def evaluate(self, rate: float) -> None:
        """Judge the held-out pieces, write a row of history, and remember the weights if they are the best."""
        began = time.monotonic()
        position = self.position
        losses, tokens = self.held_out_losses()
        validation = float(losses.mean()) if len(losses) else math.nan
        known, notes = tokens != self.material.vocabulary.unknown, self.notes_of[tokens]
        row = {
            "epoch": round(self.epoch(), 4),
            "step": position.step,
            "seconds": round(position.seconds, 2),
            "loss": position.loss / max(position.targets, 1),
            "validation_loss": validation,
            "known_loss": float(losses[known].mean()) if known.any() else math.nan,
            "nats_per_note": float(losses[notes > 0].sum() / notes.sum()) if notes.sum() else math.nan,
            "learning_rate": rate,
            "tokens_per_second": round(position.targets / max(position.since, 1e-9), 1),
            "processor_seconds": round(position.processor, 2),
        }
        position.history.append(row)
        append_history(self.folder, row)
        position.loss = position.targets = position.since = 0.0
        position.without_better += 1
        if position.best is None or validation < position.best or math.isnan(validation):
            position.best, position.best_step, position.without_better = validation, position.step, 0
            self.best = self.network.arrays()
        if self._no_more_patience():
            self.over = self.over or "finished"
        position.elapsed += time.monotonic() - began

    def held_out_losses(self) -> tuple[np.ndarray, np.ndarray]:
        """Of every target judged: its loss in nats, and which token it is."""
        losses, tokens = [], []
        if len(self.held_out):
            plan = held_out_batches(self.held_out, self.config)
            states = self.network.zero_states(plan.batch)
            for batch in plan:
                nats, states = self.learner.judge(batch, states)
                known = batch.weights > 0
                losses.append(nats[known])
                tokens.append(batch.targets[known])
        if not losses:
            return np.zeros(0), np.zeros(0, int)
        return np.concatenate(losses), np.concatenate(tokens)

    def _out_of_time(self) -> bool:
        return bool(self.config.minutes) and self.position.elapsed >= 60 * self.config.minutes

    def _no_more_patience(self) -> bool:
        return bool(self.config.patience) and self.position.without_better >= self.config.patience

    def ended_by(self) -> str:
        """Why there is nothing more to learn, and what would have to be set for more; empty while there is."""
        config, position = self.config, self.position
        if self._no_more_patience():
            return (
                f"its last {position.without_better} evaluations brought no better loss; to go on all the same, set "
                f"patience to more than {position.without_better}, or to 0"
            )
        if self._out_of_time():
            return f"its {config.minutes:g} minutes are over; to go on, set minutes to more, or to 0"
        if position.epoch >= config.epochs:
            return f"it has learned for {config.epochs} epochs; to go on, set epochs to more"
        return ""

    def tell(self) -> None:
        if self.report is None:
            return
        evaluated = self.position.batch in self.marks
        if not (evaluated or self.over or time.monotonic() - self.told > REPORT_EVERY):
            return
        self.told = time.monotonic()
        try:
            self.report(self._progress())
        except StopTraining:
            self.over = self.over or "stopped"

    def _progress(self) -> Progress:
        position = self.position
        last = position.history[-1] if position.history else {"loss": math.nan, "validation_loss": None}
        recent = position.targets > 0  # since the last evaluation
        speed = position.targets / max(position.since, 1e-9) if recent else last.get("tokens_per_second", 0.0)
        done = max(self.progress(), 1e-9)
        return Progress(
            epoch=self.epoch(),
            epochs=self.config.epochs,
            step=position.step,
            loss=position.loss / position.targets if recent else last["loss"],
            validation_loss=last["validation_loss"],
            best=position.best,
            tokens_per_second=speed,
            seconds=position.elapsed,
            seconds_left=position.elapsed * (1 - min(done, 1)) / done,
            state=self.over or "training",
        )

    def keep_now_and_then(self) -> None:
        if not self.over and time.monotonic() - self.kept > 60 * self.config.checkpoint_minutes:
            self.keep()

    def keep(self) -> Run:
        """Write the checkpoint, and the run with its best weights so far."""
        position = self.position
        progress = {
            "state": self.over or "training",
            "epochs": round(self.epoch(), 4) if position.batch else position.epoch,
            "step": position.step,
            "seconds": round(position.seconds, 1),
            "best_validation_loss": None if position.best is None or math.isnan(position.best) else position.best,
            "best_step": position.best_step,
            "ended_by": self.ended_by(),
        }
        config = self.settled | {"progress": progress}
        weights = self.network.arrays()
        states = [(f"{i} {j}", state) for i, layer in enumerate(self.states or []) for j, state in enumerate(layer)]
        arrays = {
            "weights": weights,
            "best": self.best or {},
            "optimizer": {str(i): variable.numpy() for i, variable in enumerate(self.learner.optimizer.variables)},
            "states": {name: state.numpy() for name, state in states},
        }
        save_checkpoint(self.folder, Checkpoint(position, arrays, config))
        self.kept = time.monotonic()
        best = self.best or weights
        return save_run(
            self.folder, config=config, vocabulary=self.material.vocabulary, weights=best, places=self.places
        )
