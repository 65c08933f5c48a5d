"""One update of the weights, as one graph. TensorFlow.

A batch too large for memory, or shared between several GPUs, is read in parts, to the same result as in one: the body
of the network reads the parts one by one and keeps only what comes out at its neck; the head, where batch normalisation
looks at the whole batch, works on all of them; then each part is read again to carry the gradient back.
"""

import math
from itertools import cycle
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generation.music.training.batches import Batch
from generation.music.training.configuration import TrainingConfig
from generation.music.training.layers import CudnnLstm, Network, Rows, States
from generation.music.training.runs import RunError

ZERO = tf.UnconnectedGradients.ZERO


def build_optimizer(config: TrainingConfig, network: Network) -> keras.optimizers.Optimizer:
    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop, "sgd": keras.optimizers.SGD}
    optimizer = kinds[config.optimizer](config.learning_rate, global_clipnorm=config.clipnorm or None)
    optimizer.build(network.trainable_variables)
    return optimizer


def find_devices(config: TrainingConfig) -> list[str]:
    """The names of the processors that share a batch: GPUs, where there are any."""
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) < config.devices:
        kind = f"{len(devices)} GPU{'s' * (len(devices) != 1)}" if devices[0].device_type == "GPU" else "no GPU"
        raise RunError(f"{config.devices} devices were requested, but this machine has {kind}. Set fewer devices.")
    return [device.name for device in devices[: config.devices]]


def learning_rate(config: TrainingConfig, step: int, progress: float) -> float:
    """At an update, with the share of the training that lies behind (0 to 1)."""
    last = config.last_learning_rate
    share = {
        "constant": 1.0,
        "cosine": last + (1 - last) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2,
        "exponential": max(last, 1e-6) ** min(progress, 1.0),
    }[config.decay]
    return config.learning_rate * share * min(1.0, (step + 1) / (config.warmup + 1))


class Updater:
    """A network with its optimizer: `update` learns from a batch, `losses` changes nothing."""

    def __init__(self, network: Network, config: TrainingConfig):
        self.network, self.config = network, config
        self.optimizer = build_optimizer(config, network)
        self.devices = find_devices(config)
        # On processors compiling seldom pays: docs/decisions/graphs-without-xla.md.
        wanted = "GPU" in self.devices[0] if config.compiled == "auto" else config.compiled == "yes"
        # cuDNN's LSTM is one step already, and XLA cannot take it in; nor weights that lie on another device.
        cudnn = any(isinstance(part, CudnnLstm) for part in network.parts)
        compiled = wanted and not cudnn and len(self.devices) == 1
        for name in ("_update", "_losses", "_read", "_predict", "_read_back", "_apply"):
            setattr(self, name, tf.function(getattr(self, name), jit_compile=compiled, autograph=False))

    def update(self, batch: Batch, states: States, *, noise: tuple[int, int], rate: float) -> tuple[tf.Tensor, States]:
        """The mean loss of the batch before the update, and the states after it."""
        self.optimizer.learning_rate.assign(rate)
        noise = tf.constant(noise, tf.int32)
        states = reset_fresh(states, batch.fresh)
        part = min(self.config.micro_batch or len(batch.tokens), -(-len(batch.tokens) // len(self.devices)))
        if part < len(batch.tokens):
            return self._update_in_parts(batch, states, noise, part)
        return self._update(batch.tokens, batch.targets, batch.weights, states, noise)

    def losses(self, batch: Batch, states: States) -> tuple[np.ndarray, States]:
        """The loss of every target, in nats."""
        losses, states = self._losses(batch.tokens, batch.targets, reset_fresh(states, batch.fresh))
        return losses.numpy(), states

    def _update(self, tokens, targets, weights, states, noise):
        with tf.GradientTape() as tape:
            logits, states = self.network(tokens, states, noise)
            loss = mean_loss(logits, targets, weights)
            total = loss + self.network.penalty()
        variables = self.network.trainable_variables
        self.optimizer.apply_gradients(_densify(tape.gradient(total, variables), variables))
        return loss, states

    def _losses(self, tokens, targets, states):
        logits, states = self.network(tokens, states)
        return token_losses(logits, targets), states

    def _update_in_parts(self, batch: Batch, states: States, noise, part: int):
        whole = len(batch.tokens)
        slices = [(tf.constant(start), slice(start, start + part)) for start in range(0, whole, part)]
        cut = [(start, batch.tokens[rows], _rows(states, rows)) for start, rows in slices]
        read = []
        for (start, tokens, before), device in zip(cut, cycle(self.devices), strict=False):
            with tf.device(device):
                read.append(self._read(tokens, before, noise, start, whole))
        x = tf.concat([out for out, _ in read], 0)
        loss, d_x, gradients = self._predict(x, batch.targets, batch.weights, noise)
        for (start, tokens, before), (_, rows), device in zip(cut, slices, cycle(self.devices), strict=False):
            with tf.device(device):
                parts = self._read_back(tokens, before, noise, start, whole, d_x[rows])
            gradients = [total + part for total, part in zip(gradients, parts, strict=True)]
        self._apply(gradients)
        after = [
            [tf.concat(values, 0) for values in zip(*layer, strict=True)]
            for layer in zip(*(states for _, states in read), strict=True)
        ]
        return loss, after

    def _read(self, tokens, states, noise, start, whole):
        return self.network.body(tokens, states, noise, Rows(start, whole))

    def _predict(self, x, targets, weights, noise):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = mean_loss(self.network.head(x, noise), targets, weights)
            total = loss + self.network.penalty()
        d_x, *gradients = tape.gradient(total, [x, *self._variables()], unconnected_gradients=ZERO)
        return loss, d_x, [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _read_back(self, tokens, states, noise, start, whole, d_x):
        with tf.GradientTape() as tape:
            x, _ = self.network.body(tokens, states, noise, Rows(start, whole))
        gradients = tape.gradient(x, self._variables(), output_gradients=d_x, unconnected_gradients=ZERO)
        return [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _variables(self) -> list[tf.Variable]:
        return [variable.value for variable in self.network.trainable_variables]

    def _apply(self, gradients):
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables, strict=True))


def token_losses(logits: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Categorical cross-entropy of each target, in nats."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, tf.cast(logits, tf.float32))


def mean_loss(logits: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(token_losses(logits, targets) * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)


def reset_fresh(states: States, fresh: np.ndarray) -> States:
    """Zero states for the windows that start from nothing."""
    if not fresh.any():
        return states
    kept = tf.constant(~fresh[:, None], tf.float32)
    return [[state * kept for state in layer] for layer in states]


def _rows(states: States, rows: slice) -> States:
    return [[state[rows] for state in layer] for layer in states]


def _densify(gradients: list[Any], variables: list[Any]) -> list[tuple[Any, Any]]:
    # A gradient kept as slices, one for each look into an embedding, would be measured wrongly when it is clipped.
    return [(tf.convert_to_tensor(gradient), variable) for gradient, variable in zip(gradients, variables, strict=True)]
