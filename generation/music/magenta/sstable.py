"""The sorted table of keys and values that holds TensorFlow's checkpoints (LevelDB's table format).

Footer: the place of the index block, and a magic number. Index: the places of the data blocks. A block: entries whose
keys share a beginning with the key before, then restart points, which a reader from front to back does not need.
"""

from collections.abc import Iterator

from generation.music.magenta.crc32c import crc32c, unmask
from generation.music.magenta.errors import BundleError
from generation.music.magenta.snappy import decompress
from generation.music.magenta.wire import varint

FOOTER = 48  # bytes
MAGIC = bytes.fromhex("57fb808b247547db")
TRAILER = 5  # bytes after a block: its compression, and its checksum
MOST_ENTRIES = 100_000
MOST_ELEMENTS = 4_000_000  # of compressed data in one file: some seconds
LARGEST_TABLE = 500_000_000  # bytes, decompressed
UNCOMPRESSED, SNAPPY = 0, 1


def is_table(data: bytes | memoryview) -> bool:
    return len(data) >= FOOTER and bytes(data[-8:]) == MAGIC


def entries(data: bytes | memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Every key with its value, in the order of the keys."""
    data = memoryview(data)
    if not is_table(data):
        raise BundleError("The file is not a TensorFlow checkpoint: its last bytes are wrong.")
    blocks = _Blocks(data)
    _, _, at = _handle(data[-FOOTER:], 0)  # the index of metadata, which no checkpoint has
    for _, handle in _block_entries(blocks.read(*_handle(data[-FOOTER:], at)[:2])):
        yield from _block_entries(blocks.read(*_handle(handle, 0)[:2]))


def _handle(data: memoryview, at: int) -> tuple[int, int, int]:
    """Where a block begins and how long it is, and the place after these numbers."""
    offset, at = varint(data, at)
    size, at = varint(data, at)
    return offset, size, at


class _Blocks:
    """The blocks of a table, and how much of them was read: a hostile file could name one block a thousand times."""

    def __init__(self, data: memoryview):
        self.data = data
        self.bytes_left = len(data)
        self.elements_left = MOST_ELEMENTS
        self.room_left = LARGEST_TABLE

    def read(self, offset: int, size: int) -> memoryview:
        if offset + size + TRAILER > len(self.data):
            raise BundleError("The file is damaged or cut short: a part lies beyond its end.")
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise BundleError("The file is damaged: its parts overlap.")
        block, trailer = self.data[offset : offset + size], self.data[offset + size : offset + size + TRAILER]
        if crc32c(self.data[offset : offset + size + 1]) != unmask(int.from_bytes(trailer[1:], "little")):
            raise BundleError("The file is damaged: a checksum is wrong.")
        if trailer[0] == SNAPPY:
            return self.decompress(block)
        if trailer[0] != UNCOMPRESSED:
            raise BundleError(f"A part of the file uses the unknown compression {trailer[0]}.")
        return block

    def decompress(self, block: memoryview) -> memoryview:
        content, elements = decompress(block, self.elements_left)
        self.elements_left -= elements
        self.room_left -= len(content)
        if self.room_left < 0:
            raise BundleError("The file decompresses to more data than any network has.")
        return memoryview(content)


def _block_entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (restarts + 1)
    if len(block) < 4 or end < 0:
        raise BundleError("The file is damaged: a block is shorter than its own index.")
    key, at = b"", 0
    for _ in range(MOST_ENTRIES):
        if at >= end:
            return
        shared, at = varint(block, at)
        fresh, at = varint(block, at)
        length, at = varint(block, at)
        if shared > len(key) or fresh + length > end - at:
            raise BundleError("The file is damaged: an entry is longer than its block.")
        key = key[:shared] + bytes(block[at : at + fresh])
        value = block[at + fresh : at + fresh + length]
        at += fresh + length
        yield key, value
    raise BundleError(f"The file has more than {MOST_ENTRIES:,} entries, more than any network.")
