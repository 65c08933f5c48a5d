"""Writes data/attention_rnn.mag and data/attention_rnn.npz with Magenta itself; data/README.md says how to run it.

Nothing of this repository takes part: Magenta builds the network, TensorFlow's Saver writes the checkpoint, note_seq's
message makes the bundle, and the bundle's own stored graph gives the probabilities.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.framework import ops

ops.IndexedSlices = tf.IndexedSlices  # tf_slim 1.1.0 looks for it here

import note_seq  # noqa: E402
from magenta.models.melody_rnn import melody_rnn_model, melody_rnn_sequence_generator  # noqa: E402
from note_seq.protobuf import generator_pb2  # noqa: E402

UNITS = [10, 6]
STEPS = 60  # more than the 40 that the attention looks back
MELODY = [60, -2, -2, 62, 64, -2, -1, 67, 60, -2, 72, -2, 71, 69, -1, -2, 55, -2, 55, 57]  # note_seq's events


def main(folder: Path) -> None:
    config = melody_rnn_model.default_configs["attention_rnn"]
    config.hparams.batch_size = 1
    config.hparams.rnn_layer_sizes = UNITS
    with tempfile.TemporaryDirectory() as scratch:
        checkpoint = f"{scratch}/random.ckpt"
        save_random_weights(config, checkpoint)
        generator = melody_rnn_sequence_generator.MelodyRnnSequenceGenerator(
            melody_rnn_model.MelodyRnnModel(config), config.details, checkpoint=checkpoint
        )
        generator.create_bundle_file(str(folder / "attention_rnn.mag"), "Random weights, for a test")
    fed = inputs(config.encoder_decoder)
    np.savez_compressed(
        folder / "attention_rnn.npz", inputs=fed, probabilities=probabilities(folder / "attention_rnn.mag", fed)
    )


def save_random_weights(config, checkpoint: str) -> None:
    """Larger than those that training begins with, so that every part of the network shows in the probabilities; with
    larger ones in the layers the last bits of 32 would grow from step to step."""
    model = melody_rnn_model.MelodyRnnModel(config)
    rng = np.random.default_rng(11)
    with tf.Graph().as_default(), tf.Session() as session:
        model._build_graph_for_generation()
        for variable in tf.global_variables():
            spread = 2.0 if variable.name.startswith("fully_connected/weights") else 0.5
            variable.load(rng.normal(0, spread, variable.shape.as_list()), session)
        tf.train.Saver().save(session, checkpoint)


def inputs(encoder: note_seq.KeyMelodyEncoderDecoder) -> np.ndarray:
    """What Magenta feeds the network at each step of a melody that goes on for STEPS. (steps, 74)"""
    melody = note_seq.Melody((MELODY * STEPS)[:STEPS])
    return np.array([encoder.events_to_input(melody, step) for step in range(STEPS)], np.float32)


def probabilities(bundle: Path, fed: np.ndarray) -> np.ndarray:
    """From the graph and the checkpoint in the bundle. (steps, 40)"""
    message = generator_pb2.GeneratorBundle.FromString(bundle.read_bytes())
    with tempfile.TemporaryDirectory() as scratch, tf.Graph().as_default(), tf.Session() as session:
        checkpoint, graph = Path(scratch) / "model.ckpt", Path(scratch) / "model.ckpt.meta"
        checkpoint.write_bytes(message.checkpoint_file[0])
        graph.write_bytes(message.metagraph_file)
        tf.train.import_meta_graph(str(graph)).restore(session, str(checkpoint))
        collected = {name: tf.get_collection(name) for name in ("inputs", "initial_state", "temperature", "softmax")}
        states = session.run(collected["initial_state"])
        feed = dict(zip(collected["initial_state"], states, strict=True))
        feed |= {collected["inputs"][0]: fed[None], collected["temperature"][0]: 1.0}
        return session.run(collected["softmax"][0], feed)[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
