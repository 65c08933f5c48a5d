"""TensorFlow checkpoints of both versions, read without TensorFlow: names and arrays, nothing else.

Version 1 is one table file, and its values are messages with the numbers in them; `.mag` bundles hold one. Version 2
is a table `NAME.index` that says where in `NAME.data-00000-of-00001` each tensor lies.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from generation.music.magenta.crc32c import crc32c, unmask
from generation.music.magenta.errors import LARGEST_NETWORK, MOST_TENSORS, BundleError
from generation.music.magenta.sstable import entries
from generation.music.magenta.wire import fields, last_bytes, last_number, messages, text, to_signed

FLOAT, DOUBLE = 1, 2  # of TensorFlow's numbers for kinds of numbers; networks are made of these
KINDS: dict[int, np.dtype[Any]] = {FLOAT: np.dtype("<f4"), DOUBLE: np.dtype("<f8")}
MOST_DIMENSIONS = 8

Rows = Iterator[tuple[bytes, memoryview]]  # of a table
Shard = Callable[[int, int], bytes]  # the bytes of a data file from its number and the count of them

# What training keeps beside the network: the optimiser's moments and its counters.
TRAINING_ONLY = re.compile(
    r"(/Adam(_\d+)?|/Momentum|/RMSProp(_\d+)?|/ExponentialMovingAverage)$|^(.*/)?(global_step|beta\d_power)$"
)


def read_checkpoint(table: bytes | memoryview, *, shard: Shard | None = None) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by name.

    Parameters
    ----------
    table : the file of version 1, or the index of version 2
    shard : for version 2, gives the bytes of a data file from its number and the count of them
    """
    rows = entries(table)
    key, header = next(rows, (None, memoryview(b"")))
    if key != b"":
        raise BundleError("The file is not a TensorFlow checkpoint: its header is missing.")
    if _is_version_2(header):
        return _read_version_2(header, rows, shard)
    return _read_version_1(header, rows)


def _is_version_2(header: memoryview) -> bool:
    """The header of version 2 begins with the number of shards, that of version 1 with a message."""
    number, value = next(fields(header), (0, 0))
    return number == 1 and isinstance(value, int)


# Version 1: SavedTensorSlices{1 meta{1 tensor{1 name, 2 shape, 3 type}}, 2 data{1 name, 2 slice, 3 values}}


def _read_version_1(header: memoryview, rows: Rows) -> dict[str, np.ndarray]:
    tensors, missing, room = {}, {}, LARGEST_NETWORK
    for described in messages(last_bytes(header, 1), 1):
        name, kind = text(last_bytes(described, 1)), last_number(described, 3)
        if kind in KINDS and not TRAINING_ONLY.search(name):
            shape, room = _shape(last_bytes(described, 2), name, room)
            tensors[name] = np.zeros(shape, KINDS[kind])
            missing[name] = tensors[name].size
    _check_count(tensors)
    for _, value in rows:
        data = last_bytes(value, 2)
        name = text(last_bytes(data, 1))
        if name in tensors:
            missing[name] -= _fill(tensors[name], last_bytes(data, 2), last_bytes(data, 3), name)
    incomplete = [name for name, count in missing.items() if count]
    if incomplete:
        raise BundleError(f"The file is damaged: the values of {incomplete[0]} are missing.")
    return tensors


def _fill(tensor: np.ndarray, extents: memoryview, values: memoryview, name: str) -> int:
    """Put the values of a slice where they belong; how many that were."""
    part: list[Any] = []
    for size, extent in zip(tensor.shape, messages(extents, 1), strict=False):
        start, length = last_number(extent, 1), last_number(extent, 2)  # no length: all of this dimension
        if start + length > size:
            raise BundleError(f"The file is damaged: a part of {name} lies outside it.")
        part.append(slice(start, start + length if length else size))
    target = tensor[(*part, Ellipsis)]  # a view even of a single number
    numbers = _numbers(values, tensor.dtype)
    if numbers.size != target.size:
        raise BundleError(f"The file is damaged: {name} should have {target.size:,} values and has {numbers.size:,}.")
    target[...] = numbers.reshape(target.shape)
    return target.size


def _numbers(message: memoryview, kind: np.dtype) -> np.ndarray:
    """The values of a tensor message {4 raw bytes, 5 floats, 6 doubles}."""
    packed = dict.fromkeys((4, 5, 6), memoryview(b""))
    for number, value in fields(message):
        if number in packed and not isinstance(value, int):
            packed[number] = value
    data = packed[4] or packed[5 if kind.itemsize == 4 else 6]
    if len(data) % kind.itemsize:
        raise BundleError("The file is damaged: a tensor ends within a number.")
    return np.frombuffer(data, kind)


# Version 2: header{1 shards, 2 byte order}; entry{1 type, 2 shape, 3 shard, 4 offset, 5 size, 6 checksum, 7 slices}


def _read_version_2(header: memoryview, rows: Rows, shard: Shard | None) -> dict[str, np.ndarray]:
    if last_number(header, 2):
        raise BundleError("The checkpoint was written on a big-endian machine. Convert it there.")
    count = last_number(header, 1)
    tensors, shards, room = {}, {}, LARGEST_NETWORK
    for key, entry in rows:
        if key.startswith(b"\0"):  # a part of a tensor that was cut over several machines, which no network here is
            continue
        name, kind = text(key), KINDS.get(last_number(entry, 1))
        if kind is None or TRAINING_ONLY.search(name) or any(messages(entry, 7)):
            continue
        shape, room = _shape(last_bytes(entry, 2), name, room)
        number, offset, size = (to_signed(last_number(entry, field)) for field in (3, 4, 5))
        if number not in shards:
            if shard is None or not 0 <= number < count <= MOST_TENSORS:
                raise BundleError(
                    "Only the index of the checkpoint was given. Add the file ending in .data-00000-of-00001."
                )
            shards[number] = memoryview(shard(number, count))
        values = shards[number][offset : offset + size] if 0 <= offset <= offset + size else b""
        if len(values) != size or size != kind.itemsize * int(np.prod(shape, dtype=np.int64)):
            raise BundleError(f"The checkpoint is damaged or cut short: {name} is not where the index says.")
        if crc32c(values) != unmask(last_number(entry, 6)):
            raise BundleError(f"The checkpoint is damaged: the checksum of {name} is wrong.")
        tensors[name] = np.frombuffer(values, kind).reshape(shape)
        _check_count(tensors)
    return tensors


def _shape(message: memoryview, name: str, room: int) -> tuple[tuple[int, ...], int]:
    """The shape of a tensor {2 dimension{1 size}}, and how many numbers may still come."""
    shape = tuple(to_signed(last_number(dimension, 1)) for dimension in messages(message, 2))
    size = 1
    for length in shape:
        size *= length
        if length < 1 or size > room or len(shape) > MOST_DIMENSIONS:
            raise BundleError(f"{name[:100]} has the shape {_short(shape)}, which none of Magenta's networks has.")
    return shape, room - size


def _short(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape[:MOST_DIMENSIONS]))


def _check_count(tensors: dict[str, np.ndarray]) -> None:
    if len(tensors) > MOST_TENSORS:
        raise BundleError(f"The file has more than {MOST_TENSORS:,} tensors, more than any of Magenta's networks.")
