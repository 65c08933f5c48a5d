"""The description of a network -> a Keras network. Keras and TensorFlow.

A network reads tokens (batch, time) and the states of its layers; it gives logits, and the states after the last token.
Weights are arrays with readable names ("layer1/kernel"), gates in Keras's order: input, forget, candidate, output.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf

from generation.music.training.configuration import Preset
from generation.music.training.tf_attention_lstm import attention_lstm
from generation.music.training.tf_lstm import lstm, product

Description = dict[str, Any]  # of a layer, as in a run's config.json
States = list[list[tf.Tensor]]  # of each layer up to the last that reads in time
Noise: TypeAlias = tf.Tensor | None  # a pair of numbers from which dropout is drawn; None: nothing is trained


@dataclass(frozen=True, eq=False)
class Rows:
    """Which part of a batch is at hand."""

    start: tf.Tensor
    whole: int  # rows of the batch


class Layer(keras.layers.Layer):
    """A layer by its description. `call` takes its input and its states, and gives its output and its new states."""

    def __init__(self, description: Description, number: int, seed: int, half: bool):
        super().__init__(name=f"layer{number}", dtype="float32")
        self.description, self.number, self.seed = description, number, seed
        self.half = half  # products in 16 bits; weights, states and sums stay in 32

    def zero_states(self, batch: int) -> list[tf.Tensor]:
        return []

    def matrix(
        self, name: str, rows: int, columns: int, initializer: Callable[..., Any] = keras.initializers.GlorotUniform
    ):
        return self.add_weight(name=name, shape=(rows, columns), initializer=initializer(seed=self.seed_of(name)))

    def seed_of(self, name: str) -> int:
        """Every matrix has a seed of its own: two of one shape must not begin with the same numbers."""
        return zlib.crc32(f"{self.seed} {self.number} {name}".encode())

    def dropout_mask(self, rate: float, shape: Sequence[int], noise: Noise, rows: Rows | None) -> tf.Tensor | None:
        """0 where something is dropped, else what keeps the mean as it was; the same for the same noise and layer.

        Drawn for the whole batch and then cut to the rows at hand: a batch in parts is dropped as in one.
        """
        if noise is None or not rate:
            return None
        seed = tf.random.experimental.stateless_fold_in(noise, self.number)
        drawn = tf.random.stateless_uniform((rows.whole if rows else shape[0], *shape[1:]), seed)
        kept = tf.cast(drawn >= rate, tf.float32) / (1 - rate)
        return tf.slice(kept, (rows.start, *[0] * (len(shape) - 1)), shape) if rows else kept

    def penalties(self) -> Iterator[tf.Tensor]:
        """The squared weights, weighed as the description says (L2 regularisation)."""
        if self.description.get("l2"):
            for weight in self.trainable_weights:
                if len(weight.shape) == 2:
                    yield self.description["l2"] * tf.reduce_sum(tf.square(weight.value))


def _unit_normal(seed: int) -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=1.0, seed=seed)


class Embedding(Layer):
    """A vector for each token."""

    def build(self, shape):
        size = self.description["vocabulary"], self.description["width"]
        # Vectors of length about 1 in each direction: from Keras's far smaller ones learning starts twice as slowly.
        self.embeddings = self.matrix("embeddings", *size, initializer=_unit_normal)

    def call(self, tokens, states, noise=None, rows=None):
        return tf.gather(self.embeddings.value, tokens), states


class OneHot(Layer):
    def call(self, tokens, states, noise=None, rows=None):
        return tf.one_hot(tokens, self.description["vocabulary"]), states


class Scale(Layer):
    """A token as one number between 0 and 1: its place in the vocabulary."""

    def call(self, tokens, states, noise=None, rows=None):
        return tf.cast(tokens, tf.float32)[..., None] / self.description["vocabulary"], states


class History(Layer):
    """What an encoding counts from the tokens before: its rows are fed in place of tokens."""

    def call(self, rows_of_numbers, states, noise=None, rows=None):
        return tf.cast(rows_of_numbers, tf.float32), states


class Lstm(Layer):
    def zero_states(self, batch: int) -> list[tf.Tensor]:
        return [tf.zeros((batch, self.description["units"]))] * 2

    def build(self, shape):
        units = self.description["units"]
        self.kernel = self.matrix("kernel", shape[-1], 4 * units)
        self.recurrent_kernel = self.matrix(
            "recurrent_kernel", units, 4 * units, initializer=keras.initializers.Orthogonal
        )
        # A forget gate that begins with 1 remembers until it learns otherwise (Jozefowicz et al. 2015).
        bias = keras.initializers.Constant(np.repeat([0.0, 1.0, 0.0, 0.0], units))
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer=bias)

    def call(self, x, states, noise=None, rows=None):
        h, c = states
        kept = self.dropout_mask(self.description.get("recurrent_dropout", 0.0), h.shape, noise, rows)
        kept = tf.ones_like(h) if kept is None else kept
        x = tf.transpose(x, (1, 0, 2))  # (time, batch, width)
        weights = self.kernel.value, self.recurrent_kernel.value, self.bias.value
        outputs, h, c = lstm(x, h, c, kept, *weights, half=self.half)
        return tf.transpose(outputs, (1, 0, 2)), [h, c]


class Attention(Layer):
    """An LSTM that looks back over its last outputs: Magenta's AttentionCellWrapper."""

    def zero_states(self, batch: int) -> list[tf.Tensor]:
        (units,), length = self.description["units"], self.description["length"]
        return [*[tf.zeros((batch, units))] * 3, tf.zeros((batch, length * units))]

    def build(self, shape):
        width, (units,) = shape[-1], self.description["units"]
        uniform = keras.initializers.RandomUniform(-0.1, 0.1, seed=self.seed)
        open_to_the_past = keras.initializers.Constant(np.repeat([0.0, 1.0, 0.0, 0.0], units))
        self.in_order = [  # of tf_attention_lstm.Weights
            self.matrix("input_kernel", width + units, width),
            self.add_weight(name="input_bias", shape=(width,), initializer="zeros"),
            self.matrix("kernel", width, 4 * units),
            self.matrix("recurrent_kernel", units, 4 * units),
            self.add_weight(name="bias", shape=(4 * units,), initializer=open_to_the_past),
            self.matrix("query_kernel", 2 * units, units),
            self.add_weight(name="query_bias", shape=(units,), initializer="zeros"),
            self.matrix("memory_kernel", units, units),
            self.add_weight(name="score", shape=(units,), initializer=uniform),
            self.matrix("output_kernel", 2 * units, units),
            self.add_weight(name="output_bias", shape=(units,), initializer="zeros"),
        ]

    def call(self, x, states, noise=None, rows=None):
        *narrow, memory = states
        batch, units = narrow[0].shape
        memory = tf.transpose(tf.reshape(memory, (batch, -1, units)), (1, 0, 2))  # (length, batch, units)
        weights = [weight.value for weight in self.in_order]
        outputs, *narrow, memory = attention_lstm(tf.transpose(x, (1, 0, 2)), *narrow, memory, *weights)
        return tf.transpose(outputs, (1, 0, 2)), [*narrow, tf.reshape(tf.transpose(memory, (1, 0, 2)), (batch, -1))]


class CudnnLstm(Lstm):
    """Keras's own, with the same weights: on a GPU it takes cuDNN's, which knows no recurrent dropout."""

    def build(self, shape):
        self.keras_lstm = keras.layers.LSTM(
            self.description["units"],
            kernel_initializer=keras.initializers.GlorotUniform(seed=self.seed_of("kernel")),
            recurrent_initializer=keras.initializers.Orthogonal(seed=self.seed_of("recurrent_kernel")),
            return_sequences=True,
            return_state=True,
            dtype="mixed_bfloat16" if self.half else "float32",
        )
        self.keras_lstm.build(shape)

    def call(self, x, states, noise=None, rows=None):
        outputs, h, c = (tf.cast(out, tf.float32) for out in self.keras_lstm(x, initial_state=states))
        return outputs, [h, c]


class BatchNorm(Layer):
    """Keras's, with its momentum of 0.99 and epsilon of 0.001."""

    def build(self, shape):
        self.normalize = keras.layers.BatchNormalization(dtype="float32")
        self.normalize.build(shape)

    def call(self, x, states, noise=None, rows=None):
        return self.normalize(x, training=noise is not None), states


class Dropout(Layer):
    def call(self, x, states, noise=None, rows=None):
        kept = self.dropout_mask(self.description["rate"], x.shape, noise, rows)
        return (x if kept is None else x * kept), states


class Dense(Layer):
    """Without a softmax: a network gives logits, which the loss and the stepper take further."""

    def build(self, shape):
        self.kernel = self.matrix("kernel", shape[-1], self.description["units"])
        self.bias = self.add_weight(name="bias", shape=(self.description["units"],), initializer="zeros")

    def call(self, x, states, noise=None, rows=None):
        x = product(x, self.kernel.value, half=self.half) + self.bias.value
        return (tf.nn.relu(x) if self.description["activation"] == "relu" else x), states


KINDS: dict[str, type[Layer]] = {
    "embedding": Embedding,
    "onehot": OneHot,
    "scale": Scale,
    "history": History,
    "lstm": Lstm,
    "attention": Attention,
    "batchnorm": BatchNorm,
    "dropout": Dropout,
    "dense": Dense,
}


class Network(keras.Model):
    """The layers one after the other.

    With `every` each token of a window has its prediction; without, only the whole window has one. The body goes up to
    the last layer that reads in time, the head is what follows it.
    """

    def __init__(self, descriptions: list[Description], *, every: bool, seed: int = 0, half: bool = False):
        super().__init__()
        self.every = every
        self.parts = [layer_class(each)(each, number, seed, half) for number, each in enumerate(descriptions)]
        self.neck = 1 + max(number for number, part in enumerate(self.parts) if part.zero_states(1))

    def call(self, tokens, states, noise=None):
        x, states = self.body(tokens, states, noise)
        return self.head(x, noise), states

    def body(self, tokens, states, noise: Noise = None, rows: Rows | None = None):
        x, after = tokens, []
        for part, before in zip(self.parts[: self.neck], states, strict=True):
            x, new = part(x, before, noise=noise, rows=rows)
            after.append(new)
        return (x if self.every else x[:, -1]), after

    def head(self, x, noise: Noise = None):
        for part in self.parts[self.neck :]:
            x, _ = part(x, [], noise=noise)
        return x  # (batch, time, vocabulary), or (batch, vocabulary)

    def zero_states(self, batch: int) -> list[list[tf.Tensor]]:
        return [part.zero_states(batch) for part in self.parts[: self.neck]]

    def penalty(self) -> tf.Tensor:
        return tf.add_n([tf.zeros(()), *(penalty for part in self.parts for penalty in part.penalties())])

    def start_from_frequencies(self, occurrences: np.ndarray) -> None:
        """Let the softmax begin as a network that knows only how often each word occurs."""
        self.parts[-1].bias.assign(np.log((occurrences + 1) / (occurrences + 1).sum()))

    def arrays(self) -> dict[str, np.ndarray]:
        """All weights by name: layer1/kernel."""
        return {name: weight.numpy() for name, weight in self._named_weights()}

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        for name, weight in self._named_weights():
            weight.assign(arrays[name])

    def _named_weights(self) -> Iterator[tuple[str, keras.Variable]]:
        for part in self.parts:
            yield from ((f"{part.name}/{weight.name}", weight) for weight in part.weights)


def layer_class(description: Description) -> type[Layer]:
    on_gpu = description["kind"] == "lstm" and tf.config.list_physical_devices("GPU")
    return CudnnLstm if on_gpu and not description.get("recurrent_dropout") else KINDS[description["kind"]]


def build_network(preset: Preset, vocabulary_size: int, *, seed: int = 0) -> Network:
    """The network of a preset with its first weights; the same seed gives the same."""
    training = preset.training
    every, half = training.targets == "every", training.mixed_precision
    network = Network(preset.layers(vocabulary_size), every=every, seed=seed, half=half)
    network(first_input(network.parts[0].description), network.zero_states(1))
    return network


def first_input(first: Description) -> tf.Tensor:
    """Something of the right shape to build the layers with."""
    return tf.zeros((1, 2, first["width"])) if first["kind"] == "history" else tf.zeros((1, 2), tf.int32)
