"""From Magenta's arrays to a run's layers and weights, and back.

TensorFlow keeps one kernel for input and output of an LSTM together, its gates in the order input, candidate, forget,
output, and adds 1 to the forget gate's bias when it runs. Ours are Keras's: two kernels, gates in the order input,
forget, candidate, output, and the 1 is in the bias.
"""

from typing import Any

import numpy as np

from generation.music.magenta.errors import BundleError
from generation.music.magenta.recognition import Attention, Lstm, MagentaNetwork

Layers = list[dict[str, Any]]
Arrays = dict[str, np.ndarray]

PAIRS = ("input", "query", "output")  # parts of the attention that have a kernel and a bias


def layers_and_weights(network: MagentaNetwork, feed: dict[str, Any]) -> tuple[Layers, Arrays]:
    """The description and the arrays of a run that is this network; `feed` is its first layer."""
    layers: Layers = [feed]
    weights: Arrays = {}
    around = network.attention.layers if network.attention else 0
    if network.attention:
        units = [lstm.units for lstm in network.lstms[:around]]
        layers.append({"kind": "attention", "units": units, "length": network.attention.length})
        weights |= _name_weights(1, _attention_arrays(network.attention))
        for number, lstm in enumerate(network.lstms[:around]):
            weights |= {f"{name}{number or ''}": array for name, array in _name_weights(1, _lstm_arrays(lstm)).items()}
    for lstm in network.lstms[around:]:
        weights |= _name_weights(len(layers), _lstm_arrays(lstm))
        layers.append({"kind": "lstm", "units": lstm.units})
    kernel, bias = network.head
    weights |= _name_weights(len(layers), {"kernel": kernel, "bias": bias})
    layers.append({"kind": "dense", "units": network.classes, "activation": "softmax"})
    return layers, {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}


def build_network(layers: Layers, weights: Arrays) -> MagentaNetwork:
    """The run's network as Magenta's, where it is one: LSTMs, perhaps an attention, and a softmax."""
    lstms, attention = [], None
    described = [(number, layer) for number, layer in enumerate(layers) if layer["kind"] != "dropout"]
    (_, feed), *body, (last, head) = described
    if feed["kind"] not in ("onehot", "history") or head["kind"] != "dense":
        raise BundleError(
            f"A network that is fed by {feed['kind']} is not one of Magenta's. Use one of the magenta presets."
        )
    for number, layer in body:
        if layer["kind"] == "lstm":
            lstms.append(_lstm(weights, f"layer{number}/"))
        elif layer["kind"] == "attention" and not lstms:
            lstms += [_lstm(weights, f"layer{number}/", within or "") for within, _ in enumerate(layer["units"])]
            attention = _attention(weights, f"layer{number}/", len(lstms), layer["length"])
        else:
            raise BundleError(f"A network with a layer of kind {layer['kind']} is not one of Magenta's.")
    return MagentaNetwork(tuple(lstms), (weights[f"layer{last}/kernel"], weights[f"layer{last}/bias"]), attention)


def _name_weights(number: int, arrays: Arrays) -> Arrays:
    return {f"layer{number}/{name}": array for name, array in arrays.items()}


def _lstm_arrays(lstm: Lstm) -> Arrays:
    kernel, bias = _reorder_gates(lstm.kernel), _reorder_gates(lstm.bias).copy()
    bias[lstm.units : 2 * lstm.units] += np.float32(lstm.forget)
    return {"kernel": kernel[: lstm.inputs], "recurrent_kernel": kernel[lstm.inputs :], "bias": bias}


def _lstm(weights: Arrays, prefix: str, suffix: int | str = "") -> Lstm:
    kernel, recurrent, bias = (weights[f"{prefix}{name}{suffix}"] for name in ("kernel", "recurrent_kernel", "bias"))
    bias, units = bias.copy(), len(recurrent)
    bias[units : 2 * units] -= np.float32(1)
    return Lstm(_reorder_gates(np.concatenate([kernel, recurrent])), _reorder_gates(bias))


def _reorder_gates(gates: np.ndarray) -> np.ndarray:
    """Candidate and forget gate changed over; twice is as before."""
    first, second, third, fourth = np.split(gates, 4, axis=-1)
    return np.concatenate([first, third, second, fourth], axis=-1)


def _attention_arrays(attention: Attention) -> Arrays:
    arrays = {"memory_kernel": attention.memory, "score": attention.score}
    for part in PAIRS:
        arrays[f"{part}_kernel"], arrays[f"{part}_bias"] = getattr(attention, part)
    return arrays


def _attention(weights: Arrays, prefix: str, layers: int, length: int) -> Attention:
    pairs = {part: (weights[f"{prefix}{part}_kernel"], weights[f"{prefix}{part}_bias"]) for part in PAIRS}
    return Attention(layers, length, memory=weights[f"{prefix}memory_kernel"], score=weights[f"{prefix}score"], **pairs)
