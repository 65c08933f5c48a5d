"""Altered Magenta files: each must be read, or refused in a sentence, within seconds. `python -m tests.fuzz.bundles`.

Most damage would be found by a checksum, so in two of three files it is done before the checksums are taken.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np

from generation.music.bundles import BundleError, read_bundle
from tests.music import magenta_files as files

SLOWEST = 5.0  # seconds


def alter_bundles(count: int, seed: int) -> Counter:
    """Read so many altered bundles; how many were refused, and how many read all the same."""
    rng = np.random.default_rng(seed)
    writers = _writers(rng)
    answers = Counter()
    for number in range(count):
        write = writers[number % len(writers)]
        if number // len(writers) % 3:
            data = write(alter=lambda part: _altered(part, rng) if rng.random() < 0.5 else part)
        else:
            data = _altered(write(), rng)
        began = time.monotonic()
        try:
            read_bundle(data)
            answers["read"] += 1
        except BundleError as error:
            answers["refused"] += 1
            assert len(str(error)) < 2000, f"alteration {number} of seed {seed} is answered at length"
        took = time.monotonic() - began
        assert took < SLOWEST, f"alteration {number} of seed {seed} took {took:.1f} s"
    return answers


def _writers(rng: np.random.Generator) -> list[Callable]:
    """Each makes a file, and may damage its parts before their checksums are taken."""
    writers = []
    for attention in (None, "first", "all"):
        made = files.tensors(rng, units=(4, 4), attention=attention)
        writers += [
            partial(files.mag, made),
            partial(files.mag, files.oldest_names(made), compressed=True),
            partial(files.version_1, made),
            partial(files.version_2_zip, made),
            partial(files.magenta_js_zip, made),
        ]
    return writers


def _altered(data: bytes, rng: np.random.Generator) -> bytes:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    answers = alter_bundles(given.count, given.seed)
    print(f"{given.count} altered bundles: {answers['refused']} refused, {answers['read']} read all the same")  # noqa: T201


if __name__ == "__main__":
    main()
