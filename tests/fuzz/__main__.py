"""`make fuzz`: 2,000 altered files of every kind are read, 50 of each rendered; the same ones for the same seed.

No crash, nothing that takes longer than ten seconds, no file outside the media folder. Each kind has a process of its
own: one that ends by a signal is a failure that is told, not the end of all.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.apart import fuzz, with_django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help="default: all")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--render", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with_django()
    from tests.fuzz.clips import KINDS

    spawn = multiprocessing.get_context("spawn")
    failed = []
    for kind in given.kinds or [*KINDS, "bundles"]:
        with tempfile.TemporaryDirectory(prefix="earwitness-fuzz-") as folder:
            log = Path(folder, "log")
            process = spawn.Process(target=fuzz, args=(kind, given.count, given.render, given.seed, log))
            began = time.monotonic()
            process.start()
            process.join()
            said = log.read_text(errors="replace").splitlines() if log.exists() else []
            if process.exitcode:
                failed.append(kind)
                print("\n".join(said[-40:]))
            outcome = f"ended with {process.exitcode}" if process.exitcode else said[-1]
            print(f"{kind:8} {outcome} ({time.monotonic() - began:.0f} s)", flush=True)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
