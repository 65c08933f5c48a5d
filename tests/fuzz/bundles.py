"""Altered Magenta files: each must be read, or refused in a sentence, within seconds.

Most damage would be found by a checksum, so in two of three files it is done before the checksums are taken.
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np

from generation.music.magenta.bundle_reader import read_bundle
from generation.music.magenta.errors import BundleError
from tests.fuzz.alterations import altered
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
            data = write(alter=lambda part: altered(part, rng) if rng.random() < 0.5 else part)
        else:
            data = altered(write(), rng)
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
