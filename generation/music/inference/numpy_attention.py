"""Looking back over the last outputs, in numpy: Magenta's AttentionCellWrapper, one step at a time.

    x' = [x, a] W_in + b_in          what is fed, with what was found by looking back at the step before
    c, h = LSTM(x')                  one or several layers
    q = [c, h] W_q + b_q             what is looked for, from the states of all of them
    e_k = v . tanh(m_k W_m + q)      how well each remembered output m_k answers
    a = softmax(e) m                 what is found
    y = [h, a] W_out + b_out         the output, which is remembered too

One column for each clip. The memory begins with zeros. `training.tf_attention_lstm` is the same for training.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Cell(Protocol):
    """An LSTM that steps, with its states where they can be seen."""

    h: np.ndarray
    c: np.ndarray

    def start(self, batch: int) -> None: ...

    def step(self, x: np.ndarray) -> np.ndarray: ...


class Attention:
    """LSTMs, and a look back over the last `length` outputs around them.

    Parameters
    ----------
    cells : the LSTMs, lowest first
    length : how many outputs are remembered
    weights : "input_kernel" (width + units, width), "query_kernel" (2 units of every LSTM, units), "memory_kernel"
        (units, units), "score" (units,), "output_kernel" (2 units, units), and a bias to input, query and output
    """

    def __init__(self, cells: Sequence[Cell], length: int, weights: dict[str, np.ndarray]):
        self.cells, self.length, self.units = cells, length, len(weights["score"])
        self.input, self.query, self.output = (
            (np.ascontiguousarray(weights[f"{part}_kernel"].T), weights[f"{part}_bias"][:, None])
            for part in ("input", "query", "output")
        )
        self.memory_kernel = np.ascontiguousarray(weights["memory_kernel"].T)
        self.score = weights["score"][None]

    def start(self, batch: int) -> None:
        for cell in self.cells:
            cell.start(batch)
        self.attended = np.zeros((self.units, batch), np.float32)
        # A ring: which place of it is the oldest makes no difference to the result.
        self.memory = np.zeros((self.length, self.units, batch), np.float32)
        self.answers = np.zeros_like(self.memory)  # m_k W_m, kept since each is needed `length` times
        self.oldest = 0

    def step(self, x: np.ndarray) -> np.ndarray:
        h = _product(self.input, x, self.attended)
        for cell in self.cells:
            h = cell.step(h)
        wanted = _product(self.query, *(state for cell in self.cells for state in (cell.c, cell.h)))
        fit = np.matmul(self.score, np.tanh(self.answers + wanted))  # (length, 1, batch)
        weight = np.exp(fit - fit.max(axis=0))
        weight /= weight.sum(axis=0)
        self.attended = (weight * self.memory).sum(axis=0)
        y = _product(self.output, h, self.attended)
        self.memory[self.oldest] = y
        self.answers[self.oldest] = np.matmul(self.memory_kernel, y)
        self.oldest = (self.oldest + 1) % self.length
        return y

    def sequence(self, x: np.ndarray) -> np.ndarray:
        """All steps from a zero state. (time, width, batch)"""
        self.start(x.shape[-1])
        return np.stack([self.step(column) for column in x])


def _product(pair: tuple[np.ndarray, np.ndarray], *parts: np.ndarray) -> np.ndarray:
    kernel, bias = pair
    return np.matmul(kernel, np.concatenate(parts)) + bias
