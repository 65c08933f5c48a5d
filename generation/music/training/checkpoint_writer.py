"""A training written into its run folder, and read back to be resumed. TensorFlow."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from generation.music.tokens.vocabulary import Vocabulary
from generation.music.training.checkpoints import Checkpoint, save_checkpoint
from generation.music.training.layers import States
from generation.music.training.progress import run_progress
from generation.music.training.runs import Run, RunError, save_run
from generation.music.training.training_state import TrainingState
from generation.music.training.updates import Updater

Weights = dict[str, np.ndarray]


class CheckpointWriter:
    def __init__(
        self,
        folder: Path,
        updater: Updater,
        *,
        run_config: dict[str, Any],  # config.json without the progress
        vocabulary: Vocabulary,
        starting_points: dict[str, np.ndarray],
    ):
        self.folder, self.config = folder, updater.config
        self.network, self.optimizer = updater.network, updater.optimizer
        self.run_config, self.vocabulary, self.starting_points = run_config, vocabulary, starting_points
        self.written = time.monotonic()

    def is_due(self, minutes: float) -> bool:
        return time.monotonic() - self.written > 60 * minutes

    def write(self, state: TrainingState, best: Weights | None, carried: States | None, *, outcome: str) -> Run:
        """Write the checkpoint, and the run with its best weights so far."""
        config = self.run_config | {"progress": run_progress(state, self.config, outcome)}
        weights = self.network.arrays()
        carried_arrays = {
            f"{layer} {number}": tensor.numpy()
            for layer, tensors in enumerate(carried or [])
            for number, tensor in enumerate(tensors)
        }
        arrays = {
            "weights": weights,
            "best": best or {},
            "optimizer": {str(i): variable.numpy() for i, variable in enumerate(self.optimizer.variables)},
            "states": carried_arrays,
        }
        save_checkpoint(self.folder, Checkpoint(state, arrays, config))
        self.written = time.monotonic()
        return save_run(
            self.folder,
            config=config,
            vocabulary=self.vocabulary,
            weights=best or weights,
            starting_points=self.starting_points,
        )

    def restore(self, checkpoint: Checkpoint) -> tuple[TrainingState, Weights | None, States | None]:
        """Load the network and its optimizer; the state, the best weights and the carried states come back."""
        try:
            self.network.load(checkpoint.arrays["weights"])
            for number, variable in enumerate(self.optimizer.variables):
                variable.assign(checkpoint.arrays["optimizer"][str(number)])
            carried: States | None = None
            if checkpoint.arrays["states"]:
                carried = [[] for _ in self.network.zero_states(1)]
                for name, array in checkpoint.arrays["states"].items():  # in the order in which they were written
                    carried[int(name.split()[0])].append(tf.constant(array))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"The checkpoint in {self.folder} belongs to another network. Train the run again from the beginning."
            ) from error
        return checkpoint.state, checkpoint.arrays["best"] or None, carried
