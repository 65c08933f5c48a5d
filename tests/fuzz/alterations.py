"""Bytes damaged as disks, mail and mischief damage them: always alike for the same seed."""

import numpy as np


def altered(data: bytes, rng: np.random.Generator) -> bytes:
    data = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        at, length = int(rng.integers(len(data) + 1)), int(rng.integers(1, 40))
        match int(rng.integers(7)):
            case 0:
                data[at : at + 1] = rng.bytes(1)
            case 1:
                data[at : at + length] = rng.bytes(length)
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = rng.bytes(length)
            case 4:
                del data[at:]
            case 5:  # a part once more
                data[at:at] = data[int(rng.integers(len(data) + 1)) :][:length]
            case 6:  # a number as large as can be
                data[at : at + 9] = b"\xff" * int(rng.integers(1, 10))
    return bytes(data)
