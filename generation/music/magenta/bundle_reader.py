"""A file or folder in, the network in it out, whichever of the four forms it has.

`.mag`: a message {1 {1 id, 2 description}, 2 checkpoints, 3 the stored graph, 4 {1 description}}. The graph is skipped:
it could hold anything, and the network is built from our own code.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generation.music.magenta.checkpoints import read_checkpoint
from generation.music.magenta.errors import LARGEST_FILE, BundleError
from generation.music.magenta.families import Family, find_family
from generation.music.magenta.files import Files, open_folder, open_zip
from generation.music.magenta.recognition import MagentaNetwork, recognise
from generation.music.magenta.sstable import is_table
from generation.music.magenta.tensorflowjs import CONFIG, MANIFEST, read_json, read_manifest
from generation.music.magenta.wire import fields, last_bytes, text

KNOWN_FORMS = (
    "A bundle is a .mag file, a TensorFlow checkpoint (its .index and .data files in a folder or zip, or the one file "
    "of version 1), or a magenta.js folder or zip with weights_manifest.json."
)
SHARD = "{stem}.data-{number:05d}-of-{count:05d}"
STEP = re.compile(r"-(\d{1,18})(?:\.index)?$")


@dataclass(frozen=True, eq=False)
class Bundle:
    """A network of Magenta's, and what the file said about it."""

    name: str  # of the file
    form: str  # "Magenta bundle", "TensorFlow checkpoint", "magenta.js checkpoint"
    family: Family
    network: MagentaNetwork
    sha256: str  # of the tensors, so that the same network in another form is recognised
    identity: str = ""  # the generator's id in the file
    description: str = ""
    lowest: int | None = None  # pitch, where the file tells it

    @property
    def summary(self) -> str:
        """What was recognised, for a person."""
        layers = " + ".join(str(lstm.units) for lstm in self.network.lstms)
        attention = ""
        if self.network.attention:
            reach = "the first layer" if self.network.attention.layers == 1 < len(self.network.lstms) else "all layers"
            attention = f", attention over {self.network.attention.length} steps around {reach}"
        return f"{self.form} with {self.family.name}: LSTM {layers}{attention}."


def read_bundle(bundle: str | Path | bytes | Files, *, name: str = "") -> Bundle:
    """The network in a file, a folder, the bytes of a file or several files; `BundleError` says why not."""
    if isinstance(bundle, bytes):
        return _read_bytes(bundle, name or "The file")
    if isinstance(bundle, Files):
        return _read_files(bundle, name or bundle.called)
    path = Path(bundle)
    if path.is_dir():
        return _read_files(open_folder(path), name or path.name)
    if not path.is_file() or path.name.endswith(".index"):
        return _read_prefix(path, name)
    if path.stat().st_size > LARGEST_FILE:
        raise BundleError(
            f"{path.name} has {path.stat().st_size / 1e6:,.0f} MB. The limit is {LARGEST_FILE // 10**6} MB."
        )
    return _read_bytes(path.read_bytes(), name or path.name)


def _read_prefix(path: Path, name: str) -> Bundle:
    """As TensorFlow names a checkpoint: the beginning that its files share."""
    stem = path.name.removesuffix(".index")
    if not path.parent.is_dir() or not (path.parent / f"{stem}.index").is_file():
        raise BundleError(f"There is no file or folder {path}.")
    beside = [other.name for other in path.parent.iterdir() if other.name.startswith(f"{stem}.data-")]
    return _read_files(open_folder(path.parent, [f"{stem}.index", *beside]), name or stem)


def _read_bytes(data: bytes, name: str) -> Bundle:
    if len(data) > LARGEST_FILE:
        raise BundleError(f"{name} has {len(data) / 1e6:,.0f} MB. The limit is {LARGEST_FILE // 10**6} MB.")
    if not data:
        raise BundleError(f"{name} is empty.")
    if data.startswith(b"PK\x03\x04"):
        return _read_files(open_zip(data, name), name)
    if is_table(data):
        return _bundle(name, "TensorFlow checkpoint", read_checkpoint(data))
    if data[:1] in (b"\x0a", b"\x12"):  # the first field of a .mag: its details, or its checkpoint
        return _read_mag(data, name)
    raise BundleError(f"{name} is not a bundle we can read: it begins with {data[:8].hex(' ')}. {KNOWN_FORMS}")


def _read_mag(data: bytes, name: str) -> Bundle:
    details, checkpoint, description = memoryview(b""), None, memoryview(b"")
    for number, value in fields(data):
        if isinstance(value, int):
            continue
        if number == 1:
            details = value
        elif number == 2 and checkpoint is None:
            checkpoint = value
        elif number == 4:
            description = last_bytes(value, 1)
    if checkpoint is None:
        raise BundleError(f"{name} is not a Magenta bundle: it contains no checkpoint. {KNOWN_FORMS}")
    tensors = read_checkpoint(checkpoint)
    described = text(description) or text(last_bytes(details, 2))
    return _bundle(name, "Magenta bundle", tensors, identity=text(last_bytes(details, 1)), description=described)


def _read_files(files: Files, name: str) -> Bundle:
    if MANIFEST in files:
        config = read_json(files.read(CONFIG), CONFIG) if CONFIG in files else {}
        tensors = read_manifest(files.read(MANIFEST), files.read)
        length, lowest = _number(config, "attentionLength"), _number(config, "dataConverter", "args", "minPitch")
        return _bundle(name, "magenta.js checkpoint", tensors, attention_length=length, lowest=lowest)
    indexes = [file for file in files.names if file.endswith(".index")]
    if indexes:
        index = max(indexes, key=_step)
        stem = index.removesuffix(".index")
        tensors = read_checkpoint(
            files.read(index),
            shard=lambda number, count: files.read(SHARD.format(stem=stem, number=number, count=count)),
        )
        return _bundle(name, "TensorFlow checkpoint", tensors)
    singles = [file for file in files.names if file.endswith(".mag") or re.search(r"ckpt(-\d+)?$", file)]
    if singles:
        return _read_bytes(_refuse_zip(files.read(max(singles, key=_step)), name), name)
    names = ", ".join(files.names[:5]) or "nothing"
    raise BundleError(f"{name} contains no bundle we can read. It contains {names}. {KNOWN_FORMS}")


def _number(config: object, *keys: str) -> int | None:
    for key in keys:
        config = config.get(key) if isinstance(config, dict) else None
    return config if type(config) is int else None


def _refuse_zip(data: bytes, name: str) -> bytes:
    if data.startswith(b"PK"):
        raise BundleError(f"{name} contains a zip inside a zip. Unpack the inner one.")
    return data


def _step(file: str) -> int:
    """Of several checkpoints the one that was trained longest."""
    match = STEP.search(file)
    return int(match[1]) if match else -1


def _bundle(
    name: str,
    form: str,
    tensors: dict[str, np.ndarray],
    *,
    identity: str = "",
    description: str = "",
    attention_length: int | None = None,
    lowest: int | None = None,
) -> Bundle:
    network = recognise(tensors, attention_length=attention_length)
    if lowest is not None and not 0 <= lowest <= 128 - (network.classes - 2):
        raise BundleError(f"{name} says that its lowest pitch is {lowest}, and has {network.classes - 2} pitches.")
    digest = _digest(tensors)
    return Bundle(name, form, find_family(network), network, digest, identity[:100], description[:500], lowest)


def _digest(tensors: dict[str, np.ndarray]) -> str:
    content = hashlib.sha256()
    for key in sorted(tensors):
        content.update(f"{key} {tensors[key].shape} ".encode())
        content.update(np.ascontiguousarray(tensors[key], "<f4").tobytes())
    return content.hexdigest()
