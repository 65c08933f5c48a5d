"""Small random networks in every form that Magenta's files have had: written here, so that reading can be tested."""

import io
import zipfile

import numpy as np

from generation.music.inference.stepper import Stepper
from generation.music.magenta.crc32c import crc32c
from generation.music.magenta.tensorflowjs import manifest_and_shards

NEWEST = {"kernel": "kernel", "bias": "bias", "cell": "basic_lstm_cell/"}  # TensorFlow 1.2 and later
MIDDLE = {"kernel": "weights", "bias": "biases", "cell": "basic_lstm_cell/"}  # 1.0 and 1.1


def tensors(rng, *, inputs=74, classes=40, units=(8, 8), attention=None, names=NEWEST) -> dict[str, np.ndarray]:
    """The variables of a network as TensorFlow 1.x names them; `attention` is None, "first" or "all"."""

    def pair(name, rows, columns):
        return {
            f"{name}{names['kernel']}": rng.normal(0, 0.3, (rows, columns)).astype("f4"),
            f"{name}{names['bias']}": rng.normal(0, 0.3, columns).astype("f4"),
        }

    made, below = {}, inputs
    wrapper = "attention_cell_wrapper/"
    for layer, size in enumerate(units):
        inside = wrapper if attention == "first" and layer == 0 else ""
        outside = wrapper if attention == "all" else ""
        made |= pair(f"rnn/{outside}multi_rnn_cell/cell_{layer}/{inside}{names['cell']}", below + size, 4 * size)
        below = size
    if attention:
        at = f"rnn/multi_rnn_cell/cell_0/{wrapper}" if attention == "first" else f"rnn/{wrapper}"
        wrapped = units[:1] if attention == "first" else units
        size = wrapped[-1]
        made |= pair(at, inputs + size, inputs)
        made |= pair(f"{at}attention/", 2 * sum(wrapped), size)
        made |= pair(f"{at}attn_output_projection/", 2 * size, size)
        made[f"{at}attention/attn_w"] = rng.normal(0, 0.3, (1, 1, size, size)).astype("f4")
        made[f"{at}attention/attn_v"] = rng.normal(0, 0.3, size).astype("f4")
    made["fully_connected/weights"] = rng.normal(0, 0.3, (below, classes)).astype("f4")
    made["fully_connected/biases"] = rng.normal(0, 0.3, classes).astype("f4")
    return made


def oldest_names(made: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """As TensorFlow 0.12 and before named them."""
    changes = [
        ("rnn/", "RNN/"),
        ("multi_rnn_cell/cell_", "MultiRNNCell/Cell"),
        ("attention_cell_wrapper/attention/attn_w", "AttentionCellWrapper/Attention/AttnW"),
        ("attention_cell_wrapper/attention/attn_v", "AttentionCellWrapper/Attention/AttnV"),
        ("attention_cell_wrapper/attention/", "AttentionCellWrapper/Attention/"),
        ("attention_cell_wrapper/attn_output_projection/", "AttentionCellWrapper/AttnOutputProjection/"),
        ("attention_cell_wrapper/", "AttentionCellWrapper/"),
        ("basic_lstm_cell/", "BasicLSTMCell/"),
        ("/kernel", "/Linear/Matrix"),
        ("/bias", "/Linear/Bias"),
    ]
    renamed = {}
    for name, values in made.items():
        if not name.startswith("fully_connected"):
            for new, old in changes:
                name = name.replace(new, old)
        renamed[name] = values
    return renamed


def stepped(stepper: Stepper, fed: np.ndarray) -> np.ndarray:
    """Probabilities after every step of sequences side by side. (batch, time, classes)"""
    stepper.start(len(fed))
    return np.stack([stepper.step(fed[:, step]) for step in range(fed.shape[1])], axis=1)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def shape(values: np.ndarray) -> bytes:
    return b"".join(field(2, field(1, size)) for size in values.shape)


def whole(values: np.ndarray) -> bytes:
    """The slice that is all of a tensor."""
    return b"".join(field(1, b"") for _ in values.shape)


def masked(data: bytes) -> bytes:
    checksum = crc32c(data)
    return (((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")


def snappy(data: bytes) -> bytes:
    """Compressed by the simplest means: literals, and a repetition where 8 bytes come again."""
    out, at, plain = bytearray(varint(len(data))), 0, 0

    def literal(end):
        for begin in range(plain, end, 60):
            chunk = data[begin : min(begin + 60, end)]
            out.extend([(len(chunk) - 1) << 2, *chunk])

    while at < len(data):
        if at >= 8 and data[at : at + 8] == data[at - 8 : at] and len(data) - at >= 8:
            literal(at)
            length = 8
            while length < 64 and at + length < len(data) and data[at + length] == data[at + length - 8]:
                length += 1
            out.extend([(length - 1) << 2 | 2, 8, 0])
            at += length
            plain = at
        else:
            at += 1
    literal(len(data))
    return bytes(out)


def as_it_is(data: bytes) -> bytes:
    return data


def table(rows: list[tuple[bytes, bytes]], *, compressed: bool = False, alter=as_it_is) -> bytes:
    """A sorted table with several blocks, keys shortened by what they share with the one before.

    `alter` may damage a block before its checksum is taken.
    """
    out, index = bytearray(), []

    def block(entries) -> bytes:
        nonlocal out
        content, before = bytearray(), b""
        for key, value in entries:
            shared = next(
                (i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), min(len(key), len(before))
            )
            content += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
            before = key
        content += (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
        stored = alter(snappy(bytes(content)) if compressed else bytes(content)) + (b"\x01" if compressed else b"\x00")
        place = varint(len(out)) + varint(len(stored) - 1)
        out += stored + masked(stored)
        return place

    rows = sorted(rows)
    for begin in range(0, len(rows), 4):
        part = rows[begin : begin + 4]
        index.append((part[-1][0], block(part)))
    metadata = block([])
    footer = metadata + block(index)
    return bytes(out + footer.ljust(40, b"\x00") + bytes.fromhex("57fb808b247547db"))


def version_1(made: dict[str, np.ndarray], **how) -> bytes:
    described = b"".join(
        field(1, field(1, name.encode()) + field(2, shape(values)) + field(3, 1) + field(4, whole(values)))
        for name, values in made.items()
    )
    rows = [(b"", field(1, described))]
    for name, values in made.items():
        numbers = field(1, 1) + field(5, values.astype("<f4").tobytes())
        data = field(1, name.encode()) + field(2, whole(values)) + field(3, numbers)
        rows.append((b"\x00" + name.encode() + b"\x00\x01", field(2, data)))
    return table(rows, **how)


def version_2(made: dict[str, np.ndarray], **how) -> tuple[bytes, bytes]:
    """The index, and the one file of data."""
    data, rows = bytearray(), [(b"", field(1, 1) + field(3, field(1, 1)))]
    for name in sorted(made):
        values = made[name].astype("<f4").tobytes()
        checksum = varint(6 << 3 | 5) + masked(values)
        entry = field(1, 1) + field(2, shape(made[name])) + field(4, len(data)) + field(5, len(values)) + checksum
        rows.append((name.encode(), entry))
        data += values
    return table(rows, **how), bytes(data)


def mag(made: dict[str, np.ndarray], **how) -> bytes:
    details = field(1, b"attention_rnn") + field(2, b"Made for a test")
    graph = b"a stored graph that nobody ever looks at"
    return field(1, details) + field(2, version_1(made, **how)) + field(3, graph)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def version_2_zip(made: dict[str, np.ndarray], **how) -> bytes:
    index, data = version_2(made, **how)
    return zipped({"run/model.ckpt-20.index": index, "run/model.ckpt-20.data-00000-of-00001": data})


def magenta_js_zip(made: dict[str, np.ndarray], config: bytes = b'{"type": "MusicRNN"}', alter=as_it_is) -> bytes:
    manifest, shards = manifest_and_shards(made)
    return zipped({"config.json": config, "weights_manifest.json": alter(manifest), **shards})
