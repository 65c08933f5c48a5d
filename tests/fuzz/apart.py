"""One kind of files, read and rendered in a process that may go down with it."""

import faulthandler
import os
import sys
import tempfile
from pathlib import Path

HANGS = 600  # seconds for a whole kind: a call into a library that never returns is ended by a watchdog


def with_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def fuzz(kind: str, count: int, render: int, seed: int, log: Path) -> None:
    """One kind, in a process whose complaints, and those of its libraries, go into the log."""
    with log.open("w") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    faulthandler.enable()
    faulthandler.dump_traceback_later(HANGS, exit=True)
    with_django()
    from tests.fuzz.bundles import alter_bundles
    from tests.fuzz.clips import read_altered, render_altered

    if kind == "bundles":
        answers = alter_bundles(count, seed)
    else:
        work = log.parent / "work"
        work.mkdir()
        scratch = log.parent / "scratch"  # where what is made on the way lies, and must not stay
        scratch.mkdir()
        tempfile.tempdir = str(scratch)
        answers = read_altered(kind, count, seed, work)
        answers += render_altered(kind, render, seed, work)
        assert not list(scratch.iterdir()), "something was left behind"
        assert {path.name for path in work.iterdir()} <= {"media"}
    print(f"{count:,} files: " + ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(answers.items())))
