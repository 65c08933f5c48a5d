"""What the network reads when: pieces as tokens -> batches of windows, made one at a time.

Nothing here knows what a token means, and no window exists before it is its turn: a corpus is one long array of tokens,
a window a place in it.
"""

import heapq
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from generation.music.training.configuration import TrainingConfig


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows read side by side. A target of weight 0 is filling."""

    tokens: np.ndarray  # (batch, window) int32; or (batch, window, width), what is fed instead
    targets: np.ndarray  # (batch, window), the token after each; or (batch,), the one after the window
    weights: np.ndarray  # as the targets, float32, 0 or 1
    fresh: np.ndarray  # (batch,) bool, the window begins from a zero state


Segment = tuple[int, int, bool]  # where a window begins, how many targets it has, whether a piece begins with it


class Tokens:
    """Pieces one after the other in a single array, with where each begins.

    A network may be `fed` other numbers than tokens: then a row of them for each token.
    """

    def __init__(self, pieces: list[np.ndarray], fed: np.ndarray | None = None):
        self.all = np.concatenate([*pieces, np.zeros(0, np.int32)]).astype(np.int32)
        self.fed = self.all if fed is None else fed
        self.lengths = [len(piece) for piece in pieces]
        self.begins = [0, *accumulate(self.lengths)][:-1]

    def __len__(self) -> int:
        return len(self.all)

    def with_tokens(self, tokens: np.ndarray) -> "Tokens":
        """The same pieces in other words: as many, at the same places."""
        return Tokens(np.split(tokens, self.begins[1:]))

    def sequences(self) -> list[np.ndarray]:
        """The pieces, or parts of pieces, that these tokens are of."""
        return [self.all[begin : begin + length] for begin, length in zip(self.begins, self.lengths, strict=True)]


def batches(tokens: Tokens, config: TrainingConfig, rng: np.random.Generator) -> "Plan":
    """One epoch: every window in an order of its own, or every piece read through in lanes side by side.

    It is lazy: a batch is made when it is asked for.
    """
    if config.targets == "every" and config.carried:
        return Lanes(tokens, config.window, even_lanes(segments(tokens, config.window, rng), config.batch))
    starts = window_starts(tokens, config)
    return Windows(tokens, config, rng.permutation(starts), config.batch)


def held_out_batches(tokens: Tokens, config: TrainingConfig) -> "Plan":
    """The held-out pieces as a network reads when it composes: from the beginning with the state carried; or, where a
    window has one target, windows evenly spread."""
    if config.targets == "every":
        lanes = whole_piece_lanes(segments(tokens, config.window), config.batch)
        return Lanes(tokens, config.window, lanes, asked_from=config.validation_from)
    starts = window_starts(tokens, config)
    if config.validation_targets and len(starts) > config.validation_targets:
        starts = starts[np.linspace(0, len(starts) - 1, config.validation_targets).astype(int)]
    return Windows(tokens, config, starts, min(config.micro_batch or config.batch, 256), fillings_count=False)


def window_starts(tokens: Tokens, config: TrainingConfig) -> np.ndarray:
    """Where a window can begin: within a piece, and with something after it."""
    every = config.targets == "every"
    starts = [
        np.arange(begin, begin + max(length - (1 if every else config.window), 0), config.stride)
        for begin, length in zip(tokens.begins, tokens.lengths, strict=True)
    ]
    return np.concatenate([*starts, np.zeros(0, int)]).astype(np.int64)


def segments(tokens: Tokens, window: int, rng: np.random.Generator | None = None) -> list[list[Segment]]:
    """Each piece as windows that follow one another, the pieces in any order."""
    pieces = [
        [(begin + start, min(window, length - 1 - start), start == 0) for start in range(0, length - 1, window)]
        for begin, length in zip(tokens.begins, tokens.lengths, strict=True)
    ]
    return pieces if rng is None else [pieces[number] for number in rng.permutation(len(pieces))]


def even_lanes(pieces: list[list[Segment]], lanes: int) -> list[list[Segment]]:
    """One piece after the other, cut into lanes of equal length. A lane that begins within a piece begins from a zero
    state there, and learns how music goes on from anywhere."""
    row = [segment for piece in pieces for segment in piece]
    length = -(-len(row) // min(lanes, max(len(row), 1)))
    cut = [row[start : start + length] for start in range(0, len(row), length)]
    return [[(begin, count, True), *rest] for (begin, count, _), *rest in cut]


def whole_piece_lanes(pieces: list[list[Segment]], lanes: int) -> list[list[Segment]]:
    """Every piece from its beginning, in half as many lanes as pieces at most, none much longer than the others."""
    filled: list[list[Segment]] = [[] for _ in range(min(lanes, max(len(pieces) // 2, 1)))]
    shortest = [(0, lane) for lane in range(len(filled))]
    for piece in sorted(pieces, key=len, reverse=True):
        _, lane = heapq.heappop(shortest)
        filled[lane] += piece
        heapq.heappush(shortest, (len(filled[lane]), lane))
    return filled


class Windows:
    """Windows that begin at given tokens, each from a zero state."""

    def __init__(
        self, tokens: Tokens, config: TrainingConfig, starts: np.ndarray, batch: int, *, fillings_count: bool = True
    ):
        self.tokens, self.config = tokens, config
        self.count = len(starts)
        self.batch = min(batch, max(self.count, 1))
        # The last batch is filled up with the first windows: batch normalisation wants real ones.
        self.counting = len(starts) if not fillings_count else np.inf
        self.starts = np.resize(starts, -(-self.count // self.batch) * self.batch)
        self.ends = np.repeat(np.add(tokens.begins, tokens.lengths), tokens.lengths)  # of the piece of each token

    def __len__(self) -> int:
        return len(self.starts) // self.batch

    def __getitem__(self, number: int) -> Batch:
        if number >= len(self):
            raise IndexError(number)
        window = self.config.window
        rows = np.arange(number * self.batch, (number + 1) * self.batch)
        starts = self.starts[rows]
        if self.config.targets == "last":
            read, asked = starts[:, None] + np.arange(window), starts + window
            known = rows < self.counting
        else:
            read = starts[:, None] + np.arange(window)
            asked = read + 1
            known = (asked < self.ends[starts][:, None]) & (rows < self.counting)[:, None]
        all_tokens, last = self.tokens.all, len(self.tokens) - 1
        return Batch(
            self.tokens.fed[np.minimum(read, last)],
            all_tokens[np.minimum(asked, last)],
            known.astype(np.float32),
            np.ones(self.batch, bool),
        )


class Lanes:
    """Windows read one after the other in lanes side by side, with the state carried on within a piece."""

    def __init__(self, tokens: Tokens, window: int, lanes: list[list[Segment]], *, asked_from: int = 0):
        self.tokens, self.window = tokens, window
        self.first_asked = np.repeat(np.array(tokens.begins, int) + asked_from, tokens.lengths)  # for each token
        self.batch = len(lanes)
        steps = max(map(len, lanes))
        filling = (0, 0, True)
        table = np.array([lane + [filling] * (steps - len(lane)) for lane in lanes]).reshape(self.batch, steps, 3)
        self.starts, self.counts, self.fresh = table.transpose(2, 1, 0)  # each (steps, batch)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Batch:
        if number >= len(self):
            raise IndexError(number)
        read = self.starts[number][:, None] + np.arange(self.window)
        all_tokens, last = self.tokens.all, len(self.tokens) - 1
        known = np.arange(self.window) < self.counts[number][:, None]
        known &= read + 1 >= self.first_asked[np.minimum(read, last)]
        return Batch(
            self.tokens.fed[np.minimum(read, last)],
            all_tokens[np.minimum(read + 1, last)],
            known.astype(np.float32),
            self.fresh[number].astype(bool),
        )


Plan = Windows | Lanes
