"""A corpus and a preset -> a run folder. TensorFlow.

Every decision of a training is in `train`, which reads from top to bottom.
"""

import contextlib
import math
import platform
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generation.music.score.notes import Piece
from generation.music.training import baselines
from generation.music.training.batches import batches
from generation.music.training.checkpoint_writer import CheckpointWriter
from generation.music.training.checkpoints import has_checkpoint, resumable_checkpoint
from generation.music.training.configuration import Preset
from generation.music.training.evaluator import Evaluator
from generation.music.training.layers import build_network
from generation.music.training.progress import ProgressReporter, Report
from generation.music.training.runs import Run, RunError, append_history, check_free, write_history
from generation.music.training.starting_points import draw_starting_points
from generation.music.training.stopping_criteria import out_of_patience, out_of_time, reason_to_end, share_done
from generation.music.training.training_data import prepare
from generation.music.training.training_state import TrainingState
from generation.music.training.updates import Updater, learning_rate


@contextlib.contextmanager
def explain_memory_errors() -> Iterator[None]:
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise RunError(
            "There is not enough memory for this training. Set lower units, embedding, window or batch, or set "
            "micro_batch."
        ) from error


@explain_memory_errors()
def train(
    pieces: list[Piece],
    preset: Preset,
    folder: str | Path,
    *,
    seed: int = 1,
    fingerprint: str = "",
    resume: bool = False,
    report: Report | None = None,
) -> Run:
    """Train a network and write it into its run folder.

    Parameters
    ----------
    pieces : the corpus
    folder : of the run; new, or with `resume` the one to continue
    seed : the same seed gives the same losses on the same machine, unless `minutes` lets the clock decide
    fingerprint : of the corpus, for the record
    report : called twice a second and after each evaluation. If it raises `StopTraining`, training stops as it does on
        Ctrl-C: what was learned is saved, and the training can be resumed

    Returns
    -------
    The run with the best weights by validation loss; `run.config["progress"]` says how far it came. `RunError` if
    training cannot start or continue.
    """
    folder, config = Path(folder), preset.training
    if preset.network.kind != "lstm":
        return baselines.train(pieces, preset, folder, seed=seed, fingerprint=fingerprint, resume=resume)
    tf.config.experimental.enable_op_determinism()

    # What there is: the data, the network, and what an earlier training left.
    checkpoint = None
    if resume:
        checkpoint = resumable_checkpoint(folder, preset, seed=seed, fingerprint=fingerprint)
    else:
        check_free(folder)
    data = prepare(pieces, preset)
    network = build_network(preset, len(data.vocabulary), seed=seed)
    if preset.network.prior:
        network.start_from_frequencies(data.occurrences())
    updater = Updater(network, config)
    evaluator = Evaluator(updater, data)
    writer = CheckpointWriter(
        folder,
        updater,
        run_config=data.run_config(seed, fingerprint)
        | {"layers": preset.layers(len(data.vocabulary)), "versions": library_versions()},
        vocabulary=data.vocabulary,
        starting_points=draw_starting_points(data, seed),
    )
    reporter = ProgressReporter(report, config)
    state, best, carried = writer.restore(checkpoint) if checkpoint else (TrainingState(), None, None)
    write_history(folder, state.history)
    outcome = "finished" if reason_to_end(state, config) else ""  # or "stopped"; empty while training

    with interrupts() as interrupted:
        while not outcome:
            # An epoch: each has its own order, and its own keys and tempos where the preset says so.
            rng = np.random.default_rng([seed, state.epoch])
            plan = batches(data.training(rng), config, rng)
            state.batches = len(plan)
            evaluated = {
                math.ceil(len(plan) * (number + 1) / config.evaluations) for number in range(config.evaluations)
            }
            carried = carried or network.zero_states(plan.batch)

            while state.batch < len(plan) and not outcome:
                # An update.
                began, processor = time.monotonic(), time.process_time()
                batch = plan[state.batch]
                rate = learning_rate(config, state.step, share_done(state, config))
                tensor, carried = updater.update(batch, carried, noise=(seed, state.step), rate=rate)
                loss, targets = float(tensor), float(batch.weights.sum())
                state.count_update(
                    loss,
                    targets=targets,
                    seconds=time.monotonic() - began,
                    processor=time.process_time() - processor,
                )

                # Does it go on?
                if not math.isfinite(state.loss):
                    raise RunError(divergence_message(folder, state))
                if interrupted:
                    outcome = "stopped"
                if out_of_time(state, config):
                    outcome = "finished"

                # How good is it on the held-out pieces? The best weights so far become the run's.
                is_evaluated = state.batch in evaluated
                if is_evaluated or outcome == "finished":
                    began = time.monotonic()
                    row = evaluator.evaluate(state, rate)
                    validation = row["validation_loss"]
                    is_best = state.best is None or validation < state.best or math.isnan(validation)
                    if is_best:
                        best = network.arrays()
                    state.count_evaluation(row, is_best=is_best)
                    append_history(folder, row)
                    if out_of_patience(state, config):
                        outcome = outcome or "finished"
                    state.elapsed += time.monotonic() - began

                # Who has to know, and what must not be lost?
                if is_evaluated or outcome or reporter.is_due():
                    wants_to_stop = reporter.send(state, outcome)
                    if wants_to_stop:
                        outcome = outcome or "stopped"
                if not outcome and writer.is_due(config.checkpoint_minutes):
                    writer.write(state, best, carried, outcome=outcome)

            if state.batch == len(plan):
                state.count_epoch()
                carried = None
                if state.epoch >= config.epochs:
                    outcome = outcome or "finished"
                if not outcome:
                    writer.write(state, best, carried, outcome=outcome)

    run = writer.write(state, best, carried, outcome=outcome)
    reporter.send(state, outcome)
    return run


def divergence_message(folder: Path, state: TrainingState) -> str:
    kept = "What was learned up to the last checkpoint is saved. Train" if has_checkpoint(folder) else "Train"
    return (
        f"The loss is not a number after update {state.step}. {kept} again with a lower "
        "learning_rate or with clipnorm=1."
    )


def library_versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }


@contextlib.contextmanager
def interrupts() -> Iterator[list[str]]:
    """Collect Ctrl-C, so that an update is finished first; a second Ctrl-C is raised as usual."""
    received: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        yield received  # only the main thread may listen to signals
        return

    def collect(number: int, frame: Any) -> None:
        if received:
            raise KeyboardInterrupt
        received.append("Ctrl-C")

    before = signal.signal(signal.SIGINT, collect)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
