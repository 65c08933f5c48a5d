"""Protocol buffers, as far as bundles and checkpoints need them: the fields of a message, read in place.

Nothing is ever built from a description in the file; what a field means stands where it is read.
"""

from collections.abc import Iterator

from generation.music.magenta.errors import BundleError

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
LONGEST_VARINT = 10  # bytes, for 64 bits
WRONG_KIND = "The file is damaged: field {number} of a message has the wrong kind."


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at a place, and the place after it."""
    value = 0
    for position in range(at, min(at + LONGEST_VARINT, len(data))):
        byte = data[position]
        value |= (byte & 0x7F) << 7 * (position - at)
        if byte < 0x80:
            return value, position + 1
    raise BundleError("The file is damaged: it ends within a number, or a number never ends.")


def fields(message: bytes | memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Every field of a message as (number, value): an int, or the bytes of a text, a message or an array."""
    data = memoryview(message)
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise BundleError("The file is damaged: a message has a field without a number.")
        if kind == VARINT:
            count, at = varint(data, at)
            yield number, count
            continue
        if kind == LENGTH:
            length, at = varint(data, at)
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            length = 8 if kind == EIGHT_BYTES else 4
        else:
            raise BundleError(f"The file is damaged: a message has a field of the unknown kind {kind}.")
        if length > len(data) - at:
            raise BundleError("The file is damaged: a message says that it is longer than the file.")
        value = data[at : at + length]
        yield number, value if kind == LENGTH else int.from_bytes(value, "little")
        at += length


def last_number(message: bytes | memoryview, number: int) -> int:
    """The last value of a field that holds a number, as protocol buffers want it; 0 if it is absent."""
    result = 0
    for field, value in fields(message):
        if field == number:
            if not isinstance(value, int):
                raise BundleError(WRONG_KIND.format(number=number))
            result = value
    return result


def last_bytes(message: bytes | memoryview, number: int) -> memoryview:
    """The last value of a field that holds a text, a message or an array; empty if it is absent."""
    result = memoryview(b"")
    for field, value in fields(message):
        if field == number:
            if isinstance(value, int):
                raise BundleError(WRONG_KIND.format(number=number))
            result = value
    return result


def messages(message: bytes | memoryview, number: int) -> Iterator[memoryview]:
    """Every message of a repeated field."""
    for field, value in fields(message):
        if field == number:
            if isinstance(value, int):
                raise BundleError(WRONG_KIND.format(number=number))
            yield value


def text(value: memoryview | bytes) -> str:
    try:
        return bytes(value).decode()
    except UnicodeDecodeError as error:
        raise BundleError("The file is damaged: a name in it is not text.") from error


def to_signed(value: int) -> int:
    """A 64-bit field read as the signed number it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value
