"""A corpus and a preset -> a run folder. TensorFlow.

The loop is told here from top to bottom; what it has at hand is in `session`, one update in `learning`.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from generation.music.score.notes import Piece
from generation.music.training import baselines
from generation.music.training.batches import batches
from generation.music.training.configuration import Preset
from generation.music.training.runs import Run, RunError
from generation.music.training.training_state import Report, Session
from generation.music.training.updates import learning_rate


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
    """Train a network and leave it in its folder.

    Parameters
    ----------
    pieces : the corpus
    folder : of the run; new, or with `resume` the one to go on with
    seed : the same gives the same losses on the same machine, unless `minutes` lets the clock decide
    fingerprint : of the corpus, for the record
    report : told twice a second how it goes (`session.Progress`). If it raises `StopTraining`, training stops as with
        Ctrl-C: what was learned is kept, and can be gone on with

    Returns
    -------
    The run with the best weights by validation loss; `run.config["progress"]` says how far it came. `RunError` where
    training cannot begin or go on.
    """
    if preset.network.kind != "lstm":
        return baselines.train(pieces, preset, Path(folder), seed=seed, fingerprint=fingerprint, resume=resume)
    tf.config.experimental.enable_op_determinism()
    with memory_in_words():
        session = Session(
            pieces, preset, Path(folder), seed=seed, fingerprint=fingerprint, resume=resume, report=report
        )
    position = session.position
    with memory_in_words(), interrupts() as interrupted:
        while not session.over:
            rng = np.random.default_rng([seed, position.epoch])
            plan = batches(session.material.training(rng), preset.training, rng)
            session.open_epoch(plan)
            while position.batch < len(plan) and not session.over:
                began, worked = time.monotonic(), time.process_time()
                batch = plan[position.batch]
                rate = learning_rate(preset.training, position.step, session.progress())
                noise = (seed, position.step)
                loss, session.states = session.learner.update(batch, session.states, noise=noise, rate=rate)
                loss, targets = float(loss), float(batch.weights.sum())
                taken = {"seconds": time.monotonic() - began, "processor": time.process_time() - worked}
                position.count(loss, targets=targets, **taken)
                session.check(stop=bool(interrupted))
                if position.batch in session.marks or session.over == "finished":
                    session.evaluate(rate)
                session.tell()
                session.keep_now_and_then()
            session.close_epoch(plan)
    run = session.keep()
    session.tell()
    return run


@contextlib.contextmanager
def memory_in_words() -> Iterator[None]:
    try:
        yield
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise RunError(
            "There is not enough memory for this training; set units, embedding, window or batch to less, or set "
            "micro_batch."
        ) from error


@contextlib.contextmanager
def interrupts() -> Iterator[list[str]]:
    """Collect Ctrl-C instead of being torn out of an update; the second one is let through."""
    received: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        yield received  # only the main thread may listen to signals
        return

    def note(number, frame):
        if received:
            raise KeyboardInterrupt
        received.append("Ctrl-C")

    before = signal.signal(signal.SIGINT, note)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
