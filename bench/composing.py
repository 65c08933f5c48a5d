"""Composing: notes a second of the numpy stepper, 1, 8 and 32 clips side by side, beside a Keras loop that reads its
window anew for every note, and beside what this machine can multiply at all.

The network is the paper's, three LSTMs of 512; its weights are the first ones, which cost as much as trained ones.
`compose` fills its columns up to 16, so that a clip is the same however many are made: what that costs a clip that is
made alone is measured as well.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from generation.music.inference.sampling import choose
from generation.music.inference.stepper import BLOCK, Stepper
from generation.music.training.presets import preset

TARGETS = {1: 500, 32: 2000}  # times the notes a second of the Keras loop


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--vocabulary", type=int, default=300, help="words")
    parser.add_argument("--notes", type=int, default=30, help="of the Keras loop")
    parser.add_argument("--clips", type=int, nargs="+", default=[1, 8, 32])
    options = parser.parse_args()
    measured = measure(options.vocabulary, options.notes, options.clips)
    show(measured)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(vocabulary: int, notes: int, clips: list[int]) -> dict:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    layers = preset("paper").layers(vocabulary)
    window = preset("paper").training.window
    network, weights = keras_network(layers, window)
    stepper = Stepper(layers, weights)
    operations = 2 * sum(array.size for array in weights.values() if array.ndim == 2)  # for a note
    keras_notes = keras_loop(network, vocabulary, window, notes)
    rows = []
    for count in clips:
        stepper.start(count)
        stepper.start(count)
        carried = count / seconds_of(lambda count=count: step(stepper, count), notes=20)
        reread = count / seconds_of(lambda count=count: stepper.read_windows(np.zeros((count, window), int)), times=3)
        limit = products_a_second(weights, count)
        rows.append(
            {
                "clips": count,
                "notes_per_second": carried,
                "times_keras": carried / keras_notes,
                "target": TARGETS.get(count),
                "limit_notes_per_second": limit,
                "share_of_limit": carried / limit,
                "gflops": carried * operations / 1e9,
                "rereading_notes_per_second": reread,
                "rereading_times_keras": reread / keras_notes,
            }
        )
    alone = Stepper(layers, weights, block=BLOCK)
    alone.start(1)
    filled_up = 1 / seconds_of(lambda: step(alone, 1), notes=20)
    return {
        "network": "3 x LSTM 512, dense 256",
        "vocabulary": vocabulary,
        "window": window,
        "operations_per_note": operations,
        "keras_notes_per_second": keras_notes,
        "machine_gflops": machine(),
        "cores": os.cpu_count(),
        "stepper": rows,
        "filled_up_notes_per_second": filled_up,
        "filled_up_times_keras": filled_up / keras_notes,
    }


def keras_network(layers: list[dict], window: int):
    """The network as its authors wrote it, in Keras's own layers, and its weights under our names."""
    import keras

    network = keras.Sequential([keras.Input((window, 1))])
    named = []
    lstms = sum(layer["kind"] == "lstm" for layer in layers)
    for number, layer in enumerate(layers[1:], start=1):
        match layer["kind"]:
            case "lstm":
                network.add(keras.layers.LSTM(layer["units"], return_sequences=number < lstms, recurrent_dropout=0.3))
            case "batchnorm":
                network.add(keras.layers.BatchNormalization())
            case "dropout":
                network.add(keras.layers.Dropout(layer["rate"]))
            case "dense":
                network.add(keras.layers.Dense(layer["units"], activation=layer["activation"]))
        named += [(f"layer{number}/{weight.name}", weight.numpy()) for weight in network.layers[-1].weights]
    return network, dict(named)


def keras_loop(network, vocabulary: int, window: int, notes: int) -> float:
    """Notes a second, as in the tutorials: predict on the last `window` tokens, take one, append it."""
    rng = np.random.default_rng(1)
    tokens = rng.integers(0, vocabulary, window).tolist()

    def note() -> None:
        read = np.reshape(tokens[-window:], (1, window, 1)) / vocabulary
        probabilities = network.predict(read, verbose=0)[0]
        tokens.append(int(rng.choice(vocabulary, p=probabilities / probabilities.sum())))

    note()
    return 1 / seconds_of(note, times=notes)


def step(stepper: Stepper, clips: int) -> None:
    tokens = np.zeros(clips, int)
    rng = np.random.default_rng(1)
    for _ in range(20):
        tokens = choose(stepper.step(tokens), rng)


def seconds_of(action: Callable[[], object], *, notes: int = 1, times: int = 15) -> float:
    """Of one note: the fastest of several tries, so that what else the machine does disturbs least."""
    action()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return min(taken) / notes


def products_a_second(weights: dict[str, np.ndarray], clips: int) -> float:
    """Notes a second if composing were nothing but the products of the weights with the states, on this machine now."""
    rng = np.random.default_rng(1)
    matrices = [np.ascontiguousarray(array.T) for array in weights.values() if array.ndim == 2]
    columns = [rng.standard_normal((matrix.shape[1], clips)).astype(np.float32) for matrix in matrices]
    outputs = [np.empty((len(matrix), clips), np.float32) for matrix in matrices]

    def products() -> None:
        for _ in range(20):
            for matrix, column, output in zip(matrices, columns, outputs, strict=True):
                np.matmul(matrix, column, out=output)

    return clips / seconds_of(products, notes=20)


def machine() -> float:
    """Billions of operations a second in a large product of single precision."""
    matrix = np.random.default_rng(1).standard_normal((2048, 2048)).astype(np.float32)
    return 2 * 2048**3 / seconds_of(lambda: matrix @ matrix, times=7) / 1e9


def show(measured: dict) -> None:
    print(
        f"{measured['network']}, {measured['vocabulary']} words, window {measured['window']}, "
        f"{measured['cores']} cores; large matrix products: {measured['machine_gflops']:.0f} GFLOP/s"
    )
    print(f"Keras predict, re-reading    {measured['keras_notes_per_second']:10.1f} notes/s")
    for row in measured["stepper"]:
        target = f" (target {row['target']:,})" if row["target"] else ""
        print(
            f"stepper, {row['clips']:2d} side by side   {row['notes_per_second']:10,.0f} notes/s   "
            f"{row['times_keras']:8,.0f} times Keras{target}, {row['share_of_limit']:.0%} of bare products, "
            f"{row['gflops']:.0f} GFLOP/s"
        )
    print(
        f"  1, filled up to {BLOCK}      {measured['filled_up_notes_per_second']:10,.0f} notes/s   "
        f"{measured['filled_up_times_keras']:8,.0f} times Keras"
    )
    for row in measured["stepper"]:
        print(
            f"  re-reading, {row['clips']:2d}          {row['rereading_notes_per_second']:10,.0f} notes/s   "
            f"{row['rereading_times_keras']:8,.0f} times Keras"
        )


if __name__ == "__main__":
    sys.exit(main())
