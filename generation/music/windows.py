"""What the network reads when: pieces as tokens -> batches of windows, made one at a time.

Nothing here knows what a token means, and no window exists before it is its turn: a corpus is one long array of tokens,
a window a place in it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from generation.music.configuration import TrainingConfig


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows read side by side. A target of weight 0 is filling."""

    tokens: np.ndarray  # (batch, window) int32
    targets: np.ndarray  # (batch, window), the token after each; or (batch,), the one after the window
    weights: np.ndarray  # as the targets, float32, 0 or 1
    fresh: np.ndarray  # (batch,) bool, the window begins from a zero state
    places: np.ndarray  # as the targets, where in the corpus they stand


class Tokens:
    """Pieces one after the other in a single array, with where each begins."""

    def __init__(self, pieces: list[np.ndarray]):
        self.all = np.concatenate([*pieces, np.zeros(0, np.int32)]).astype(np.int32)
        self.lengths = [len(piece) for piece in pieces]
        self.begins = [0, *accumulate(self.lengths)][:-1]

    def __len__(self) -> int:
        return len(self.all)


def batches(tokens: Tokens, config: TrainingConfig, rng: np.random.Generator) -> list[Batch]:
    """One epoch: every window in an order of its own, or every piece read through in lanes side by side.

    The list is lazy: a batch is made when it is asked for.
    """
    if config.targets == "every" and config.carried:
        return Lanes(tokens, config.window, passages(tokens, config.passage, rng), config.batch)
    places = window_places(tokens, config)
    return Windows(tokens, config, rng.permutation(places), config.batch)


def held_out_batches(tokens: Tokens, config: TrainingConfig) -> list[Batch]:
    """The held-out pieces in their order: read through from the beginning, or as windows evenly spread."""
    if config.targets == "every" and config.carried:
        whole = list(zip(tokens.begins, tokens.lengths, strict=True))
        return Lanes(tokens, config.window, whole, min(config.batch, max(1, len(whole) // 2)))
    places = window_places(tokens, config)
    if config.validation_targets and len(places) > config.validation_targets:
        places = places[np.linspace(0, len(places) - 1, config.validation_targets).astype(int)]
    return Windows(tokens, config, places, min(config.micro_batch or config.batch, 256))


def window_places(tokens: Tokens, config: TrainingConfig) -> np.ndarray:
    """Where a window can begin: within a piece, and with something after it."""
    every = config.targets == "every"
    places = [
        np.arange(begin, begin + max(length - (1 if every else config.window), 0), config.stride)
        for begin, length in zip(tokens.begins, tokens.lengths, strict=True)
    ]
    return np.concatenate([*places, np.zeros(0, int)]).astype(np.int64)


def passages(tokens: Tokens, longest: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """The pieces cut at places that are others in each epoch, in any order: (begin, length)."""
    found = []
    for begin, length in zip(tokens.begins, tokens.lengths, strict=True):
        cuts = (
            [0, *range(int(rng.integers(1, longest + 1)), length, longest), length] if length > longest else [0, length]
        )
        found += [(begin + cut, end - cut) for cut, end in zip(cuts[:-1], cuts[1:], strict=True)]
    return [found[number] for number in rng.permutation(len(found))]


class Windows:
    """Windows from given places, each from a zero state."""

    def __init__(self, tokens: Tokens, config: TrainingConfig, places: np.ndarray, batch: int):
        self.tokens, self.config = tokens, config
        self.count = len(places)
        self.batch = min(batch, max(self.count, 1))
        # The last batch is filled up with the first windows: batch normalisation wants real ones.
        self.places = np.resize(places, -(-self.count // self.batch) * self.batch)
        self.ends = np.repeat(np.add(tokens.begins, tokens.lengths), tokens.lengths)  # of the piece of each token

    def __len__(self) -> int:
        return len(self.places) // self.batch

    def __getitem__(self, number: int) -> Batch:
        if number >= len(self):
            raise IndexError(number)
        window = self.config.window
        rows = np.arange(number * self.batch, (number + 1) * self.batch)
        starts = self.places[rows]
        if self.config.targets == "last":
            read, asked = starts[:, None] + np.arange(window), starts + window
            known = np.ones(self.batch, bool)
        else:
            read = starts[:, None] + np.arange(window)
            asked = read + 1
            known = asked < self.ends[starts][:, None]
        all_tokens, last = self.tokens.all, len(self.tokens) - 1
        return Batch(
            all_tokens[np.minimum(read, last)],
            all_tokens[np.minimum(asked, last)],
            known.astype(np.float32),
            np.ones(self.batch, bool),
            asked,
        )


class Lanes:
    """Passages read through side by side, window after window; a lane that ends one begins the next."""

    def __init__(self, tokens: Tokens, window: int, parts: list[tuple[int, int]], batch: int):
        self.tokens, self.window = tokens, window
        self.batch = min(batch, max(len(parts), 1))
        lanes: list[list[tuple[int, int, bool]]] = [[] for _ in range(self.batch)]
        shortest = [(0, lane) for lane in range(self.batch)]
        for begin, length in parts:
            _, lane = heapq.heappop(shortest)
            for start in range(0, max(length - 1, 0), window):
                lanes[lane].append((begin + start, min(window, length - 1 - start), start == 0))
            heapq.heappush(shortest, (len(lanes[lane]), lane))
        steps = max(map(len, lanes))
        nothing = (0, 0, True)
        table = np.array([lane + [nothing] * (steps - len(lane)) for lane in lanes]).reshape(self.batch, steps, 3)
        self.starts, self.counts, self.fresh = table.transpose(2, 1, 0)  # each (steps, batch)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Batch:
        if number >= len(self):
            raise IndexError(number)
        read = self.starts[number][:, None] + np.arange(self.window)
        known = np.arange(self.window) < self.counts[number][:, None]
        all_tokens, last = self.tokens.all, len(self.tokens) - 1
        return Batch(
            all_tokens[np.minimum(read, last)],
            all_tokens[np.minimum(read + 1, last)],
            known.astype(np.float32),
            self.fresh[number].astype(bool),
            read + 1,
        )
