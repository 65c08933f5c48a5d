"""Training: how soon the loss of the paper's recipe is reached by its own words with a target at every step, and by the
house preset; and our LSTM beside Keras's own on the paper's network.

The recipe is too slow for two processors (one of its 10 epochs of 250 songs takes hours), so it is measured twice.
*In part*: a few of its own updates of 1,024 windows, to know what they cost, and what the whole of it would.
*In small*: as many updates as told, but of 32 windows each; a loss that these reach is what the recipe would have
reached after as many of its own, about, at 32 times the cost. "A hundred times as soon" is against that cost.

Losses are of the same held-out songs, from their 101st token on, where a window of 100 begins to have an answer.
Between encodings only the pitches can be compared: nats for each note that was written. Seconds are those of learning,
summed over the processors (what else the machine does counts less), with compiling and without the evaluations.
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
from generation.music.material import prepare
from generation.music.notes import Piece
from generation.music.presets import preset
from generation.music.runs import StopTraining, read_history
from generation.music.windows import window_places

SEED = 1
TARGET = 100  # times as soon
SMALL = 32  # windows
EVALUATIONS = 3
PAPERS_WORDS = {"encoding": "pitches", "validation_from": 100, "unknown": 1, "decay": "constant"}
HOUSE = {"evaluations": 2, "decay": "constant"}
HELD_OUT = {"validation_targets": 1024}  # windows that are judged: each costs a whole one


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--songs", type=int, nargs="+", default=[50], help="of POP909; 50 250 for both")
    parser.add_argument("--own-updates", type=int, default=1, help="so many of 1,024 windows are timed")
    parser.add_argument("--small-updates", type=int, default=40, help="so many of 32 windows are learned from")
    parser.add_argument("--minutes", type=float, default=0.7, help="how long each of the others may take")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = os.environ.get("EARWITNESS_POP909", "")
    if not Path(archive).is_file():
        print("EARWITNESS_POP909 does not name the archive of POP909; nothing measured.")
        measured = {"skipped": "EARWITNESS_POP909 is not set"}
    else:
        measured = {"cores": os.cpu_count(), "seed": SEED, "target": TARGET, "corpora": []}
        for songs in options.songs:
            pieces = read_corpus(archive, songs=songs, seed=SEED).pieces
            row = measure(pieces, options.own_updates, options.small_updates, options.minutes)
            show(row)
            measured["corpora"].append(row)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(pieces: list[Piece], own_updates: int, small_updates: int, minutes: float) -> dict:
    paper = preset("paper")
    material = prepare(pieces, paper)
    windows = len(window_places(material.training(np.random.default_rng(SEED)), paper.training))
    updates = paper.training.epochs * -(-windows // paper.training.batch)
    with tempfile.TemporaryDirectory() as folder:
        cost = seconds_an_update(pieces, paper, own_updates, Path(folder) / "own")
        wanted = paper.with_values({"batch": SMALL, "micro_batch": 0})
        small = best_within(pieces, wanted, small_updates, windows, Path(folder) / "small")
        recipe = {
            "windows_an_epoch": windows,
            "updates": updates,
            "own_updates": own_updates,
            "processor_seconds_an_update": cost,
            "processor_hours": cost * updates / 3600,
            "small_updates": int(small["step"]),
            "part": small["step"] / updates,
            "processor_seconds": cost * small["step"],
            "loss": small["validation_loss"],
            "nats_per_note": small["nats_per_note"],
            "loss_by_frequency": by_frequency(material),
        }
        others = [
            reached(pieces, preset("house").with_values(values), Path(folder) / name, minutes, recipe) | {"name": name}
            for name, values in (("the paper's words, a target at every step", PAPERS_WORDS), ("house", HOUSE))
        ]
    words = len(material.vocabulary)
    return {
        "songs": len(pieces),
        "vocabulary": words,
        "recipe": recipe,
        "others": others,
        "keras_processor_seconds_an_update": keras_seconds(words) * paper.training.batch,
    }


def seconds_an_update(pieces: list[Piece], wanted: Preset, updates: int, folder: Path) -> float:
    """Processor seconds of an update; of the first, which compiles, nothing is counted."""
    from generation.music.training import train

    ended: dict[int, float] = {}  # when, by processor time

    def note(progress) -> None:
        ended.setdefault(progress.step, time.process_time())
        if progress.step > updates:
            raise StopTraining

    train(pieces, wanted.with_values({"epochs": 1}), folder, seed=SEED, report=note)
    first, last = min(ended), max(ended)
    return (ended[last] - ended[first]) / (last - first)


def best_within(pieces: list[Piece], wanted: Preset, updates: int, windows: int, folder: Path) -> dict[str, float]:
    """The best of some evaluations within about so many updates."""
    from generation.music.training import train

    def stop_there(progress) -> None:
        if progress.step >= updates and read_history(folder)[-1]["step"] >= updates:
            raise StopTraining

    in_an_epoch = -(-windows // wanted.training.batch)
    values = {"epochs": 1 + updates // in_an_epoch, "evaluations": max(round(EVALUATIONS * in_an_epoch / updates), 1)}
    train(pieces, wanted.with_values(HELD_OUT | values), folder, seed=SEED, report=stop_there)
    return min(read_history(folder), key=lambda row: row["validation_loss"])


def by_frequency(material) -> float:
    """The loss of one who knows nothing but how often each word occurs, on the same tokens as the others."""
    counts = material.occurrences() + 1
    nats = -np.log(counts / counts.sum())
    window = material.preset.training.window
    return float(np.concatenate([nats[tokens[window:]] for tokens in material.held_out().sequences()]).mean())


def reached(pieces: list[Piece], wanted: Preset, folder: Path, minutes: float, recipe: dict) -> dict:
    """How long it takes to the recipe's loss; and what it comes to in a hundredth of the whole recipe's time."""
    from generation.music.training import train

    measure_of = "validation_loss" if wanted.encoding.name == "pitches" else "nats_per_note"
    aim = recipe["loss"] if wanted.encoding.name == "pitches" else recipe["nats_per_note"]
    train(pieces, wanted.with_values({"minutes": minutes, "epochs": 1000}), folder, seed=SEED)
    rows = read_history(folder)
    there = next((row for row in rows if row[measure_of] <= aim), None)
    seconds = there and there["processor_seconds"]
    return {
        "measure": measure_of,
        "aim": aim,
        "processor_seconds": seconds,
        "times_as_soon": seconds and recipe["processor_seconds"] / seconds,
        "best": min(row[measure_of] for row in rows),
        "trained_processor_seconds": rows[-1]["processor_seconds"],
        "targets_a_processor_second": rows[-1]["tokens_per_second"],
    }


def keras_seconds(vocabulary: int, *, batch: int = 64) -> float:
    """Of a window: the paper's network in Keras's own layers, one batch after another."""
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
    for _ in range(2):
        began = time.process_time()
        network.train_on_batch(windows, targets)
        taken.append(time.process_time() - began)
    return min(taken) / batch


def show(measured: dict) -> None:
    recipe = measured["recipe"]
    print(
        f"{measured['songs']} songs of POP909, {measured['vocabulary']:,} chords, {recipe['windows_an_epoch']:,} "
        f"windows; who knows only how often chords occur: {recipe['loss_by_frequency']:.3f} nats a token"
    )
    print(
        f"the paper's recipe: {recipe['updates']} updates, {recipe['processor_seconds_an_update']:.0f} processor "
        f"seconds each ({measured['keras_processor_seconds_an_update']:.0f} in Keras's own layers): "
        f"{recipe['processor_hours']:.1f} processor hours\n"
        f"  after {recipe['small_updates']} updates ({recipe['part']:.0%} of it) {recipe['loss']:.3f} nats a token, "
        f"{recipe['nats_per_note']:.3f} a note: {recipe['processor_seconds']:,.0f} processor seconds"
    )
    for row in measured["others"]:
        if row["processor_seconds"]:
            said = (
                f"{row['processor_seconds']:.0f} processor seconds to {row['aim']:.3f}, "
                f"{row['times_as_soon']:.0f} times as soon (target {TARGET})"
            )
        else:
            said = f"not at {row['aim']:.3f}"
        print(f"  {row['name']}: {said}; {row['best']:.3f} after {row['trained_processor_seconds']:.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
