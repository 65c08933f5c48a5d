"""The numpy stepper gives what Keras gives."""

import numpy as np
import pytest

from generation.music.inference.stepper import BLOCK, Stepper
from generation.music.training.presets import PRESETS, preset
from generation.music.training.training_data import rows_fed
from tests.music.songs import small

VOCABULARY = 40
TRAINED = ("paper", "skuli", "expressive", "house")
MAGENTA = [name for name in PRESETS if name.startswith("magenta-")]


def network_of(wanted, vocabulary=VOCABULARY):
    """A network whose weights are anything but the first ones, batch normalisation and biases too."""
    from generation.music.training.layers import build_network

    network = build_network(wanted, vocabulary, seed=1)
    rng = np.random.default_rng(1)
    arrays = {
        name: array + rng.normal(0, 0.3 * array.std() + 0.05, array.shape) for name, array in network.arrays().items()
    }
    network.load({name: abs(array) if name.endswith("variance") else array for name, array in arrays.items()})
    return network


def probabilities(network, tokens) -> np.ndarray:
    """By Keras, after the last token of each row."""
    import tensorflow as tf

    logits, _ = network(tf.constant(tokens), network.zero_states(len(tokens)))
    logits = logits if logits.shape.rank == 2 else logits[:, -1]
    return tf.nn.softmax(logits).numpy()


@pytest.mark.parametrize("name", TRAINED)
@pytest.mark.parametrize("changes", [{}, {"feed": "onehot"}, {"feed": "scale"}, {"layers": 1}], ids=str)
def test_the_stepper_equals_keras(name, changes, rng):
    wanted = small(name, **changes)
    network = network_of(wanted)
    tokens = rng.integers(0, VOCABULARY, (5, 12)).astype(np.int32)
    stepper = Stepper(wanted.layers(VOCABULARY), network.arrays())
    stepper.start(5)
    stepped = [stepper.step(column) for column in tokens.T][-1]
    expected = probabilities(network, tokens)
    assert expected.std() > 1e-3  # there is something to be equal to
    assert np.abs(stepped - expected).max() < 1e-5
    assert np.abs(stepper.read_windows(tokens) - expected).max() < 1e-5


@pytest.mark.parametrize("name", MAGENTA)
def test_the_stepper_equals_keras_for_magentas_networks(name, rng):
    """Fed as each of them is: the token, or what is counted from all before."""
    wanted = preset(name).with_values({"units": 12} | ({"attention": 5} if name == "magenta-attention" else {}))
    words = len(wanted.encoding.fit([]))
    network = network_of(wanted, words)
    tokens = rng.integers(0, words, (3, 20)).astype(np.int32)
    counts = wanted.network.feed == "history"
    fed = np.stack([rows_fed(wanted.encoding, row) for row in tokens]) if counts else tokens
    stepper = Stepper(wanted.layers(words), network.arrays())
    stepper.start(3)
    stepped = [stepper.step(fed[:, place]) for place in range(fed.shape[1])][-1]
    expected = probabilities(network, fed)
    assert expected.std() > 1e-4
    assert np.abs(stepped - expected).max() < 1e-5


def test_no_preset_that_learns_is_left_out():
    assert {*TRAINED, *MAGENTA} == {name for name in PRESETS if preset(name).network.kind == "lstm"}


@pytest.mark.parametrize("name", ["paper", "house"])
def test_the_stepper_equals_keras_at_full_size(name, rng):
    wanted = preset(name)
    network = network_of(wanted, 300)
    tokens = rng.integers(0, 300, (3, 100)).astype(np.int32)
    stepper = Stepper(wanted.layers(300), network.arrays())
    assert np.abs(stepper.read_windows(tokens) - probabilities(network, tokens)).max() < 1e-4


def test_our_lstm_equals_that_of_keras(rng):
    """Outputs and gradients, beside keras.layers.LSTM with the same weights."""
    import keras
    import tensorflow as tf

    network = network_of(small("paper", dense=0, layers=3))
    theirs = keras.Sequential(
        [
            keras.Input((10, 1)),
            *[keras.layers.LSTM(12, return_sequences=number < 2) for number in range(3)],
            keras.layers.BatchNormalization(),
            keras.layers.Dense(VOCABULARY),
        ]
    )
    theirs.set_weights(list(network.arrays().values()))
    tokens, targets = rng.integers(0, VOCABULARY, (6, 10)), rng.integers(0, VOCABULARY, 6)
    gradients = []
    for mine in (True, False):
        with tf.GradientTape() as tape:
            if mine:
                logits, _ = network(tf.constant(tokens, tf.int32), network.zero_states(6))
            else:
                logits = theirs(tokens[..., None].astype(np.float32) / VOCABULARY)
            loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))
        gradients.append(tape.gradient(loss, (network if mine else theirs).trainable_variables))
    for mine, their in zip(*gradients, strict=True):
        assert np.abs(mine - their).max() < 1e-5


def test_what_cudnn_would_read_gives_the_same(rng, monkeypatch):
    """Keras's layer, which takes cuDNN's LSTM where there is a GPU, with our weights."""
    from generation.music.training import layers

    wanted, tokens = small("house"), rng.integers(0, VOCABULARY, (3, 9)).astype(np.int32)
    ours = network_of(wanted)
    monkeypatch.setitem(layers.KINDS, "lstm", layers.CudnnLstm)
    theirs = layers.build_network(wanted, VOCABULARY)
    theirs.load(ours.arrays())
    assert ours.arrays().keys() == theirs.arrays().keys()
    assert len(ours.trainable_variables) == len(theirs.trainable_variables)
    assert np.abs(probabilities(ours, tokens) - probabilities(theirs, tokens)).max() < 1e-5


def test_a_clip_is_the_same_to_the_last_bit_however_many_stand_beside_it(rng):
    layers = preset("house").with_values({"units": 64}).layers(200)
    arrays = network_of(preset("house").with_values({"units": 64}), 200).arrays()
    tokens = rng.integers(0, 200, (40, 20))
    seen = []
    for batch in (1, 3, 16, 17, 40):
        stepper = Stepper(layers, arrays, block=BLOCK)
        stepper.start(batch)
        seen.append([stepper.step(column)[0] for column in tokens[:batch].T])
        seen.append([*seen[-1][:-1], stepper.read_windows(tokens[:batch])[0]])
    assert all(np.array_equal(seen[0], other) for other in seen[::2])
    assert all(np.array_equal(seen[1][-1], other[-1]) for other in seen[1::2])


def test_starting_again_forgets(rng):
    wanted = small("house")
    stepper = Stepper(wanted.layers(VOCABULARY), network_of(wanted).arrays())
    stepper.start(2)
    first = stepper.step(np.array([1, 2]))
    stepper.step(np.array([3, 4]))
    stepper.start(2)
    assert np.array_equal(stepper.step(np.array([1, 2])), first)
