"""What a training reports while it runs, and how often."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generation.music.training.configuration import TrainingConfig
from generation.music.training.runs import StopTraining
from generation.music.training.stopping_criteria import reason_to_end, share_done
from generation.music.training.training_state import TrainingState

REPORT_EVERY = 0.5  # seconds


@dataclass(frozen=True)
class Progress:
    epoch: float  # 2.25: a quarter of the third epoch is done
    epochs: int
    step: int
    loss: float  # nats per token since the last evaluation
    validation_loss: float | None  # at the last evaluation
    best: float | None
    tokens_per_second: float  # targets learned from
    seconds: float  # spent on updates and evaluations
    seconds_left: float  # at the present speed
    state: str  # "training", "stopped" or "finished"


Report = Callable[[Progress], None]


class ProgressReporter:
    def __init__(self, report: Report | None, config: TrainingConfig):
        self.report, self.config = report, config
        self.reported = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self.reported > REPORT_EVERY

    def send(self, state: TrainingState, outcome: str) -> bool:
        """Report; true if the receiver wants the training to stop."""
        self.reported = time.monotonic()
        try:
            if self.report:
                self.report(current_progress(state, self.config, outcome))
        except StopTraining:
            return True
        return False


def current_progress(state: TrainingState, config: TrainingConfig, outcome: str) -> Progress:
    last = state.history[-1] if state.history else {}
    is_learning = state.targets > 0  # since the last evaluation
    speed = state.targets / max(state.since, 1e-9) if is_learning else last.get("tokens_per_second", 0.0)
    done = max(share_done(state, config), 1e-9)
    return Progress(
        epoch=state.epochs_done,
        epochs=config.epochs,
        step=state.step,
        loss=state.loss / state.targets if is_learning else last.get("loss", math.nan),
        validation_loss=last.get("validation_loss"),
        best=state.best,
        tokens_per_second=speed,
        seconds=state.elapsed,
        seconds_left=state.elapsed * (1 - min(done, 1)) / done,
        state=outcome or "training",
    )


def run_progress(state: TrainingState, config: TrainingConfig, outcome: str) -> dict[str, Any]:
    """For config.json of the run."""
    return {
        "state": outcome or "training",
        "epochs": round(state.epochs_done, 4) if state.batch else state.epoch,
        "step": state.step,
        "seconds": round(state.seconds, 1),
        "best_validation_loss": None if state.best is None or math.isnan(state.best) else state.best,
        "best_step": state.best_step,
        "ended_by": reason_to_end(state, config),
    }
