"""The web server and one worker, until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare() -> None:
    """Bring the database and the static files up to date."""
    call_command("migrate", verbosity=0)
    # In a process of its own: the settings choose the names of static files when they are read.
    manage = settings.BASE_DIR / "manage.py"
    subprocess.run([sys.executable, manage, "collectstatic", "--noinput", "--verbosity", "0"], check=True)


def serve(port: int, ready: Callable[[], None]) -> int:
    """Serve until stopped, or until one of the two processes ends (then its exit code); both end together.

    `ready` is called when the server accepts requests.
    """
    manage = str(settings.BASE_DIR / "manage.py")
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    commands = [
        [
            gunicorn,
            "config.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "1",
            "--threads",
            "8",
            "--log-level",
            "warning",
        ],
        [sys.executable, manage, "worker", "--verbosity", "0"],
    ]
    # Each has a process group, so that Ctrl-C reaches only this process, which then ends both in order.
    children = [subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True) for command in commands]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait_until_open(port, children)
        ready()
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        return next(child.returncode for child in children if child.returncode is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(children)


def _wait_until_open(port: int, children: list[subprocess.Popen], patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def _end(children: list[subprocess.Popen]) -> None:
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
