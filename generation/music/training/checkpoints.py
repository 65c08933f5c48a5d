"""Where a training stands, as one file: written whole, so that a crash leaves the one before."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from generation.music.training.configuration import Preset, PresetError
from generation.music.training.runs import RunError, write_whole

FREE = ("epochs", "minutes", "patience", "checkpoint_minutes")  # may be set anew when a training goes on


@dataclass
class Position:
    """How far a training has come. Changed as it goes on."""

    epoch: int = 0  # whole ones that lie behind
    batch: int = 0  # of this epoch that lie behind
    step: int = 0  # updates in all
    seconds: float = 0.0  # of learning
    processor: float = 0.0  # seconds of the same, summed over the cores
    elapsed: float = 0.0  # seconds of everything
    loss: float = 0.0  # sum over the targets since the last evaluation
    targets: float = 0.0  # how many
    since: float = 0.0  # seconds of learning since then
    best: float | None = None  # validation loss; None before the first evaluation
    best_step: int = 0
    without_better: int = 0  # evaluations in a row
    history: list[dict[str, float]] = field(default_factory=list)

    def count(self, loss: float, *, targets: float, seconds: float, processor: float) -> None:
        """One more update."""
        self.batch += 1
        self.step += 1
        self.loss += loss * targets
        self.targets += targets
        self.seconds += seconds
        self.processor += processor
        self.since += seconds
        self.elapsed += seconds


@dataclass(frozen=True, eq=False)
class Checkpoint:
    position: Position
    arrays: dict[str, dict[str, np.ndarray]]  # "weights", "best", "optimizer", "states", each by name
    config: dict[str, Any]  # of the run, as far as it is settled


def path_of(folder: Path) -> Path:
    return Path(folder) / "checkpoint" / "checkpoint.npz"


def has_checkpoint(folder: Path) -> bool:
    """Whether there is something to go on from."""
    return path_of(folder).is_file()


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    facts = json.dumps({"position": asdict(checkpoint.position), "config": checkpoint.config}).encode()
    flat = {f"{part} {name}": array for part, arrays in checkpoint.arrays.items() for name, array in arrays.items()}
    file = io.BytesIO()
    np.savez(file, facts=np.frombuffer(facts, np.uint8), **flat)
    write_whole(path_of(folder), file.getvalue())


def open_checkpoint(folder: Path) -> Checkpoint:
    path = path_of(folder)
    if not path.exists():
        raise RunError(
            f"There is nothing to go on with in {folder}: it has no checkpoint. Train it from the beginning."
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(file["facts"].tobytes())
            arrays: dict[str, dict[str, np.ndarray]] = {"weights": {}, "best": {}, "optimizer": {}, "states": {}}
            for name in file.files:
                if name != "facts":
                    part, _, called = name.partition(" ")
                    arrays[part][called] = file[name]
        return Checkpoint(_position(facts["position"]), arrays, facts["config"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise RunError(f"The checkpoint {path} cannot be read; train the run from the beginning.") from error


def _position(facts: dict[str, Any]) -> Position:
    """`TypeError` where something is not the number that it should be."""
    position = Position(**facts)
    for name, usual in asdict(Position()).items():
        kinds = list if name == "history" else int if type(usual) is int else int | float | None
        if not isinstance(getattr(position, name), kinds):
            raise TypeError(name)
    return position


def checkpoint_of(folder: Path, preset: Preset, *, seed: int, fingerprint: str) -> Checkpoint:
    """The checkpoint to go on from, if it belongs to what is asked for."""
    checkpoint = open_checkpoint(folder)
    try:
        before = Preset.from_dict(checkpoint.config["preset"])
        begun_with = checkpoint.config["seed"], checkpoint.config["corpus"]["fingerprint"]
    except (KeyError, TypeError, PresetError) as error:
        raise RunError(
            f"The checkpoint in {folder} does not say what it is of; train the run from the beginning."
        ) from error
    training = replace(before.training, **{key: getattr(preset.training, key) for key in FREE})
    old, new = replace(before, training=training).values(), preset.values()
    differing = [key for key in new if old.get(key) != new[key]]
    if differing or before.name != preset.name:
        what = ", ".join(f"{key} is {new[key]}, was {old.get(key)}" for key in differing) or f"preset {preset.name}"
        raise RunError(f"The run {folder} was begun with other values ({what}); give it those, or train another run.")
    if begun_with != (seed, fingerprint):
        raise RunError(f"The run {folder} was begun with another corpus or seed; give it those, or train another run.")
    return checkpoint
