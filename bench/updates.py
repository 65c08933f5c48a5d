"""What an update of the weights costs: as a plain graph, compiled by XLA, and with products in 16 bits.

Each network learns from the same first batches of 20 songs. Seconds are of processors, cores added up: of the first
update, with which the graph is made or compiled, and the fastest of some that follow. What `compiled=auto` takes on a
machine without a GPU is the plain graph.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from bench import SKIPPED, pop909
from generation.music.corpora.corpora import read_corpus
from generation.music.score.notes import Piece
from generation.music.training.batches import batches
from generation.music.training.configuration import Preset
from generation.music.training.presets import preset
from generation.music.training.training_data import prepare

SONGS, SEED = 20, 1
SMALL = {"batch": 32, "window": 128, "carried": "yes", "micro_batch": 0}
NETWORKS = {
    "house": ("house", {}),
    "expressive": ("expressive", {}),
    "paper, an eighth of its batch": ("paper", {"batch": 128, "micro_batch": 0}),
    "magenta-lookback": ("magenta-lookback", {}),
    "magenta-lookback in small batches": ("magenta-lookback", SMALL),
    "magenta-attention": ("magenta-attention", {}),
    "magenta-attention in small batches": ("magenta-attention", SMALL),
}
WAYS = {
    "a plain graph": {"compiled": "no"},
    "compiled by XLA": {"compiled": "yes"},
    "a plain graph, products in 16 bits": {"compiled": "no", "mixed_precision": "yes"},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument(
        "--only", nargs="*", default=["house", "magenta-lookback in small batches"], choices=NETWORKS, help="networks"
    )
    parser.add_argument("--updates", type=int, default=4)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = pop909()
    if archive is None:
        measured = SKIPPED
    else:
        pieces = read_corpus(archive, songs=SONGS, seed=SEED).pieces
        measured = {"cores": os.cpu_count(), "rows": []}
        print("| network | | first update | each that follows |\n|---|---|---|---|")
        for name in options.only:
            for way, values in WAYS.items():
                called, own = NETWORKS[name]
                wanted = preset(called).with_values(own | values)
                first, others = seconds_of_updates(pieces, wanted, options.updates)
                measured["rows"].append({"network": name, "way": way, "first": first, "others": others})
                print(f"| {name} | {way} | {first:.1f} s | {others:.2f} s |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def seconds_of_updates(pieces: list[Piece], wanted: Preset, updates: int) -> tuple[float, float]:
    """Processor seconds of the first update, and of the fastest of so many others."""
    from generation.music.training.layers import build_network
    from generation.music.training.updates import Updater

    data, rng = prepare(pieces, wanted), np.random.default_rng(SEED)
    plan = batches(data.training(rng), wanted.training, rng)
    network = build_network(wanted, len(data.vocabulary), seed=SEED)
    updater, states = Updater(network, wanted.training), network.zero_states(plan.batch)
    taken = []
    for step in range(updates + 1):
        began = time.process_time()
        loss, states = updater.update(plan[step % len(plan)], states, noise=(SEED, step), rate=1e-3)
        float(loss)
        taken.append(time.process_time() - began)
    return taken[0], min(taken[1:])


if __name__ == "__main__":
    sys.exit(main())
