"""The house preset without one of its ingredients at a time: nats per token on the same held-out songs.

Every variant sees every song as often. What is fed and what is asked stays REMI, so that the losses can be compared;
pieces in other keys are as many tokens, only of other pitches. Other words carry other things: of them only the pitches
are compared. The grammar learns nothing: what it gives are the nats that a network spends on words that cannot
follow. Seconds are of processors, cores added up. `--try name:key=value,key=value` measures a variant of one's own.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench import SKIPPED, pop909
from generation.music.corpora.corpora import read_corpus
from generation.music.inference.composing import build_stepper
from generation.music.score.notes import Piece
from generation.music.training.presets import preset
from generation.music.training.runs import Run
from generation.music.training.training_data import prepare

VARIANTS: dict[str, dict[str, object]] = {
    "house": {},
    "one target for each window": {"targets": "last", "carried": False, "stride": 64},
    "a token as its number, not embedded": {"feed": "scale"},
    "windows from a zero state": {"carried": False, "stride": 64},
    "each piece in its own key": {"one_key": "no"},
    "each piece in another key every epoch": {"one_key": "no", "transpose": 5},
    "begun from all words alike": {"prior": "no"},
    "the same learning rate to the end": {"decay": "constant"},
    "no clipping": {"clipnorm": 0},
    "no dropout": {"dropout": 0, "between_dropout": 0},
    "one layer": {"layers": 1},
    "the paper's words": {"encoding": "pitches"},
    "Blanchard's words": {"encoding": "expressive"},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--songs", type=int, default=8, help="of POP909")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1, help="how many trainings of each")
    parser.add_argument("--set", nargs="*", default=["units=128"], metavar="KEY=VALUE", help="for all")
    parser.add_argument("--only", nargs="*", help="these variants")
    parser.add_argument("--try", nargs="*", default=[], dest="tries", metavar="NAME:KEY=VALUE,...")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    archive = pop909()
    if archive is None:
        measured = SKIPPED
    else:
        pieces = read_corpus(archive, songs=options.songs, seed=1).pieces
        common = {"epochs": options.epochs, "patience": 0} | dict(pair.split("=") for pair in options.set)
        chosen = {name: VARIANTS[name] for name in options.only} if options.only is not None else VARIANTS
        for own in options.tries:
            name, _, pairs = own.partition(":")
            chosen = chosen | {name: dict(pair.split("=") for pair in pairs.split(",") if pair)}
        print(f"{len(pieces)} songs, {options.epochs} epochs, {options.seeds} seeds, {' '.join(options.set)}\n")
        print(
            "| | nats a token | more than `house` | pitches, nats a note | processor seconds |\n|---|---|---|---|---|"
        )
        measured = {"songs": len(pieces), "seeds": options.seeds, "common": common, "variants": []}
        for name, values in chosen.items():
            measured["variants"].append(
                {"name": name, "values": values} | judged(pieces, common | values, options.seeds)
            )
            show(measured["variants"][-1], measured["variants"][0])  # as they come: it takes long
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def judged(pieces: list[Piece], values: dict[str, object], seeds: int) -> dict:
    """The best validation loss of each seed, and how long the training took. The songs held out are always the same."""
    from generation.music.training.loop import train

    best, notes, later, forbidden, seconds = [], [], [], [], []
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            run = train(pieces, preset("house").with_values(values), Path(folder) / "run", seed=seed)
            history = run.history
        reached = min(history, key=lambda row: row["validation_loss"])
        best.append(reached["validation_loss"])
        notes.append(reached["nats_per_note"])
        later.append(history[-1]["validation_loss"] - reached["validation_loss"])
        seconds.append(history[-1]["processor_seconds"])
        if run.preset.encoding.name == "remi":
            forbidden.append(spent_on_what_cannot_follow(run, pieces))
    return {
        "encoding": run.preset.encoding.name,
        "validation_loss": float(np.mean(best)),
        "of_each_seed": best,
        "nats_per_note": float(np.mean(notes)),
        "last_weights": float(np.mean(later)),  # how much worse they are than the best
        "without_grammar": float(np.mean(forbidden)) if forbidden else None,
        "updates": history[-1]["step"],
        "seconds": float(np.mean(seconds)),
    }


def spent_on_what_cannot_follow(run: Run, pieces: list[Piece]) -> float:
    """Nats a token that a grammar gives: how much likelier held-out tokens are once what cannot follow is ruled out."""
    held_out = prepare(pieces, run.preset).held_out().sequences()
    songs = np.array([tokens[: min(map(len, held_out))] for tokens in held_out])  # (songs, tokens)
    network, grammar = build_stepper(run), run.preset.encoding.grammar(run.vocabulary)
    network.start(len(songs))
    state, nats = grammar.start(len(songs)), []
    for tokens in songs.T:
        state = grammar.advance(state, tokens)
        nats.append(-np.log((network.step(tokens) * grammar.allowed_tokens(state)).sum(axis=1)))
    return float(np.mean(nats))


def show(row: dict, house: dict) -> None:
    of_each = row["of_each_seed"]
    spread = f" ({min(of_each):.3f} to {max(of_each):.3f})" if len(of_each) > 1 else ""
    more = f"{row['validation_loss'] - house['validation_loss']:+.3f}" if row is not house else ""
    token = f"{row['validation_loss']:.3f}{spread}"
    if row["encoding"] != house["encoding"]:
        token, more = "other words", ""
    print(f"| {row['name']} | {token} | {more} | {row['nats_per_note']:.3f} | {row['seconds']:.0f} |", flush=True)
    if row is house:
        print(f"| the last weights, not the best |  | {row['last_weights']:+.3f} |  |  |")
        print(f"| without the grammar |  | {row['without_grammar']:+.4f} |  |  |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
