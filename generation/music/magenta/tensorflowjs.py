"""magenta.js checkpoints: a manifest in JSON and the numbers in files beside it ("shards"). Read, and written."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from generation.music.magenta.errors import LARGEST_NETWORK, MOST_TENSORS, BundleError

MANIFEST = "weights_manifest.json"
CONFIG = "config.json"
SHARD = 4_000_000  # bytes; what browsers like to cache, as the official converter cuts
LARGEST_MANIFEST = 2_000_000  # bytes

KINDS: dict[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "int32": np.dtype("<i4"),
    "uint8": np.dtype("u1"),
    "bool": np.dtype("?"),
}
QUANTISED: dict[str, np.dtype[Any]] = {"uint8": np.dtype("u1"), "uint16": np.dtype("<u2"), "float16": np.dtype("<f2")}


def read_manifest(manifest: bytes, shard: Callable[[str], bytes]) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by name.

    Parameters
    ----------
    manifest : the bytes of `weights_manifest.json`
    shard : gives the bytes of a file beside it, by its name
    """
    tensors = {}
    for group in _groups(manifest):
        # A file named twice is read once: the sizes below then tell that something is wrong.
        data = memoryview(b"".join(shard(_check_name(path)) for path in dict.fromkeys(_list(group, "paths"))))
        at = 0
        for described in _list(group, "weights"):
            name, values, size = _tensor(described, data[at:])
            tensors[name] = values
            at += size
        if at != len(data):
            raise BundleError(f"The weights have {len(data):,} bytes, but {MANIFEST} describes {at:,}.")
    if len(tensors) > MOST_TENSORS or sum(values.size for values in tensors.values()) > LARGEST_NETWORK:
        raise BundleError(f"{MANIFEST} describes more data than any of Magenta's networks has.")
    return tensors


def _groups(manifest: bytes) -> list[dict[str, Any]]:
    groups = read_json(manifest, MANIFEST)
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise BundleError(f"{MANIFEST} is not a manifest of weights: it should be a list of groups.")
    return groups


def read_json(data: bytes, called: str) -> object:
    if len(data) > LARGEST_MANIFEST:
        raise BundleError(f"{called} has {len(data):,} bytes, too many for a manifest.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{called} is not JSON.") from error


def _list(group: dict[str, Any], key: str) -> list[Any]:
    values = group.get(key)
    if not isinstance(values, list) or len(values) > MOST_TENSORS:
        raise BundleError(f"{MANIFEST} is not a manifest of weights: a group has no list of {key}.")
    return values


def _check_name(path: object) -> str:
    if not isinstance(path, str) or not path or path in (".", "..") or "/" in path or "\\" in path or "\0" in path:
        raise BundleError(f"{MANIFEST} names the file {path!r}. Its files must be in the same folder.")
    return path


def _tensor(described: object, data: memoryview) -> tuple[str, np.ndarray, int]:
    """Name and values of the tensor that begins here, and how many bytes it takes."""
    if not isinstance(described, dict) or not isinstance(described.get("name"), str):
        raise BundleError(f"{MANIFEST} describes a tensor without a name.")
    name, shape = described["name"], described.get("shape")
    sizes: list[Any] = shape if isinstance(shape, list) else [None]
    if not all(type(size) is int and 0 < size <= LARGEST_NETWORK for size in sizes) or len(sizes) > 8:
        raise BundleError(f"{MANIFEST} says that {name[:100]} has the shape {str(shape)[:100]}.")
    quantisation = described.get("quantization")
    kinds, kind = (QUANTISED, (quantisation or {}).get("dtype")) if isinstance(quantisation, dict) else (KINDS, None)
    kind = kinds.get(str(kind or described.get("dtype")))
    if kind is None:
        raise BundleError(f"{MANIFEST} says that {name[:100]} has an unknown number format.")
    count = math.prod(sizes)
    size = count * kind.itemsize
    if count > LARGEST_NETWORK or size > len(data):
        raise BundleError(f"The weights are incomplete: {name[:100]} is cut off.")
    values = np.frombuffer(data[:size], kind)
    return name, _dequantise(values, quantisation, name).reshape(sizes), size


def _dequantise(values: np.ndarray, quantisation: dict[str, Any] | None, name: str) -> np.ndarray:
    """The numbers that were rounded to small whole ones to save space."""
    if not quantisation:
        return values
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    scale: Any = quantisation.get("scale")
    least: Any = quantisation.get("min")
    if not all(type(number) in (int, float) and abs(number) < 1e30 for number in (scale, least)):
        raise BundleError(f"{MANIFEST} does not give the range of the values of {name[:100]}.")
    return values.astype(np.float32) * np.float32(scale) + np.float32(least)


def manifest_and_shards(tensors: dict[str, np.ndarray]) -> tuple[bytes, dict[str, bytes]]:
    """The manifest of some tensors, and the files that belong beside it, by name."""
    data = b"".join(np.ascontiguousarray(values, "<f4").tobytes() for values in tensors.values())
    count = max(1, -(-len(data) // SHARD))
    names = [f"group1-shard{number + 1}of{count}" for number in range(count)]
    weights = [{"name": name, "shape": list(values.shape), "dtype": "float32"} for name, values in tensors.items()]
    manifest = json.dumps([{"paths": names, "weights": weights}], indent=1).encode()
    return manifest, {name: data[SHARD * number : SHARD * (number + 1)] for number, name in enumerate(names)}
