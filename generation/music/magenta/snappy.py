"""Snappy, decoded: TensorFlow may compress the blocks of a checkpoint with it."""

from generation.music.magenta.errors import BundleError
from generation.music.magenta.wire import varint

LARGEST_BLOCK = 100_000_000  # bytes, decoded

DAMAGED = "The file is damaged: a compressed part of it cannot be read."


def decompress(block: memoryview, most_elements: int) -> tuple[bytes, int]:
    """The bytes that were compressed, and how many elements they were made of: each takes a microsecond, so a
    caller can bound the time. Every length and distance is checked before it is used.
    """
    length, at = varint(block, 0)
    if length > LARGEST_BLOCK:
        raise BundleError(f"A compressed part of the file claims to contain {length:,} bytes, more than any network.")
    out, elements = bytearray(), 0
    while at < len(block) and elements < most_elements:
        elements += 1
        tag, at = block[at], at + 1
        if tag & 3 == 0:
            size, at = _literal_size(block, tag, at)
            if size > len(block) - at:
                raise BundleError(DAMAGED)
            out += block[at : at + size]
            at += size
        else:
            size, distance, at = _copy(block, tag, at)
            _repeat(out, size, distance)
        if len(out) > length:
            raise BundleError(DAMAGED)
    if len(out) != length:
        raise BundleError(DAMAGED)
    return bytes(out), elements


def _literal_size(block: memoryview, tag: int, at: int) -> tuple[int, int]:
    size = tag >> 2
    if size < 60:
        return size + 1, at
    width = size - 59  # bytes that hold the size
    return int.from_bytes(block[at : at + width], "little") + 1, at + width


def _copy(block: memoryview, tag: int, at: int) -> tuple[int, int, int]:
    """Length and distance of a repetition, and the place after it."""
    kind = tag & 3
    width = {1: 1, 2: 2, 3: 4}[kind]
    if width > len(block) - at:
        raise BundleError(DAMAGED)
    distance = int.from_bytes(block[at : at + width], "little")
    if kind == 1:
        return 4 + (tag >> 2 & 7), distance | (tag >> 5) << 8, at + width
    return (tag >> 2) + 1, distance, at + width


def _repeat(out: bytearray, size: int, distance: int) -> None:
    if not 0 < distance <= len(out):
        raise BundleError(DAMAGED)
    chunk = bytes(out[-distance:][:size])
    # A repetition may reach into what it is writing itself: then it is a pattern.
    out += (chunk * -(-size // len(chunk)))[:size]
