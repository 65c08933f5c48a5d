"""How far a training has come, as plain numbers. A checkpoint keeps all of them."""

from dataclasses import dataclass, field


@dataclass
class TrainingState:
    epoch: int = 0  # completed epochs
    batch: int = 0  # completed batches of the current epoch
    batches: int = 1  # all batches of the current epoch
    step: int = 0  # updates in all
    seconds: float = 0.0  # spent on updates
    processor: float = 0.0  # processor seconds of the same, summed over the cores
    elapsed: float = 0.0  # seconds spent on updates and evaluations
    loss: float = 0.0  # sum over the targets since the last evaluation
    targets: float = 0.0  # number of these targets
    since: float = 0.0  # seconds spent on updates since the last evaluation
    best: float | None = None  # validation loss; None before the first evaluation
    best_step: int = 0
    without_better: int = 0  # evaluations in a row
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def epochs_done(self) -> float:
        """2.25: a quarter of the third epoch is done."""
        return self.epoch + self.batch / self.batches

    def count_update(self, loss: float, *, targets: float, seconds: float, processor: float) -> None:
        self.batch += 1
        self.step += 1
        self.loss += loss * targets
        self.targets += targets
        self.seconds += seconds
        self.processor += processor
        self.since += seconds
        self.elapsed += seconds

    def count_evaluation(self, row: dict[str, float], *, is_best: bool) -> None:
        """Keep a row of the history and start summing anew."""
        self.history.append(row)
        self.loss = self.targets = self.since = 0.0
        self.without_better += 1
        if is_best:
            self.best, self.best_step, self.without_better = row["validation_loss"], self.step, 0

    def count_epoch(self) -> None:
        self.epoch, self.batch = self.epoch + 1, 0
