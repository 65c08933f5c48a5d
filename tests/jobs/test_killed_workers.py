"""Two real workers on SQLite: one is killed in the middle of a job, the other one finishes it; pages only look."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# A job that a worker can run without music: it counts to nine, pauses at five until it may go on, and says in a file
# who counted what.
KIND = """
import time
from pathlib import Path
from jobs.registry import job


@job("count")
def count(job, progress):
    folder = Path(job.arguments["folder"])
    for number in range(10):
        with (folder / "counted").open("a") as file:
            file.write(f"{job.worker} {number}\\n")
        progress.write(done=number, total=10, unit="numbers")
        while number == 5 and not (folder / "may go on").exists():
            time.sleep(0.05)
            progress.write()
    return {"counted": 10}
"""
SETTINGS = """
from config.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "counting"]
"""
SEND = """
from jobs.runner import send
from studies.models import Study
send(Study.objects.get(), "counting.count", title="Numbers", folder={folder!r})
"""
LOOK = """
from django.contrib.auth import get_user_model
from django.test import Client
from jobs.models import Job
client, job = Client(headers={"host": "localhost"}), Job.objects.select_related("study").get()
client.force_login(get_user_model().objects.get())
before = Job.objects.values("state", "worker", "attempts", "stop_asked").get()
for page in ("", "part/", "status/"):
    assert client.get(job.get_absolute_url() + page).status_code == 200
assert client.get(f"/studio/{job.study.slug}/jobs/").status_code == 200
assert Job.objects.values("state", "worker", "attempts", "stop_asked").get() == before
"""


@pytest.fixture
def manage(tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Commands on a home of their own, in which workers count as dead after two seconds of silence."""
    counting = tmp_path / "counting"
    counting.mkdir()
    (counting / "__init__.py").touch()
    (counting / "jobs.py").write_text(KIND)
    (tmp_path / "settings_that_count.py").write_text(SETTINGS)
    environment = os.environ | {
        "EARWITNESS_HOME": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "settings_that_count",
        "PYTHONPATH": str(tmp_path),
        "JOB_SILENCE": "2",
        "DATABASE_URL": "",
    }
    begun = []

    def start(*words: str) -> subprocess.Popen:
        command = [sys.executable, "manage.py", *words]
        begun.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, process_group=0))
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def done(process: subprocess.Popen) -> None:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said


def wait_for(what: Callable[[], object], patience: float = 40) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "It did not come in time."
        time.sleep(0.05)


def test_the_job_of_a_killed_worker_is_finished_by_the_other_and_looking_changes_nothing(manage, tmp_path: Path):
    done(manage("migrate", "-v", "0"))
    done(manage("create_study", "Piano study", "--owner", "olga"))
    done(manage("shell", "-v", "0", "-c", SEND.format(folder=str(tmp_path))))
    workers = {manage("worker"), manage("worker")}
    wait_for(lambda: job(tmp_path)["done"] == 5)
    done(manage("shell", "-v", "0", "-c", LOOK))

    at_work = process_of(job(tmp_path)["worker"], workers, tmp_path)
    os.killpg(at_work.pid, signal.SIGKILL)
    at_work.wait()
    left = job(tmp_path)
    assert (left["state"], left["attempts"]) == ("running", 1)
    (tmp_path / "may go on").touch()
    wait_for(lambda: job(tmp_path)["state"] == "done")
    finished = job(tmp_path)
    assert (finished["attempts"], finished["outcome"]) == (2, '{"counted": 10}')
    lines = [line.split() for line in (tmp_path / "counted").read_text().splitlines()]
    names = list(dict.fromkeys(worker for worker, _ in lines))
    assert names == [left["worker"], finished["worker"]]
    assert [number for worker, number in lines if worker == finished["worker"]] == [str(n) for n in range(10)]


def process_of(name: str, workers: set[subprocess.Popen], tmp_path: Path) -> subprocess.Popen:
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3") as database:
        [(pid,)] = database.execute("SELECT pid FROM jobs_worker WHERE name = ?", [name])
    return next(worker for worker in workers if worker.pid == pid)


def job(tmp_path: Path) -> dict:
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3", timeout=20) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM jobs_job").fetchone())
