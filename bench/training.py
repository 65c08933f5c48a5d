"""Training: how soon the loss at which the paper's recipe ends is reached by its own words with a target at every step,
and by the house preset; and our LSTM beside Keras's own on the paper's network.

The recipe learns as it is written, 1,024 windows an update, for a stated part of its ten epochs (`--part`, 1 for the
whole), since the whole takes hours on two processors. What it comes to is its best evaluation; it is charged the time
until then. `--recipe FOLDER` keeps its run there: one that was stopped goes on, a finished one is not made again.

Losses are of the same held-out songs, from their 101st token on, where a window of 100 begins to have an answer; and of
the words that all have seen, because a word that is never a target is never learned. Between encodings only the pitches
can be compared: nats for each note that is named. Seconds are those of learning, summed over the processors (what
else the machine does counts less), with compiling and without the evaluations.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench import SKIPPED, pop909
from generation.music.corpora.corpora import read_corpus
from generation.music.score.notes import Piece
from generation.music.training.batches import batches, window_starts
from generation.music.training.configuration import Preset
from generation.music.training.presets import preset
from generation.music.training.runs import Run, StopTraining, open_run, read_history
from generation.music.training.training_data import TrainingData, prepare

SEED = 1
TARGET = 100  # times as soon
OF_THE_RECIPE = {"validation_targets": 1024}  # windows that are judged: each costs a whole one
OF_THE_OTHERS = {"decay": "constant", "epochs": 1000}
PAPERS_WORDS = {"encoding": "pitches", "validation_from": 100}
OTHERS = {
    "the paper's words, a target at every step": PAPERS_WORDS | {"prior": "no"},
    "the same, begun from how often words occur": PAPERS_WORDS,
    "house": {},
}
EVALUATIONS_EVERY = 15  # updates of the others


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--songs", type=int, nargs="+", default=[50], help="of POP909; 50 250 for both")
    parser.add_argument("--part", type=float, default=0.05, help="of the recipe's updates; 1: all")
    parser.add_argument("--minutes", type=float, default=0.7, help="how long each of the others may take")
    parser.add_argument("--recipe", type=Path, help="keep the recipe's runs in this folder, one for each size")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="for all: mixed_precision=yes")
    parser.add_argument("--set-recipe", nargs="*", default=[], metavar="KEY=VALUE", help="micro_batch=0")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = pop909()
    if archive is None:
        measured = SKIPPED
    else:
        measured = {"cores": os.cpu_count(), "seed": SEED, "target": TARGET, "corpora": []}
        for songs in options.songs:
            pieces = read_corpus(archive, songs=songs, seed=SEED).pieces
            with tempfile.TemporaryDirectory() as folder:
                row = measure(pieces, options, Path(folder))
            show(row)
            measured["corpora"].append(row)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(pieces: list[Piece], options: argparse.Namespace, folder: Path) -> dict:
    for_all = dict(pair.split("=", 1) for pair in options.set)
    of_the_recipe = OF_THE_RECIPE | for_all | dict(pair.split("=", 1) for pair in options.set_recipe)
    kept = (options.recipe or folder) / f"{len(pieces)} songs"
    recipe = of_recipe(pieces, preset("paper").with_values(of_the_recipe), options.part, kept)
    others = [
        reached(pieces, name, values | for_all | {"minutes": options.minutes}, folder / name, recipe)
        for name, values in OTHERS.items()
    ]
    return {
        "songs": len(pieces),
        "set": for_all,
        "recipe": recipe,
        "others": others,
        "keras_processor_seconds_an_update": keras_seconds(recipe["words"]) * preset("paper").training.batch,
    }


def of_recipe(pieces: list[Piece], paper: Preset, part: float, folder: Path) -> dict:
    """What a part of the recipe costs, and the best that it comes to."""
    data = prepare(pieces, paper)
    windows = len(window_starts(data.training(np.random.default_rng(SEED)), paper.training))
    in_an_epoch = -(-windows // paper.training.batch)
    updates = round(part * paper.training.epochs * in_an_epoch)
    # Four evaluations in all, or two for each epoch.
    paper = paper.with_values({"evaluations": max(2, round(4 * in_an_epoch / updates))})
    rows = [row for row in partly_trained(pieces, paper, updates, folder).history if row["step"] <= updates * 1.01]
    best = min(rows, key=lambda row: row["known_loss"])
    return {
        "words": len(data.vocabulary),
        "windows_an_epoch": windows,
        "updates": paper.training.epochs * in_an_epoch,
        "made": int(rows[-1]["step"]),
        "best_after": int(best["step"]),
        "seconds_to_the_best": best["processor_seconds"],
        "processor_seconds": rows[-1]["processor_seconds"],
        "processor_seconds_an_update": rows[-1]["processor_seconds"] / rows[-1]["step"],
        "loss": best["validation_loss"],
        "known_loss": best["known_loss"],
        "nats_per_note": min(row["nats_per_note"] for row in rows),
        "by_frequency": by_frequency(data),
        "history": rows,
    }


def partly_trained(pieces: list[Piece], wanted: Preset, updates: int, folder: Path) -> Run:
    """The run of the folder after so many updates, the last one evaluated."""
    from generation.music.training.loop import train

    def enough() -> bool:
        history = read_history(folder)
        return bool(history) and history[-1]["step"] >= updates

    def stop_there(progress) -> None:
        if progress.step >= updates and enough():
            raise StopTraining

    if enough():
        return open_run(folder)
    return train(pieces, wanted, folder, seed=SEED, report=stop_there, resume=(folder / "checkpoint").is_dir())


def by_frequency(data: TrainingData) -> float:
    """The loss of one who knows nothing but how often each word occurs, on the same tokens as the others."""
    counts = data.occurrences() + 1
    window, unknown = data.preset.training.window, data.vocabulary.unknown
    tokens = np.concatenate([tokens[window:] for tokens in data.held_out().sequences()])
    return float(-np.log(counts / counts.sum())[tokens[tokens != unknown]].mean())


def reached(pieces: list[Piece], name: str, values: dict, folder: Path, recipe: dict) -> dict:
    """How long the house preset, or what these values make of it, takes to the recipe's loss."""
    from generation.music.training.loop import train

    wanted = preset("house").with_values(OF_THE_OTHERS | values)
    updates = updates_an_epoch(pieces, wanted)
    wanted = wanted.with_values({"evaluations": max(round(updates / EVALUATIONS_EVERY), 1)})
    measure_of = "known_loss" if wanted.encoding.name == "pitches" else "nats_per_note"
    rows = train(pieces, wanted, folder, seed=SEED).history
    there = next((row for row in rows if row[measure_of] <= recipe[measure_of]), None)
    seconds = there and there["processor_seconds"]
    return {
        "name": name,
        "measure": measure_of,
        "aim": recipe[measure_of],
        "processor_seconds": seconds,
        "times_as_soon": seconds and recipe["seconds_to_the_best"] / seconds,
        "best": min(row[measure_of] for row in rows),
        "trained_processor_seconds": rows[-1]["processor_seconds"],
        "history": rows,
    }


def updates_an_epoch(pieces: list[Piece], wanted: Preset) -> int:
    rng = np.random.default_rng(SEED)
    return len(batches(prepare(pieces, wanted).training(rng), wanted.training, rng))


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
        f"{measured['songs']} songs of POP909: {recipe['words']:,} chords, {recipe['windows_an_epoch']:,} windows, "
        f"{recipe['updates']} updates. An update costs {recipe['processor_seconds_an_update']:.0f} processor seconds, "
        f"in Keras's own layers and 32 bits {measured['keras_processor_seconds_an_update']:.0f}.\n"
        f"{recipe['made']} of them ({recipe['made'] / recipe['updates']:.0%}) took {recipe['processor_seconds']:,.0f} "
        f"processor seconds; the best evaluation came after {recipe['best_after']}.\n"
    )
    columns = "nats a token", "nats for the pitches of a note", "processor seconds", "times as soon"
    print(f"| {measured['songs']} songs | {' | '.join(columns)} |\n|---|---|---|---|---|")
    print(f"| who knows only how often chords occur | {recipe['by_frequency']:.3f} | | | |")
    print(
        f"| the paper's recipe, {recipe['made'] / recipe['updates']:.0%} of it | {recipe['known_loss']:.3f} | "
        f"{recipe['nats_per_note']:.3f} | {recipe['seconds_to_the_best']:,.0f} | |"
    )
    for row in measured["others"]:
        there = f"{row['processor_seconds']:.0f} | {row['times_as_soon']:.0f}" if row["processor_seconds"] else "not | "
        token, note = (f"{row['best']:.3f}", "") if row["measure"] == "known_loss" else ("", f"{row['best']:.3f}")
        print(f"| {row['name']}: there after | | | {there} |")
        print(
            f"| the same, when it was stopped | {token} | {note} | {row['trained_processor_seconds']:.0f} | |",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
