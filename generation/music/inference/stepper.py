"""A trained network without Keras: weights -> probabilities of the next token, in numpy alone.

Many clips side by side, one column each: a layer is then one product of a matrix that stays with a thin one, which is
about twice as fast as the other way round. Sigmoids are had from tanh, (1 + tanh(x / 2)) / 2, with the halves in the
weights already: one call for all gates.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from generation.music.inference.numpy_attention import Attention

Arrays = dict[str, np.ndarray]
Description = dict[str, Any]

# With columns filled up to a multiple of 16, a clip's numbers are the same to the last bit however many stand beside
# it: for thinner matrices BLAS adds up in another order.
BLOCK = 16


class Lookup:
    """What goes in front: a token becomes a column of numbers. With `table` the first product is done beforehand."""

    def __init__(self, table: np.ndarray):
        self.table = table  # (vocabulary, width)

    def start(self, batch: int) -> None:
        pass

    def step(self, tokens: np.ndarray) -> np.ndarray:
        return self.table[tokens].T  # (width, batch)

    def sequence(self, tokens: np.ndarray) -> np.ndarray:
        return self.table[tokens.T].transpose(0, 2, 1)  # (time, width, batch)


class Rows:
    """In front of a network that is fed what an encoding counts from the tokens before, instead of tokens."""

    def start(self, batch: int) -> None:
        pass

    def step(self, rows: np.ndarray) -> np.ndarray:
        return rows.T  # (width, batch)

    def sequence(self, rows: np.ndarray) -> np.ndarray:
        return rows.transpose(1, 2, 0)  # (time, width, batch)


class Lstm:
    """One LSTM. `kernel` is None where the layer before already gives the input's part of the gates."""

    def __init__(self, kernel: np.ndarray | None, recurrent: np.ndarray, bias: np.ndarray):
        halves = _halves(bias)
        self.units = len(bias) // 4
        self.recurrent = np.ascontiguousarray((recurrent * halves).T)  # (4 units, units)
        self.bias = (bias * halves)[:, None]
        self.kernel = None if kernel is None else np.ascontiguousarray((kernel * halves).T)  # (4 units, width)
        self.both = None if self.kernel is None else np.hstack([self.kernel, self.recurrent])

    def start(self, batch: int) -> None:
        width = 0 if self.kernel is None else self.kernel.shape[1]
        self.inside = np.zeros((width + self.units, batch), np.float32)  # what is read: input and own output
        self.x, self.h = self.inside[:width], self.inside[width:]
        self.c = np.zeros((self.units, batch), np.float32)
        self.z = np.empty((4 * self.units, batch), np.float32)
        self.tanh_c = np.empty_like(self.c)

    def step(self, x: np.ndarray) -> np.ndarray:
        if self.both is None:
            np.matmul(self.recurrent, self.h, out=self.z)
            self.z += x
        else:
            self.x[:] = x
            np.matmul(self.both, self.inside, out=self.z)
            self.z += self.bias
        return self._gates()

    def sequence(self, x: np.ndarray) -> np.ndarray:
        """All steps from a zero state; the input's part of them in one product. (time, width, batch)"""
        steps, width, batch = x.shape
        self.start(batch)
        if self.kernel is not None:
            x = np.matmul(self.kernel, x.transpose(1, 0, 2).reshape(width, -1)) + self.bias
            x = np.ascontiguousarray(x.reshape(-1, steps, batch).transpose(1, 0, 2))  # (time, 4 units, batch)
        outputs = np.empty((steps, self.units, batch), np.float32)
        for output, from_input in zip(outputs, x, strict=True):
            np.matmul(self.recurrent, self.h, out=self.z)
            self.z += from_input
            output[:] = self._gates()
        return outputs

    def _gates(self) -> np.ndarray:
        units, z = self.units, self.z
        np.tanh(z, out=z)
        gates = z[: 2 * units], z[3 * units :]  # input and forget; output. The candidate stays a tanh.
        for gate in gates:
            gate *= 0.5
            gate += 0.5
        i, f, g, o = (z[number * units : (number + 1) * units] for number in range(4))
        self.c *= f
        i *= g
        self.c += i
        np.tanh(self.c, out=self.tanh_c)
        return np.multiply(o, self.tanh_c, out=self.h)


class Pointwise:
    """A layer without memory."""

    def __init__(self, function: Callable[[np.ndarray], np.ndarray]):
        self.step = function

    def start(self, batch: int) -> None:
        pass

    def sequence(self, x: np.ndarray) -> np.ndarray:
        return self.step(x)


def _halves(bias: np.ndarray) -> np.ndarray:
    """What the gates' weights are multiplied with: a half, but for the candidate, which is a tanh itself."""
    return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), len(bias) // 4)


def _table(layer: Description, weights: Arrays) -> np.ndarray:
    """Every token as the network sees it. (vocabulary, width)"""
    match layer["kind"]:
        case "embedding":
            return weights["embeddings"]
        case "onehot":
            return np.eye(layer["vocabulary"], dtype=np.float32)
        case "scale":
            return (np.arange(layer["vocabulary"], dtype=np.float32) / np.float32(layer["vocabulary"]))[:, None]
    raise ValueError(f"a network cannot begin with a layer of kind {layer['kind']!r}")


def _lstm(layer: Description, weights: Arrays) -> Lstm:
    return Lstm(weights["kernel"], weights["recurrent_kernel"], weights["bias"])


def _attention(layer: Description, weights: Arrays) -> Attention:
    """The LSTMs within are numbered from the second on: "kernel", "kernel1", "kernel2" ..."""
    names = ("kernel", "recurrent_kernel", "bias")
    cells = [Lstm(*(weights[f"{name}{number or ''}"] for name in names)) for number, _ in enumerate(layer["units"])]
    return Attention(cells, layer["length"], weights)


def _batchnorm(layer: Description, weights: Arrays) -> Pointwise:
    scale = weights["gamma"] / np.sqrt(weights["moving_variance"] + 1e-3)  # Keras's epsilon
    shift = weights["beta"] - weights["moving_mean"] * scale
    scale, shift = scale[:, None].astype(np.float32), shift[:, None].astype(np.float32)
    return Pointwise(lambda x: x * scale + shift)


def _dense(layer: Description, weights: Arrays) -> Pointwise:
    kernel, bias = np.ascontiguousarray(weights["kernel"].T), weights["bias"][:, None]
    if layer["activation"] == "relu":
        return Pointwise(lambda x: np.maximum(np.matmul(kernel, x) + bias, 0))
    return Pointwise(lambda x: np.matmul(kernel, x) + bias)  # the softmax comes at the very end


KINDS: dict[str, Callable[[Description, Arrays], Any]] = {
    "lstm": _lstm,
    "attention": _attention,
    "batchnorm": _batchnorm,
    "dense": _dense,
}


class Stepper:
    """A network at work: tokens in, probabilities of the next one out.

    Parameters
    ----------
    layers : the description of the network, as in a run's config.json
    weights : its arrays by name, "layer1/kernel"
    block : columns are filled up to a multiple of this (`BLOCK`)
    """

    def __init__(self, layers: list[Description], weights: Arrays, *, block: int = 1):
        self.block = block
        self.layers = _build(layers, weights)
        self.neck = max(number for number, layer in enumerate(self.layers) if isinstance(layer, Lstm | Attention)) + 1
        self.start(1)

    def start(self, batch: int) -> None:
        """Forget everything; from now on so many clips side by side."""
        self.batch = batch
        self.filled = -(-batch // self.block) * self.block
        for layer in self.layers:
            layer.start(self.filled)

    def step(self, tokens: np.ndarray) -> np.ndarray:
        """Read one more token of each clip (batch,); the probabilities of the next. (batch, vocabulary)"""
        x: np.ndarray = self._fill(tokens)
        for layer in self.layers:
            x = layer.step(x)
        return _softmax(x)[: self.batch]

    def read_windows(self, windows: np.ndarray) -> np.ndarray:
        """Read windows (batch, time) from a zero state; the probabilities of what follows. (batch, vocabulary)

        As the networks that start from zero in training do for every token they compose. What was read before is
        forgotten.
        """
        self.start(len(windows))
        x: np.ndarray = self._fill(windows)
        for layer in self.layers[: self.neck]:
            x = layer.sequence(x)
        x = x[-1]
        for layer in self.layers[self.neck :]:
            x = layer.step(x)
        return _softmax(x)[: self.batch]

    def _fill(self, tokens: np.ndarray) -> np.ndarray:
        tokens = np.asarray(tokens)
        if self.filled == self.batch:
            return tokens
        return np.concatenate([tokens, np.zeros((self.filled - self.batch, *tokens.shape[1:]), tokens.dtype)])


def _build(layers: list[Description], weights: Arrays) -> list[Any]:
    """Ready layers; what follows a token directly is multiplied out into its table, and dropout is over."""
    named = [
        (layer, _layer_weights(number, weights)) for number, layer in enumerate(layers) if layer["kind"] != "dropout"
    ]
    rest = [KINDS[layer["kind"]](layer, arrays) for layer, arrays in named[1:]]
    if named[0][0]["kind"] == "history":
        return [Rows(), *rest]
    table = _table(*named[0])
    first = rest[0]
    if isinstance(first, Lstm) and first.kernel is not None:
        table = np.matmul(table, first.kernel.T) + first.bias.T  # (vocabulary, 4 units)
        first.kernel = first.both = None
    return [Lookup(np.ascontiguousarray(table, np.float32)), *rest]


def _layer_weights(number: int, weights: Arrays) -> Arrays:
    prefix = f"layer{number}/"
    return {name.removeprefix(prefix): array for name, array in weights.items() if name.startswith(prefix)}


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Down the columns, then one row for each clip."""
    exponentials = np.exp(logits - logits.max(axis=0))
    exponentials /= exponentials.sum(axis=0)
    return np.ascontiguousarray(exponentials.T)
