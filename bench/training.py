"""Training: how soon the loss at which the paper's recipe ends is reached by its own words with a target at every step,
and by the house preset; and our LSTM beside Keras's own on the paper's network.

Losses are of the same held-out songs, from their 101st token on, where a window of 100 begins to have an answer.
Between encodings only the pitches can be compared: nats for each note that was written. The recipe runs for a stated
part of its ten epochs; seconds are those of learning, with compiling and without the evaluations.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from generation.music.configuration import Preset
from generation.music.corpora import read_corpus
from generation.music.notes import Piece
from generation.music.presets import preset
from generation.music.runs import Run, StopTraining, read_history

SEED = 1
TARGET = 100  # times as soon
PAPERS_WORDS = {"encoding": "pitches", "transpose": 0, "validation_from": 100, "evaluations": 10, "decay": "constant"}
HOUSE = {"evaluations": 4, "decay": "constant"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--songs", type=int, default=25)
    parser.add_argument("--recipe-minutes", type=float, default=2.0, help="how long the paper's recipe may take")
    parser.add_argument("--recipe-epochs", type=int, default=10, help="the recipe's own are 10")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long each of the others may take")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = os.environ.get("EARWITNESS_POP909", "")
    if Path(archive).is_file():
        pieces = read_corpus(archive, songs=options.songs, seed=SEED).pieces
        measured = measure(pieces, options.recipe_minutes, options.recipe_epochs, options.minutes)
        show(measured)
    else:
        print("EARWITNESS_POP909 does not name the archive of POP909; nothing measured.")
        measured = {"skipped": "EARWITNESS_POP909 is not set"}
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(pieces: list[Piece], recipe_minutes: float, recipe_epochs: int, minutes: float) -> dict:
    values = {"minutes": recipe_minutes, "epochs": recipe_epochs, "evaluations": 2}
    with tempfile.TemporaryDirectory() as folder:
        paper = trained(pieces, preset("paper").with_values(values), Path(folder) / "paper")
        reached = min(paper.history, key=lambda row: row["validation_loss"])
        ended = paper.history[-1]
        recipe = {
            "seconds": ended["seconds"],
            "epochs": ended["epoch"],
            "part": ended["epoch"] / 10,
            "loss": reached["validation_loss"],
            "nats_per_note": reached["nats_per_note"],
            "windows_per_second": ended["tokens_per_second"],
        }
        others = []
        for name, values, measure_of, aim in (
            ("the paper's words, a target at every step", PAPERS_WORDS, "validation_loss", recipe["loss"]),
            ("house", HOUSE, "nats_per_note", recipe["nats_per_note"]),
        ):
            wanted = preset("house").with_values(values | {"minutes": minutes, "epochs": 1000})
            history = until(pieces, wanted, Path(folder) / name, measure_of, aim)
            there = next((row for row in history if row[measure_of] <= aim), None)
            others.append(
                {
                    "name": name,
                    "measure": measure_of,
                    "aim": aim,
                    "seconds": there and there["seconds"],
                    "times_as_soon": there and recipe["seconds"] / there["seconds"],
                    "best": min(row[measure_of] for row in history),
                    "trained_seconds": history[-1]["seconds"],
                    "tokens_per_second": float(np.median([row["tokens_per_second"] for row in history])),
                }
            )
    vocabulary = len(paper.vocabulary)
    return {
        "songs": len(pieces),
        "cores": os.cpu_count(),
        "seed": SEED,
        "vocabulary": vocabulary,
        "recipe": recipe,
        "others": others,
        "target": TARGET,
        "keras_windows_per_second": keras_windows_per_second(vocabulary),
    }


def trained(pieces: list[Piece], wanted: Preset, folder: Path, report=None) -> Run:
    from generation.music.training import train

    return train(pieces, wanted, folder, seed=SEED, report=report)


def until(pieces: list[Piece], wanted: Preset, folder: Path, measure_of: str, aim: float) -> list[dict[str, float]]:
    """The history of a training that ends once it is there."""

    def stop_there(progress) -> None:
        history = read_history(folder)
        if history and history[-1][measure_of] <= aim:
            raise StopTraining

    return trained(pieces, wanted, folder, stop_there).history


def keras_windows_per_second(vocabulary: int, *, batch: int = 128) -> float:
    """The paper's network in Keras's own layers, one batch after another."""
    import keras

    from bench.composing import keras_network

    config = preset("paper").training
    network, _ = keras_network(preset("paper").layers(vocabulary), config.window)
    network.compile(optimizer=keras.optimizers.RMSprop(), loss="sparse_categorical_crossentropy")
    rng = np.random.default_rng(1)
    windows = rng.random((batch, config.window, 1), dtype=np.float32)
    targets = rng.integers(0, vocabulary, batch)
    network.train_on_batch(windows, targets)
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        network.train_on_batch(windows, targets)
        taken.append(time.perf_counter() - began)
    return batch / min(taken)


def show(measured: dict) -> None:
    recipe = measured["recipe"]
    print(f"{measured['songs']} songs of POP909, {measured['vocabulary']} chords, {measured['cores']} cores")
    print(
        f"the paper's recipe, {recipe['part']:.0%} of it      {recipe['seconds']:7.0f} s   {recipe['loss']:.3f} nats a "
        f"token, {recipe['nats_per_note']:.3f} a note"
    )
    for row in measured["others"]:
        if row["seconds"]:
            said = f"{row['seconds']:7.0f} s to the same, {row['times_as_soon']:.0f} times as soon (target {TARGET})"
        else:
            said = f"not there after {row['trained_seconds']:.0f} s: {row['best']:.3f} for {row['aim']:.3f}"
        print(f"{row['name']:42s} {said}; {row['tokens_per_second']:,.0f} targets/s")
    print(
        f"the paper's network: {recipe['windows_per_second']:.1f} windows/s here, "
        f"{measured['keras_windows_per_second']:.1f} in Keras's own layers"
    )


if __name__ == "__main__":
    sys.exit(main())
