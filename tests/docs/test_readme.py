"""Every command in the README is run as it is written there, in a fresh clone."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line.strip() for line in re.findall(r"^    (.+)$", README, re.MULTILINE)]
SERVERS = ("make demo", ".venv/bin/python manage.py serve")
ADDRESS = "http://127.0.0.1:8000/"


def test_the_readme_is_at_most_one_screen():
    assert len(README.splitlines()) <= 72


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_every_command_works_as_it_is_written(pop909, tmp_path):
    clone = tmp_path / "earwitness"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    # What `make` would install is here already; that it installs is shown by every run in a new environment.
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / "POP909-Dataset-master.zip").symlink_to(pop909)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EARWITNESS_", "DJANGO_"))}
    for command in COMMANDS:
        if command in SERVERS:
            serves(command, clone, environment)
        else:
            finished = subprocess.run(
                command, shell=True, cwd=clone, env=environment, capture_output=True, text=True, timeout=900
            )
            assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    assert set(SERVERS) <= set(COMMANDS)
    assert (clone / "results" / "results.json").is_file()


def serves(command: str, clone: Path, environment: dict[str, str]) -> None:
    """It answers at the address the README names, and ends in good order with Ctrl-C."""
    # Where the tests run in the background, a shell has told them to ignore Ctrl-C; a person's terminal has not.
    server = subprocess.Popen(
        command,
        shell=True,
        cwd=clone,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert is_answered(server), f"{command} did not serve {ADDRESS}"
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=60)


def is_answered(server: subprocess.Popen, patience: float = 900) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(ADDRESS, timeout=10) as page:
                return page.status == 200
        except OSError:
            time.sleep(1)
    return False
