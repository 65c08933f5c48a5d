"""Where a training stands, as one file: written whole, so that a crash leaves the one before."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from generation.music.training.configuration import Preset, PresetError
from generation.music.training.runs import RunError, write_whole
from generation.music.training.training_state import TrainingState

FREE = ("epochs", "minutes", "patience", "checkpoint_minutes")  # may be set anew when a training goes on


@dataclass(frozen=True, eq=False)
class Checkpoint:
    state: TrainingState
    arrays: dict[str, dict[str, np.ndarray]]  # "weights", "best", "optimizer", "states", each by name
    config: dict[str, Any]  # of the run, as far as it is settled


def checkpoint_path(folder: Path) -> Path:
    return Path(folder) / "checkpoint" / "checkpoint.npz"


def has_checkpoint(folder: Path) -> bool:
    """Whether there is something to go on from."""
    return checkpoint_path(folder).is_file()


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    facts = json.dumps({"position": asdict(checkpoint.state), "config": checkpoint.config}).encode()
    flat = {f"{part} {name}": array for part, arrays in checkpoint.arrays.items() for name, array in arrays.items()}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, facts=np.frombuffer(facts, np.uint8), **flat)
    write_whole(checkpoint_path(folder), file.getvalue())


def open_checkpoint(folder: Path) -> Checkpoint:
    path = checkpoint_path(folder)
    if not path.exists():
        raise RunError(f"{folder} has no checkpoint to resume from. Train the run from the beginning.")
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(file["facts"].tobytes())
            arrays: dict[str, dict[str, np.ndarray]] = {"weights": {}, "best": {}, "optimizer": {}, "states": {}}
            for name in file.files:
                if name != "facts":
                    part, _, called = name.partition(" ")
                    arrays[part][called] = file[name]
        return Checkpoint(_training_state(facts["position"]), arrays, facts["config"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise RunError(f"The checkpoint {path} cannot be read. Train the run from the beginning.") from error


def _training_state(facts: dict[str, Any]) -> TrainingState:
    """`TypeError` if something is not the number that it should be."""
    state = TrainingState(**facts)
    for name, usual in asdict(TrainingState()).items():
        kinds = list if name == "history" else int if type(usual) is int else int | float | None
        if not isinstance(getattr(state, name), kinds):
            raise TypeError(name)
    return state


def resumable_checkpoint(folder: Path, preset: Preset, *, seed: int, fingerprint: str) -> Checkpoint:
    """The checkpoint to go on from, if it belongs to what is asked for."""
    checkpoint = open_checkpoint(folder)
    try:
        before = Preset.from_dict(checkpoint.config["preset"])
        begun_with = checkpoint.config["seed"], checkpoint.config["corpus"]["fingerprint"]
    except (KeyError, TypeError, PresetError) as error:
        raise RunError(
            f"The checkpoint in {folder} does not name its preset, seed and corpus. Train the run from the beginning."
        ) from error
    training = replace(before.training, **{key: getattr(preset.training, key) for key in FREE})
    old, new = replace(before, training=training).values(), preset.values()
    differing = [key for key in new if old.get(key) != new[key]]
    if differing or before.name != preset.name:
        what = ", ".join(f"{key} is {new[key]}, was {old.get(key)}" for key in differing) or f"preset {preset.name}"
        raise RunError(
            f"The run {folder} was started with other values ({what}). Use those values, or train another run."
        )
    if begun_with != (seed, fingerprint):
        raise RunError(f"The run {folder} was started with another corpus or seed. Use those, or train another run.")
    return checkpoint
