"""Low anchors: a Markov chain on the same tokens, and the notes of a corpus in random order. Counted, not learned.

Music with the right notes in a wrong order should be judged worse than any network's. If it is not, the listeners did
not listen.
"""

import math
import platform
from pathlib import Path

import numpy as np

from generation.music.score.notes import Piece
from generation.music.training.configuration import Preset
from generation.music.training.runs import HISTORY, Run, RunError, check_free, open_run, save_run, write_history
from generation.music.training.training_data import TrainingData, prepare

MOST_NOTES = 100_000  # kept of a corpus to shuffle
JUDGED = 50_000  # held-out tokens at most

Arrays = dict[str, np.ndarray]


def train(pieces: list[Piece], preset: Preset, folder: Path, *, seed: int, fingerprint: str, resume: bool) -> Run:
    """Count a corpus into a run folder; it takes a moment, so there is nothing to resume."""
    if resume and (folder / "config.json").exists():
        return open_run(folder)
    check_free(folder)
    data = prepare(pieces, preset)
    validation = None
    if preset.network.kind == "markov":
        weights = count(data, preset.network.order)
        validation = _validation_loss(Markov(weights, len(data.vocabulary)), data.held_out().sequences())
        row: dict[str, float | None] = dict.fromkeys(HISTORY, math.nan)
        row |= {"epoch": 1, "step": 1, "seconds": 0.0, "validation_loss": validation}
        write_history(folder, [row])
    else:
        weights = pool_notes(data.pieces, np.random.default_rng([seed, 3]))
    config = data.run_config(seed, fingerprint) | {
        "layers": [],
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "progress": {"state": "finished", "epochs": 1, "step": 1, "seconds": 0.0}
        | {"best_validation_loss": validation, "best_step": 1},
    }
    return save_run(folder, config=config, vocabulary=data.vocabulary, weights=weights)


def count(data: TrainingData, order: int) -> Arrays:
    """How often each token follows each context of up to `order` tokens.

    For every length k of context: "contexts" (contexts, k) in lexical order; "begins", where the continuations of each
    are; "tokens" and "counts" of those.
    """
    encoded = data.training(np.random.default_rng(0)).sequences()
    counted: Arrays = {}
    for k in range(order + 1):
        rows = [np.lib.stride_tricks.sliding_window_view(piece, k + 1) for piece in encoded if len(piece) > k]
        if not rows:
            raise RunError(f"An order of {k} is longer than every piece. Set a lower order.")
        grams, counts = np.unique(np.concatenate(rows), axis=0, return_counts=True)
        new = np.append(True, (np.diff(grams[:, :-1], axis=0) != 0).any(axis=1))
        counted |= {
            f"order{k}/contexts": grams[new, :-1],
            f"order{k}/begins": np.append(np.flatnonzero(new), len(grams)).astype(np.int64),
            f"order{k}/tokens": grams[:, -1],
            f"order{k}/counts": counts.astype(np.int32),
        }
    return counted


class Markov:
    """Probabilities from counts, with the steps of a network.

    Every length of context has its say, weighed as by Witten and Bell (1991): a context seen N times with T different
    continuations trusts its own counts N times and the next shorter context T times; the shortest trusts that all words
    are possible.
    """

    def __init__(self, weights: Arrays, vocabulary_size: int):
        self.size = vocabulary_size
        self.order = max(int(name.split("/")[0].removeprefix("order")) for name in weights)
        self.tables = []
        for k in range(self.order + 1):
            contexts, begins, tokens, counts = (
                weights[f"order{k}/{part}"] for part in ("contexts", "begins", "tokens", "counts")
            )
            rows = {context.tobytes(): row for row, context in enumerate(np.ascontiguousarray(contexts, np.int32))}
            self.tables.append((rows, begins, tokens, counts))
        self.start(1)

    def start(self, batch: int) -> None:
        self.read: list[list[int]] = [[] for _ in range(batch)]

    def step(self, tokens: np.ndarray) -> np.ndarray:
        for read, token in zip(self.read, tokens, strict=True):
            read.append(int(token))
        return np.array([self.after(read) for read in self.read])

    def read_windows(self, windows: np.ndarray) -> np.ndarray:
        return np.array([self.after(window.tolist()) for window in windows])

    def after(self, read: list[int]) -> np.ndarray:
        """The probabilities of what follows. (vocabulary,)"""
        probabilities = np.full(self.size, 1 / self.size)
        for k in range(min(self.order, len(read)) + 1):
            rows, begins, tokens, counts = self.tables[k]
            row = rows.get(np.array(read[len(read) - k :], np.int32).tobytes())
            if row is None:
                break
            seen = slice(begins[row], begins[row + 1])
            different, times = begins[row + 1] - begins[row], counts[seen].sum()
            probabilities = probabilities * different
            probabilities[tokens[seen]] += counts[seen]
            probabilities /= different + times
        return probabilities


def _validation_loss(markov: Markov, held_out: list[np.ndarray]) -> float | None:
    """Nats per token, over every so many tokens of the held-out pieces."""
    pairs = [(piece, position) for piece in held_out for position in range(1, len(piece))]
    if not pairs:
        return None
    judged = pairs[:: -(-len(pairs) // JUDGED)]
    context = markov.order
    return float(
        np.mean([-np.log(markov.after(piece[max(0, at - context) : at].tolist())[piece[at]]) for piece, at in judged])
    )


def pool_notes(pieces: list[Piece], rng: np.random.Generator) -> Arrays:
    """The notes of a corpus without their order: pitch, duration and velocity of each, and the steps from one onset to
    the next by themselves; and the tempo of every piece."""
    pieces = [piece.without_drums() for piece in pieces]
    notes = np.concatenate([piece.notes for piece in pieces])
    steps = np.concatenate([np.diff(piece.notes["start"]) for piece in pieces])
    notes = notes[np.sort(rng.permutation(len(notes))[:MOST_NOTES])]
    steps = steps[np.sort(rng.permutation(len(steps))[:MOST_NOTES])]
    tempos = [60 * piece.beats / piece.seconds for piece in pieces if piece.seconds > 0]
    if not steps.any():
        raise RunError("Without drums, all notes of the corpus start at the same time, so there is nothing to shuffle.")
    parts = {name: np.ascontiguousarray(notes[name]) for name in ("pitch", "duration", "velocity")}
    return parts | {"step": steps, "tempo": np.array(tempos)}
