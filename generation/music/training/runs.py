"""The run folder: everything that one trained network is, and how it came about.

    config.json      preset with every value, layers, corpus and split, seed, versions, checksums
    vocabulary.json  the words, a word's place is its token
    weights.npz      plain arrays, "layer1/kernel"; the best by validation loss
    places.npz       stretches of the corpus to start composing from, as tokens
    history.csv      a row for each evaluation
    checkpoint/      to go on training

Copying the folder is enough to compose from it elsewhere. Nothing in it is executed or unpickled.
"""

import contextlib
import csv
import hashlib
import io
import json
import math
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from generation.music.tokens.vocabulary import Vocabulary
from generation.music.training.configuration import Preset, PresetError
from studies.errors import EarwitnessError

FORMAT = 1
CHECKED = ("vocabulary.json", "weights.npz", "places.npz")  # under their SHA-256 in config.json
HISTORY = (
    "epoch",  # times through the corpus, with parts
    "step",  # updates
    "seconds",  # of training, evaluations apart
    "loss",  # nats per token since the row before
    "validation_loss",  # nats per token, on the held-out pieces
    "known_loss",  # the same, without words that training never saw
    "nats_per_note",  # of the words that carry pitches, for each note they name
    "learning_rate",
    "tokens_per_second",
    "processor_seconds",  # of training as well, summed over the cores: what other programs do beside it counts less
)


class RunError(EarwitnessError):
    """A training that cannot go on, or a run folder that cannot be used, in one sentence for a person."""


class StopTraining(Exception):
    """Raised by a report to stop a training; what was learned is kept."""


@dataclass(frozen=True, eq=False)
class Run:
    """One trained network, read from its folder."""

    folder: Path
    config: dict[str, Any]
    vocabulary: Vocabulary
    weights: dict[str, np.ndarray]
    starting_points: dict[str, np.ndarray]

    @cached_property
    def preset(self) -> Preset:
        return Preset.from_dict(self.config["preset"])

    @property
    def layers(self) -> list[dict[str, Any]]:
        return self.config["layers"]

    @property
    def history(self) -> list[dict[str, float]]:
        return read_history(self.folder)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights: which network this is, wherever the folder lies."""
        return self.config["checksums"]["weights.npz"]


def check_free(folder: Path) -> None:
    """A new run does not overwrite another."""
    if any((Path(folder) / name).exists() for name in ("config.json", "checkpoint")):
        raise RunError(f"There is already a run in {folder}. Resume it (--resume) or choose another name.")


def save_run(
    folder: Path,
    *,
    config: dict[str, Any],
    vocabulary: Vocabulary,
    weights: dict[str, np.ndarray],
    starting_points: dict[str, np.ndarray] | None = None,
) -> Run:
    """Write or renew a run; each file is whole at any time, config.json comes last."""
    folder = Path(folder)
    contents = {
        "vocabulary.json": vocabulary.to_json().encode(),
        "weights.npz": _pack(weights),
        "places.npz": _pack(starting_points or {}),
    }
    config = {"format": FORMAT} | config | {"checksums": {name: _sha256(data) for name, data in contents.items()}}
    contents["config.json"] = json.dumps(config, indent=1, ensure_ascii=False).encode()
    # All are written before the first takes its place: whoever opens the run meanwhile finds files that go together.
    parts: list[Path] = []
    try:
        for name, data in contents.items():
            parts.append(write_part(folder / name, data))
    except RunError:
        for part in parts:
            part.unlink()
        raise
    for part in parts:
        part.replace(part.with_suffix(""))
    return Run(folder, config, vocabulary, weights, starting_points or {})


def open_run(folder: str | Path) -> Run:
    """A run from its folder, once its files are those that were written."""
    folder = Path(folder)
    if not folder.is_dir():
        raise RunError(f"There is no run folder {folder}.")
    config = read_config(folder)
    contents = {}
    for name in CHECKED:
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            raise RunError(f"The run {folder} has no readable {name}. Copy the whole folder again.") from error
        if _sha256(contents[name]) != config["checksums"].get(name):
            raise RunError(f"{name} of the run {folder} was changed after training. Copy the folder again.")
    try:
        run = Run(
            folder,
            config,
            Vocabulary.from_json(contents["vocabulary.json"].decode()),
            _unpack(contents["weights.npz"]),
            _unpack(contents["places.npz"]),
        )
        run.preset  # noqa: B018 (a preset of another version is refused here, not later)
    except (ValueError, KeyError, TypeError, MemoryError, zipfile.BadZipFile, PresetError) as error:
        raise RunError(f"The run {folder} was written by another version of Earwitness: {error}") from error
    return run


def read_config(folder: Path) -> dict[str, Any]:
    """config.json of a run, which may still be training."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        unfinished = (folder / "checkpoint").is_dir()
        remedy = "its first epoch is not finished" if unfinished else "it is not a run folder"
        raise RunError(f"{folder} has no config.json: {remedy}.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"config.json of the run {folder} cannot be read. Copy the folder again.") from error
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        written = config.get("format") if isinstance(config, dict) else None
        raise RunError(
            f"The run {folder} has format {written}, but this version reads format {FORMAT}. Train it again."
        )
    if not isinstance(config.get("checksums"), dict) or "preset" not in config or "layers" not in config:
        raise RunError(f"config.json of the run {folder} is incomplete. Copy the folder again.")
    return config


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of history.csv; one cut off by a crash, or with something else than numbers, is left out."""
    path = Path(folder) / "history.csv"
    if not path.is_file():
        return []
    rows = []
    with path.open(newline="", encoding="utf-8", errors="replace") as lines, contextlib.suppress(csv.Error):
        for row in csv.DictReader(lines):
            with contextlib.suppress(TypeError, ValueError):
                if all(row.values()):
                    rows.append({column: float(row.get(column, math.nan)) for column in HISTORY})
    return rows


def write_history(folder: Path, rows: Iterable[Mapping[str, float | None]]) -> None:
    """All rows anew: what was written after the checkpoint one goes on from did not happen."""
    text = io.StringIO()
    table = csv.DictWriter(text, HISTORY, restval="nan", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_whole(Path(folder) / "history.csv", text.getvalue().encode())


def append_history(folder: Path, row: dict[str, float]) -> None:
    with (Path(folder) / "history.csv").open("a", newline="", encoding="utf-8") as lines:
        csv.DictWriter(lines, HISTORY, lineterminator="\n").writerow(row)


def write_whole(path: Path, data: bytes) -> None:
    """The old file or the new one, never half of one, even when the power goes."""
    write_part(path, data).replace(path)


def write_part(path: Path, data: bytes) -> Path:
    """What is to take the place of a file, whole beside it."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return part
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RunError(
            f"{path} could not be written ({error.strerror}). Free some disk space, then use --resume."
        ) from error


def _pack(arrays: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _unpack(data: bytes) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
