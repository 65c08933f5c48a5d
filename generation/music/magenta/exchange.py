"""A bundle becomes a run like any other, and a run becomes a magenta.js folder."""

import json
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from generation.music.magenta.bundle_reader import Bundle
from generation.music.magenta.layers import PAIRS, build_network, layers_and_weights
from generation.music.magenta.recognition import Attention, Lstm, MagentaNetwork
from generation.music.magenta.tensorflowjs import CONFIG, MANIFEST, manifest_and_shards
from generation.music.tokens.encodings import ENCODINGS, Encoding
from generation.music.tokens.melody import Lookback, Melody
from generation.music.training.configuration import Preset
from generation.music.training.presets import preset
from generation.music.training.runs import Run, RunError, check_free, save_run


def save_bundle(bundle: Bundle, folder: str | Path) -> Run:
    """Write the run folder of a pretrained network; nothing is trained, and no corpus is known."""
    check_free(Path(folder))
    recipe = _preset(bundle)
    vocabulary = recipe.encoding.fit([])
    feed = recipe.layers(len(vocabulary))[0]
    layers, weights = layers_and_weights(bundle.network, feed)
    config = {
        "preset": recipe.to_dict(),
        "layers": layers,
        "corpus": {"fingerprint": "", "training": [], "held_out": []},
        "seed": 0,
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "progress": {"state": "finished", "epochs": 0, "step": 0, "seconds": 0.0}
        | {"best_validation_loss": None, "best_step": 0},
        "bundle": {
            "file": bundle.name,
            "form": bundle.form,
            "family": bundle.family.name,
            "identity": bundle.identity,
            "description": bundle.description,
            "sha256": bundle.sha256,
            "summary": bundle.summary,
        },
    }
    return save_run(Path(folder), config=config, vocabulary=vocabulary, weights=weights)


def _preset(bundle: Bundle) -> Preset:
    """The recipe that would train such a network, with the sizes that this one has."""
    recipe, network = preset(bundle.family.preset), bundle.network
    attention = network.attention.length if network.attention else 0
    return replace(
        recipe,
        summary=bundle.summary,
        encoding=_encoding(bundle),
        network=replace(recipe.network, layers=len(network.lstms), units=network.lstms[0].units, attention=attention),
    )


def _encoding(bundle: Bundle) -> Encoding:
    """That of the family; where the file tells it, with the lowest pitch it knows."""
    encoding = ENCODINGS[bundle.family.encoding]
    if bundle.lowest is None or not isinstance(encoding, Melody) or isinstance(encoding, Lookback):
        return encoding
    return replace(encoding, low=bundle.lowest, high=bundle.lowest + bundle.network.classes - 2)


def write_magenta_js(run: Run, folder: str | Path) -> None:
    """Write a run as a magenta.js checkpoint: a manifest, its files of weights, and a config.

    The same network comes back from it. A forget gate's bias is kept without the 1 that is added when it runs, so that
    it can differ in its last bit.
    """
    folder, network = Path(folder), build_network(run.layers, run.weights)
    manifest, shards = manifest_and_shards(_tensors(network))
    config: dict[str, Any] = {"type": "MusicRNN"}
    if isinstance(run.preset.encoding, Melody):
        pitches = {"minPitch": run.preset.encoding.low, "maxPitch": run.preset.encoding.high - 1}
        config["dataConverter"] = {"type": "MelodyConverter", "args": pitches}
    if network.attention:
        config["attentionLength"] = network.attention.length
    contents = {**shards, CONFIG: json.dumps(config, indent=1).encode(), MANIFEST: manifest}
    if folder.exists() and any(folder.iterdir()):
        raise RunError(f"{folder} is not empty. Choose a new folder for the magenta.js files.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in contents.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise RunError(f"{folder} could not be written ({error.strerror}).") from error


def _tensors(network: MagentaNetwork) -> dict[str, np.ndarray]:
    """Under the names that TensorFlow 1.2 and later gave them."""
    tensors: dict[str, np.ndarray] = {}
    look = network.attention
    first_only = look and look.layers == 1
    wrapper = "attention_cell_wrapper/"
    for number, lstm in enumerate(network.lstms):
        inside = wrapper if first_only and number == 0 else ""
        outside = wrapper if look and not first_only else ""
        tensors |= _cell(f"rnn/{outside}multi_rnn_cell/cell_{number}/{inside}basic_lstm_cell/", lstm)
    if look:
        tensors |= _look(f"rnn/multi_rnn_cell/cell_0/{wrapper}" if first_only else f"rnn/{wrapper}", look)
    tensors["fully_connected/weights"], tensors["fully_connected/biases"] = network.head
    return tensors


def _cell(prefix: str, lstm: Lstm) -> dict[str, np.ndarray]:
    return {f"{prefix}kernel": lstm.kernel, f"{prefix}bias": lstm.bias}


def _look(prefix: str, look: Attention) -> dict[str, np.ndarray]:
    scopes = dict(zip(PAIRS, ("", "attention/", "attn_output_projection/"), strict=True))
    tensors = {f"{prefix}attention/attn_w": look.memory[None, None], f"{prefix}attention/attn_v": look.score}
    for part, scope in scopes.items():
        tensors[f"{prefix}{scope}kernel"], tensors[f"{prefix}{scope}bias"] = getattr(look, part)
    return tensors
