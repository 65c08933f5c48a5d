"""Bundles and checkpoints that TensorFlow and Magenta wrote, beside what these say of them themselves."""

from pathlib import Path

import numpy as np
import pytest

from generation.music.inference.stepper import Stepper
from generation.music.magenta.bundle_reader import read_bundle
from generation.music.magenta.checkpoints import read_checkpoint
from generation.music.magenta.crc32c import crc32c
from generation.music.magenta.layers import layers_and_weights
from generation.music.magenta.wire import last_bytes

from .magenta_files import stepped, tensors

DATA = Path(__file__).parent / "data"
BUNDLE = DATA / "attention_rnn.mag"  # written by Magenta: data/README.md


@pytest.fixture(scope="module")
def tf():
    import tensorflow  # some seconds, and only where it is wanted

    return tensorflow


def test_a_bundle_written_by_magenta_says_what_it_is():
    bundle = read_bundle(BUNDLE)
    assert bundle.summary == (
        "Magenta bundle with attention_rnn: LSTM 10 + 6, attention over 40 steps around the first layer."
    )
    assert (bundle.identity, bundle.description) == ("attention_rnn", "Random weights, for a test")


def test_its_probabilities_are_those_of_the_graph_stored_in_it():
    expected = np.load(DATA / "attention_rnn.npz")
    stepper = Stepper(*layers_and_weights(read_bundle(BUNDLE).network, {"kind": "history", "width": 74}))
    fed = expected["inputs"]
    probabilities = stepped(stepper, fed[None])[0]
    np.testing.assert_allclose(probabilities, expected["probabilities"], atol=1e-5)
    beside_others = stepped(stepper, np.stack([fed[::-1], fed, np.zeros_like(fed)]))[1]
    np.testing.assert_allclose(beside_others, expected["probabilities"], atol=1e-5)
    # Some of the same numbers, written out: the first step, and the last, when the attention has forgotten the first.
    assert probabilities[0, :6] == pytest.approx([0.0089, 0.0176, 0.1048, 0.0070, 0.0108, 0.0037], abs=5e-5)
    assert probabilities[59, :6] == pytest.approx([0.0205, 0.0227, 0.0111, 0.0860, 0.0016, 0.0371], abs=5e-5)


def test_its_tensors_are_those_that_tensorflow_reads(tf, tmp_path):
    checkpoint = bytes(last_bytes(BUNDLE.read_bytes(), 2))
    (tmp_path / "model.ckpt").write_bytes(checkpoint)
    assert_same(read_checkpoint(checkpoint), read_by_tensorflow(tf, tmp_path / "model.ckpt"))


@pytest.mark.parametrize("attention", [None, "first", "all"])
@pytest.mark.parametrize("version", [1, 2])
def test_checkpoints_that_tensorflow_writes_are_read_as_it_reads_them(tf, tmp_path, rng, version, attention):
    named = tensors(rng, units=(40, 40), attention=attention) | {
        "one_number": np.array(0.25, "f4"),
        "doubles": rng.normal(size=(3, 5)),
        "long": rng.normal(size=70_000).astype("f4"),  # its checksum is taken in many lanes side by side
    }
    prefix = tmp_path / "model.ckpt"
    write_by_tensorflow(tf, named, prefix, version)
    if version == 1:
        ours = read_checkpoint(prefix.read_bytes())
    else:
        ours = read_checkpoint(
            prefix.with_name("model.ckpt.index").read_bytes(),
            shard=lambda number, count: (tmp_path / f"model.ckpt.data-{number:05d}-of-{count:05d}").read_bytes(),
        )
    assert_same(ours, read_by_tensorflow(tf, prefix))
    assert_same(ours, named)


def test_checksums_are_those_that_tensorflow_keeps(tf, tmp_path, rng):
    records = [rng.bytes(size) for size in (0, 1, 7, 16_383, 16_384, 16_385, 50_001)]
    with tf.io.TFRecordWriter(str(tmp_path / "records")) as writer:
        for record in records:
            writer.write(record)
    data, at = (tmp_path / "records").read_bytes(), 0
    for record in records:  # length (8 bytes), its masked checksum (4), the record, its masked checksum
        for checked, end in ((data[at : at + 8], at + 8), (record, at + 12 + len(record))):
            assert masked(crc32c(checked)) == int.from_bytes(data[end : end + 4], "little")
        at += 16 + len(record)
    assert at == len(data)


def masked(checksum: int) -> int:
    """As TensorFlow's format defines it (tensorflow/core/lib/hash/crc32c.h)."""
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def assert_same(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
    assert sorted(ours) == sorted(theirs)
    for name, values in theirs.items():
        assert (ours[name].dtype, ours[name].shape) == (values.dtype, values.shape), name
        assert np.array_equal(ours[name], values), name


def read_by_tensorflow(tf, prefix: Path) -> dict[str, np.ndarray]:
    reader = tf.train.load_checkpoint(str(prefix))
    kept = [name for name in reader.get_variable_to_shape_map() if not name.endswith(("/Adam", "global_step"))]
    return {name: np.asarray(reader.get_tensor(name)) for name in kept}


def write_by_tensorflow(tf, named: dict[str, np.ndarray], prefix: Path, version: int) -> None:
    """With what training keeps beside a network: an optimiser's moments and the number of updates."""
    tf = tf.compat.v1
    with tf.Graph().as_default(), tf.Session() as session:
        for name, values in named.items():
            tf.Variable(values, name=name)
            tf.Variable(np.zeros(2, "f4"), name=f"{name}/Adam")
        tf.Variable(np.int64(7), name="global_step")
        session.run(tf.global_variables_initializer())
        tf.train.Saver(write_version=version).save(session, str(prefix), write_meta_graph=False)
