"""CRC-32C, the checksum of TensorFlow's files, for whole tensors at once.

A checksum is a remainder of polynomials over two-valued numbers, so that of a whole follows from those of its parts:
many lanes are taken through the byte table side by side, then put together.
"""

import numpy as np

POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
LANES = 2048


def _table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ POLYNOMIAL, table >> 1).astype(np.uint32)
    return table


TABLE = _table()


def crc32c(data: bytes | memoryview) -> int:
    """The checksum of some bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    values = np.frombuffer(data, np.uint8)
    register = 0xFFFFFFFF
    if len(values) >= 8 * LANES:
        width = len(values) // LANES
        lanes = values[: width * LANES].reshape(LANES, width)
        states = np.zeros(LANES, np.uint32)
        for column in lanes.T:
            states = TABLE[(states ^ column) & 0xFF] ^ (states >> 8)
        register = _join(register, states, _zeros_operator(width))
        values = values[width * LANES :]
    table = TABLE.tolist()
    for value in values.tolist():
        register = table[(register ^ value) & 0xFF] ^ (register >> 8)
    return register ^ 0xFFFFFFFF


def _join(register: int, states: np.ndarray, operator: np.ndarray) -> int:
    tables = operator.tolist()
    for state in states.tolist():
        register = _apply(tables, register) ^ state
    return register


def _apply(operator: list[int], register: int) -> int:
    """A linear map of 32 bits, given by what becomes of each bit, applied to a register."""
    result = 0
    for image in operator:
        if register & 1:
            result ^= image
        register >>= 1
        if not register:
            break
    return result


def _zeros_operator(count: int) -> np.ndarray:
    """What `count` bytes of zero do to each of the 32 bits of the register."""
    images = (np.uint32(1) << np.arange(32, dtype=np.uint32)).astype(np.uint32)
    step = (TABLE[images & 0xFF] ^ (images >> 8)).astype(np.uint32)  # one byte
    while count:
        if count & 1:
            images = _compose(step, images)
        step = _compose(step, step)
        count >>= 1
    return images


def _compose(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    operator = outer.tolist()
    return np.array([_apply(operator, image) for image in inner.tolist()], np.uint32)


def unmask(stored: int) -> int:
    """The checksum behind the stored number: as data may hold checksums, TensorFlow turns it and adds a constant."""
    turned = (stored - 0xA282EAD8) & 0xFFFFFFFF
    return ((turned >> 17) | (turned << 15)) & 0xFFFFFFFF
