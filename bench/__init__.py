"""The measurements of docs/benchmarks.md: each beside its peer, in one run on one machine, so that the ratio counts."""

import os
from pathlib import Path

SKIPPED = {"skipped": "EARWITNESS_POP909 is not set"}


def pop909() -> Path | None:
    """The archive of POP909; None, and a line that says so, where EARWITNESS_POP909 does not name it."""
    archive = Path(os.environ.get("EARWITNESS_POP909", ""))
    if archive.is_file():
        return archive
    print("EARWITNESS_POP909 does not name the archive of POP909; nothing measured.")
    return None
