"""How well a network predicts the held-out pieces."""

import math

import numpy as np

from generation.music.training.batches import held_out_batches
from generation.music.training.training_data import TrainingData, notes_per_word
from generation.music.training.training_state import TrainingState
from generation.music.training.updates import Updater


class Evaluator:
    def __init__(self, updater: Updater, data: TrainingData):
        self.updater = updater
        self.config = data.preset.training
        self.unknown = data.vocabulary.unknown
        self.held_out = data.held_out()
        self.notes_per_word = notes_per_word(data.vocabulary)

    def evaluate(self, state: TrainingState, rate: float) -> dict[str, float]:
        """A row of the history, whose columns `runs.HISTORY` explains; NaN where nothing is held out."""
        losses, tokens = self._held_out_losses()
        known, notes = tokens != self.unknown, self.notes_per_word[tokens]
        return {
            "epoch": round(state.epochs_done, 4),
            "step": state.step,
            "seconds": round(state.seconds, 2),
            "loss": state.loss / max(state.targets, 1),
            "validation_loss": float(losses.mean()) if len(losses) else math.nan,
            "known_loss": float(losses[known].mean()) if known.any() else math.nan,
            "nats_per_note": float(losses[notes > 0].sum() / notes.sum()) if notes.sum() else math.nan,
            "learning_rate": rate,
            "tokens_per_second": round(state.targets / max(state.since, 1e-9), 1),
            "processor_seconds": round(state.processor, 2),
        }

    def _held_out_losses(self) -> tuple[np.ndarray, np.ndarray]:
        """For every target: its loss in nats, and which token it is."""
        if not len(self.held_out):
            return np.zeros(0), np.zeros(0, int)
        losses, tokens = [], []
        plan = held_out_batches(self.held_out, self.config)
        states = self.updater.network.zero_states(plan.batch)
        for number in range(len(plan)):
            batch = plan[number]
            nats, states = self.updater.losses(batch, states)
            counted = batch.weights > 0
            losses.append(nats[counted])
            tokens.append(batch.targets[counted])
        return np.concatenate(losses), np.concatenate(tokens)
