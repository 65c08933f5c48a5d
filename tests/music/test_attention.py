"""The attention of Magenta's network: trained by Keras, and stepped in numpy."""

import numpy as np
import pytest

from generation.music.inference.stepper import Stepper
from generation.music.magenta.layers import layers_and_weights
from generation.music.magenta.recognition import recognise

from .magenta_files import stepped, tensors

HISTORY = {"kind": "history", "width": 74}


def test_keras_and_the_stepper_agree(rng):
    """With the state carried over from one window to the next, as in training."""
    tf = pytest.importorskip("tensorflow")
    from generation.music.training.layers import Network, first_input

    made = recognise(tensors(rng, units=(16, 12), attention="first"), attention_length=7)
    layers, weights = layers_and_weights(made, HISTORY)
    network = Network(layers, every=True)
    network(first_input(layers[0]), network.zero_states(1))
    network.load(weights)
    fed, states, found = rng.normal(size=(3, 40, 74)).astype("f4"), network.zero_states(3), []
    for window in np.split(fed, 4, axis=1):
        logits, states = network(tf.constant(window), states)
        found.append(tf.nn.softmax(logits))
    np.testing.assert_allclose(np.concatenate(found, axis=1), stepped(Stepper(layers, weights), fed), atol=1e-4)


def test_the_gradient_is_that_of_the_plain_formulas(rng):
    tf = pytest.importorskip("tensorflow")
    from generation.music.training.tf_attention_lstm import attention_lstm

    steps, batch, width, units, length = 9, 3, 5, 4, 6
    shapes = [(steps, batch, width), *[(batch, units)] * 3, (length, batch, units)]
    shapes += [(width + units, width), (width,), (width, 4 * units), (units, 4 * units), (4 * units,)]
    shapes += [(2 * units, units), (units,), (units, units), (units,), (2 * units, units), (units,)]
    given = [tf.constant(rng.normal(0, 0.5, shape), tf.float32) for shape in shapes]
    weights = [tf.constant(rng.normal(size=shape), tf.float32) for shape in [(steps, batch, units), *shapes[1:5]]]
    gradients = []
    for function in (plain_attention, attention_lstm):
        with tf.GradientTape() as tape:
            tape.watch(given)
            loss = sum(tf.reduce_sum(out * w) for out, w in zip(function(*given), weights, strict=True))
        gradients.append(tape.gradient(loss, given))
    for ours, plain in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, plain, atol=1e-5)


def plain_attention(x, h, c, a, memory, w_in, b_in, kernel, recurrent, bias, w_q, b_q, w_m, v, w_out, b_out):
    """The formulas as they stand, for TensorFlow to differentiate."""
    import tensorflow as tf

    outputs = []
    for fed in tf.unstack(x):
        z = (tf.concat([fed, a], -1) @ w_in + b_in) @ kernel + h @ recurrent + bias
        i, f, g, o = tf.split(z, 4, -1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        q = tf.concat([c, h], -1) @ w_q + b_q
        e = tf.reduce_sum(v * tf.tanh(tf.einsum("lbu,uw->lbw", memory, w_m) + q), -1)
        a = tf.reduce_sum(tf.nn.softmax(e, 0)[..., None] * memory, 0)
        y = tf.concat([h, a], -1) @ w_out + b_out
        memory = tf.concat([memory[1:], y[None]], 0)
        outputs.append(y)
    return tf.stack(outputs), h, c, a, memory


@pytest.mark.parametrize("attention", ["first", "all"])
def test_the_stepper_follows_the_formulas_whatever_the_attention_wraps(rng, attention):
    made = recognise(tensors(rng, units=(6, 6), attention=attention), attention_length=5)
    fed = rng.normal(size=(12, 74)).astype("f4")
    ours = stepped(Stepper(*layers_and_weights(made, HISTORY)), fed[None])[0]
    np.testing.assert_allclose(ours, as_tensorflow_wrote_it(made, fed), atol=1e-5)


def as_tensorflow_wrote_it(made, fed: np.ndarray) -> np.ndarray:
    """Step by step with BasicLSTMCell's own kernel and order of gates."""

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    states = [(np.zeros(lstm.units), np.zeros(lstm.units)) for lstm in made.lstms]
    look = made.attention
    memory, found, probabilities = np.zeros((look.length, len(look.score))), np.zeros(len(look.score)), []
    for row in fed:
        x = np.concatenate([row, found]) @ look.input[0] + look.input[1]
        for number, lstm in enumerate(made.lstms):
            c, h = states[number]
            i, j, f, o = np.split(np.concatenate([x, h]) @ lstm.kernel + lstm.bias, 4)
            c = c * sigmoid(f + lstm.forget) + sigmoid(i) * np.tanh(j)
            x = np.tanh(c) * sigmoid(o)
            states[number] = c, x
            if number == look.layers - 1:
                query = np.concatenate([part for state in states[: look.layers] for part in state])
                wanted = query @ look.query[0] + look.query[1]
                e = np.exp(np.tanh(memory @ look.memory + wanted) @ look.score)
                found = (e / e.sum()) @ memory
                x = np.concatenate([x, found]) @ look.output[0] + look.output[1]
                memory = np.concatenate([memory[1:], x[None]])
        e = np.exp(x @ made.head[0] + made.head[1])
        probabilities.append(e / e.sum())
    return np.stack(probabilities)
