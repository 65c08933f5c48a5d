"""Magenta's networks: trained here for some minutes, then asked how likely human, shuffled and random music is.

With --bundle FILE also how fast a pretrained network is read and composes.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from bench import SKIPPED, pop909
from generation.music.corpora.corpora import read_corpus, split
from generation.music.inference.composing import compose
from generation.music.inference.stepper import Stepper
from generation.music.magenta.bundle_reader import read_bundle
from generation.music.magenta.exchange import save_bundle
from generation.music.score.notes import Piece
from generation.music.tokens.melody import Melody
from generation.music.training.configuration import Preset
from generation.music.training.presets import preset
from generation.music.training.runs import Run
from generation.music.training.training_data import rows_fed

SONGS, SEED = 250, 1
LONGEST = 256  # tokens of a sequence that are judged
# On two processors, with the state carried and small batches: Magenta's own values would see a tenth of the updates.
QUICK = {"carried": True, "window": 128, "batch": 32, "micro_batch": 0, "patience": 0, "epochs": 300}
QUICK |= {"compiled": "yes"}  # for so small steps XLA is the faster one
# Half of Magenta's units, two layers, and no variants: its own 6 million parameters want a GPU or a night.
SMALLER = {"window": 64, "batch": 16, "units": 256, "layers": 2, "transpose": 0, "stretch": 0, "evaluations": 20}
VALUES = {"attention": QUICK, "performance": QUICK | SMALLER | {"learning_rate": 0.002}}
BUNDLE = Path(__file__).parents[2] / "shared" / "data" / "magenta" / "attention_rnn.mag"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    parser.add_argument("--attention-minutes", type=float, default=0.5)
    parser.add_argument("--performance-minutes", type=float, default=0.5)
    parser.add_argument("--bundle", type=Path, default=BUNDLE, help="a pretrained attention_rnn.mag")
    parser.add_argument("--keep", type=Path, help="leave the runs in this folder")
    options = parser.parse_args()
    measured = {}
    if options.bundle.is_file():
        measured["pretrained"] = pretrained(options.bundle)
        show_pretrained(measured["pretrained"])
    archive = pop909()
    if archive is not None:
        pieces = read_corpus(archive, songs=SONGS, seed=SEED).pieces
        with tempfile.TemporaryDirectory() as folder:
            kept = options.keep or Path(folder)
            for name in ("attention", "performance"):
                minutes = getattr(options, f"{name}_minutes")
                measured[name] = trained(pieces, name, minutes, kept / name)
                show_trained(name, measured[name])
    else:
        measured |= SKIPPED
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def pretrained(path: Path) -> dict:
    began = time.perf_counter()
    bundle = read_bundle(path)
    reading = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        run = save_bundle(bundle, Path(folder) / "run")
        compose(run, clips=1, seconds=1)
        times = {}
        for clips in (1, 16):
            began = time.perf_counter()
            made = compose(run, clips=clips, seconds=20)
            times[clips] = (time.perf_counter() - began, sum(one.piece.seconds for one in made))
    return {
        "summary": bundle.summary,
        "read_seconds": reading,
        "compose_seconds": {clips: seconds for clips, (seconds, _) in times.items()},
        "music_seconds_a_second": {clips: music / seconds for clips, (seconds, music) in times.items()},
    }


def trained(pieces: list[Piece], name: str, minutes: float, folder: Path) -> dict:
    """A network trained for so long, and what it says of music it has not seen."""
    from generation.music.training.loop import train

    recipe = preset(f"magenta-{name}").with_values(VALUES[name] | {"minutes": minutes})
    run = train(pieces, recipe, folder, seed=SEED)
    _, held_out = split(pieces, validation=recipe.training.validation, seed=SEED)
    rng = np.random.default_rng(SEED)
    real = _sequences(held_out, recipe, run)
    words = len(run.vocabulary)
    return {
        "minutes": minutes,
        "songs": len(pieces),
        "updates": run.config["progress"]["step"],
        "epochs": run.config["progress"]["epochs"],
        "validation_loss": run.config["progress"]["best_validation_loss"],
        "first_validation_loss": run.history[0]["validation_loss"],
        "nats_per_token": {
            "real": nats_per_token(run, real),
            "shuffled": nats_per_token(run, [shuffled(tokens, recipe, rng) for tokens in real]),
            "random": nats_per_token(run, [drawn(tokens, recipe, words, rng) for tokens in real]),
        },
        "uniform": float(np.log(words)),
        "sequences": len(real),
    }


def _sequences(pieces: list[Piece], recipe: Preset, run: Run) -> list[np.ndarray]:
    """What the encoding makes of held-out pieces."""
    encoding = recipe.encoding
    if hasattr(encoding, "sequences"):
        return [tokens[:LONGEST] for piece in pieces for tokens in encoding.sequences(piece, run.vocabulary)]
    return [encoding.encode(piece, run.vocabulary)[:LONGEST] for piece in pieces]


def shuffled(tokens: np.ndarray, recipe: Preset, rng: np.random.Generator) -> np.ndarray:
    """The same in any order; of a melody its events, since some tokens only repeat others."""
    if not isinstance(recipe.encoding, Melody):
        return rng.permutation(tokens)
    return recipe.encoding.tokens(rng.permutation(recipe.encoding.events(tokens)).tolist())


def drawn(tokens: np.ndarray, recipe: Preset, words: int, rng: np.random.Generator) -> np.ndarray:
    """As long, drawn at random; of a melody the pitches alone, in the rhythm it has."""
    encoding = recipe.encoding
    if not isinstance(encoding, Melody):
        return rng.integers(words, size=len(tokens))
    pitches = rng.integers(encoding.low, encoding.high, len(tokens)).tolist()
    events = encoding.events(tokens)
    return encoding.tokens([pitch if event >= 0 else event for event, pitch in zip(events, pitches, strict=True)])


def nats_per_token(run: Run, sequences: list[np.ndarray]) -> float:
    """How surprising sequences are to a network, side by side; what follows the end of a shorter one does not count."""
    encoding, longest = run.preset.encoding, max(map(len, sequences))
    tokens = np.zeros((len(sequences), longest), int)
    for row, sequence in zip(tokens, sequences, strict=True):
        row[: len(sequence)] = sequence
    fed = tokens
    if run.preset.network.feed == "history":
        fed = np.stack([rows_fed(encoding, row) for row in tokens])
    lengths = np.array([len(sequence) for sequence in sequences])
    stepper = Stepper(run.layers, run.weights)
    stepper.start(len(sequences))
    total = 0.0
    for step in range(longest - 1):
        probabilities = stepper.step(fed[:, step])
        asked = probabilities[np.arange(len(sequences)), tokens[:, step + 1]]
        total -= float(np.log(np.maximum(asked, 1e-12))[lengths > step + 1].sum())
    return total / float((lengths - 1).sum())


def show_pretrained(measured: dict) -> None:
    print(measured["summary"])
    print(f"read in {1000 * measured['read_seconds']:.0f} ms")
    for clips, speed in measured["music_seconds_a_second"].items():
        print(f"{clips:>2} clips of 20 s: {measured['compose_seconds'][clips]:.2f} s, {speed:,.0f} s of music a second")


def show_trained(name: str, measured: dict) -> None:
    nats = measured["nats_per_token"]
    print(
        f"magenta-{name}: {measured['minutes']:g} min, {measured['updates']:,} updates, {measured['epochs']} epochs; "
        f"held-out loss {measured['first_validation_loss']:.3f} -> {measured['validation_loss']:.3f} nats a token"
    )
    print(
        f"  real {nats['real']:.2f}, shuffled {nats['shuffled']:.2f}, random {nats['random']:.2f}, "
        f"uniform {measured['uniform']:.2f} nats a token ({measured['sequences']} sequences)"
    )


if __name__ == "__main__":
    raise SystemExit(main())
