"""Which of Magenta's networks some tensors are: found from their names and shapes, whatever TensorFlow wrote them.

The names changed twice (`RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix`, then `rnn/multi_rnn_cell/cell_0/
basic_lstm_cell/weights`, then `.../kernel`), and until 2017 the attention wrapped all layers instead of the first.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from generation.music.magenta.errors import LARGEST_NETWORK, BundleError

ATTENTION_LENGTH = 40  # of every network that Magenta published; no tensor tells it
DEEPEST = 20  # layers

_END = r"/(?:linear/)?(?P<part>kernel|weights|matrix|bias|biases)$"
LSTM = re.compile(
    r"(?:^|/)cell_?(?P<layer>\d{1,3})/(?:.+/)?(?P<cell>basic_?lstm_?cell|cudnn_?compatible_?lstm_?cell)" + _END, re.I
)
HEAD = re.compile(r"(?:^|/)fully_connected" + _END, re.I)
ATTENTION = {
    "input": re.compile(r"attention_?cell_?wrapper" + _END, re.I),
    "query": re.compile(r"/attention" + _END, re.I),
    "output": re.compile(r"/(?:attn|attention)_?output_?projection" + _END, re.I),
}
MEMORY = re.compile(r"/attention/attn_?(?P<part>[wv])$", re.I)
Role = dict[str, Any]  # the tensors of a part of the network, by what they are

FIRST_LAYER_ONLY = re.compile(r"cell_?0/attention_?cell_?wrapper/", re.I)


@dataclass(frozen=True, eq=False)
class Lstm:
    """One layer as TensorFlow's BasicLSTMCell keeps it."""

    kernel: np.ndarray  # (input + units, 4 x units), columns: input gate, candidate, forget gate, output gate
    bias: np.ndarray  # (4 x units,)
    forget: float = 1.0  # added to the forget gate's bias when it runs, and not stored

    @property
    def units(self) -> int:
        return len(self.bias) // 4

    @property
    def inputs(self) -> int:
        return len(self.kernel) - self.units


@dataclass(frozen=True, eq=False)
class Attention:
    """A look back over the last outputs, around the first `layers` layers."""

    layers: int
    length: int  # outputs that are remembered
    input: tuple[np.ndarray, np.ndarray]  # (input + units, input), bias
    memory: np.ndarray  # (units, units)
    score: np.ndarray  # (units,)
    query: tuple[np.ndarray, np.ndarray]  # (2 x units of every layer, units), bias
    output: tuple[np.ndarray, np.ndarray]  # (2 x units, units), bias


@dataclass(frozen=True, eq=False)
class MagentaNetwork:
    """Every number of one of Magenta's recurrent networks, in a fixed order of meaning."""

    lstms: tuple[Lstm, ...]
    head: tuple[np.ndarray, np.ndarray]  # (units, classes), bias
    attention: Attention | None = None

    @property
    def inputs(self) -> int:
        return self.lstms[0].inputs

    @property
    def classes(self) -> int:
        return len(self.head[1])


def recognise(tensors: dict[str, np.ndarray], *, attention_length: int | None = None) -> MagentaNetwork:
    """The network that these tensors are; `BundleError` tells what was found instead."""
    cells, head, attention = _sort_tensors(tensors)
    if not cells or "kernel" not in head:
        raise BundleError(_describe_tensors(tensors))
    if sorted(cells) != list(range(len(cells))) or len(cells) > DEEPEST:
        raise BundleError(
            f"The file has the layers {sorted(cells)[:DEEPEST]}. They should be numbered from 0 without gaps."
        )
    lstms = tuple(_lstm(number, cells[number]) for number in range(len(cells)))
    network = MagentaNetwork(
        lstms,
        _pair(head, "the last layer"),
        _attention(attention, lstms, attention_length or ATTENTION_LENGTH) if attention else None,
    )
    _check_sizes(network)
    return network


def _sort_tensors(tensors: dict[str, np.ndarray]) -> tuple[dict[int, Role], Role, Role]:
    """Every tensor under its role: the cells by layer, the head, the parts of the attention."""
    cells: dict[int, Role] = {}
    head: Role = {}
    attention: Role = {}
    for name, values in tensors.items():
        values = _check_tensor(name, values)
        if match := LSTM.search(name):
            cell = cells.setdefault(int(match["layer"]), {})
            cell["forget"] = 0.0 if "cudnn" in match["cell"].lower() else 1.0
            role = cell
        elif match := HEAD.search(name):
            role = head
        elif match := MEMORY.search(name):
            role = attention
        else:
            matches = ((part, pattern.search(name)) for part, pattern in ATTENTION.items())
            part, match = next(((part, match) for part, match in matches if match), ("", None))
            if match is None:
                continue
            role = attention.setdefault(part, {})
        if role is not head and FIRST_LAYER_ONLY.search(name):
            attention["layers"] = 1
        part = {"weights": "kernel", "matrix": "kernel", "biases": "bias"}.get(
            match["part"].lower(), match["part"].lower()
        )
        if part in role:
            raise BundleError(f"The file contains the {part} of {name[:100]} twice.")
        role[part] = values
    return cells, head, attention


def _check_tensor(name: str, values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise BundleError(f"The file is damaged: {name[:100]} contains values that are not numbers.")
    return np.asarray(values, np.float32)


def _pair(role: Role, called: str, columns: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Kernel and bias, which must fit together."""
    kernel, bias = role.get("kernel"), role.get("bias")
    if kernel is None or bias is None:
        raise BundleError(f"The file contains only a part of {called}: its kernel or its bias is missing.")
    if kernel.ndim != 2 or bias.ndim != 1 or kernel.shape[1] != len(bias) or columns not in (None, len(bias)):
        raise BundleError(f"The kernel and the bias of {called} do not match: {_shape(kernel)} and {_shape(bias)}.")
    return kernel, bias


def _lstm(number: int, cell: Role) -> Lstm:
    kernel, bias = _pair(cell, f"layer {number}")
    if len(bias) % 4 or len(kernel) <= len(bias) // 4:
        raise BundleError(f"Layer {number} has a kernel of {_shape(kernel)}, which is not an LSTM's.")
    return Lstm(kernel, bias, cell["forget"])


def _attention(parts: Role, lstms: tuple[Lstm, ...], length: int) -> Attention:
    layers = parts.get("layers", len(lstms))
    missing = [part for part in ("input", "query", "output", "w", "v") if part not in parts]
    if missing:
        raise BundleError(f"The attention of the network is incomplete: {', '.join(missing)} is missing.")
    units, inputs = lstms[layers - 1].units, lstms[0].inputs
    memory = parts["w"].reshape(parts["w"].shape[-2:]) if parts["w"].ndim == 4 else parts["w"]
    attention = Attention(
        layers,
        length,
        _pair(parts["input"], "the attention's input", inputs),
        memory,
        parts["v"],
        _pair(parts["query"], "the attention's query", units),
        _pair(parts["output"], "the attention's output", units),
    )
    expected = {
        "input": (attention.input[0], (inputs + units, inputs)),
        "memory": (attention.memory, (units, units)),
        "score": (attention.score, (units,)),
        "query": (attention.query[0], (2 * sum(lstm.units for lstm in lstms[:layers]), units)),
        "output": (attention.output[0], (2 * units, units)),
    }
    for part, (values, shape) in expected.items():
        if values.shape != shape:
            raise BundleError(
                f"The attention's {part} is {_shape(values)}. For these layers it should be "
                f"{' x '.join(map(str, shape))}."
            )
    if not 1 <= length <= 1000:
        raise BundleError(f"The attention reaches {length:,} steps back. The limits are 1 and 1,000.")
    return attention


def _check_sizes(network: MagentaNetwork) -> None:
    for number, (below, above) in enumerate(zip(network.lstms, network.lstms[1:], strict=False), start=1):
        if above.inputs != below.units:
            raise BundleError(f"Layer {number} expects {above.inputs} inputs, and the layer below gives {below.units}.")
    if len(network.head[0]) != network.lstms[-1].units:
        raise BundleError(
            f"The last layer expects {len(network.head[0])} inputs, and the layer below gives "
            f"{network.lstms[-1].units}."
        )
    if sum(lstm.kernel.size for lstm in network.lstms) > LARGEST_NETWORK:
        raise BundleError("The network is larger than any that Magenta published.")


def _describe_tensors(tensors: dict[str, np.ndarray]) -> str:
    if not tensors:
        return "The file has no tensors of a network in it."
    examples = ", ".join(f"{name[:80]} ({_shape(values)})" for name, values in list(tensors.items())[:3])
    kind = ""
    if any(name.lower().startswith(("encoder", "decoder")) for name in tensors):
        kind = " It looks like a MusicVAE, which is no sequence network."
    elif any("nade" in name.lower() for name in tensors):
        kind = " It looks like a pianoroll network with a NADE, which is not supported."
    return f"This is none of Magenta's melody, performance or polyphony networks. Found: {examples}.{kind}"


def _shape(values: np.ndarray) -> str:
    return " x ".join(map(str, values.shape)) or "a single number"
