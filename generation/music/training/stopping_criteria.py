"""When a training ends, by the number of its epochs, by the clock, or because it no longer improves."""

from generation.music.training.configuration import TrainingConfig
from generation.music.training.training_state import TrainingState


def share_done(state: TrainingState, config: TrainingConfig) -> float:
    """By epochs, or by the clock where that will end the training first."""
    by_epochs = state.epochs_done / config.epochs
    return max(by_epochs, state.elapsed / (60 * config.minutes)) if config.minutes else by_epochs


def out_of_time(state: TrainingState, config: TrainingConfig) -> bool:
    return bool(config.minutes) and state.elapsed >= 60 * config.minutes


def out_of_patience(state: TrainingState, config: TrainingConfig) -> bool:
    return bool(config.patience) and state.without_better >= config.patience


def reason_to_end(state: TrainingState, config: TrainingConfig) -> str:
    """Why there is nothing more to do, and which value allows more; empty while there is something to do."""
    if out_of_patience(state, config):
        return (
            f"its last {state.without_better} evaluations did not improve the loss. To continue, set "
            f"patience above {state.without_better}, or to 0"
        )
    if out_of_time(state, config):
        return f"its {config.minutes:g} minutes are over. To continue, set more minutes, or 0"
    if state.epoch >= config.epochs:
        return f"it has been trained for {config.epochs} epochs. To continue, set more epochs"
    return ""
