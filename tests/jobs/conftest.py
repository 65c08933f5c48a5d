"""Kinds of jobs that tests can send: they do what their arguments say, and need no music."""

import time

import pytest

from jobs import registry
from jobs.models import Job
from jobs.runner import Progress
from studies.errors import EarwitnessError


def count(job: Job, progress: Progress) -> dict:
    for number in range(job.arguments["to"]):
        progress(number, job.arguments["to"], "numbers")
        time.sleep(job.arguments.get("seconds", 0))
    return {"counted": job.arguments["to"]}


def refuse(job: Job, progress: Progress) -> dict:
    raise EarwitnessError("There is nothing to count.")


def crash(job: Job, progress: Progress) -> dict:
    raise MemoryError("no memory left")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Registered for one test only."""
    for function in (count, refuse, crash):
        monkeypatch.setitem(registry.FUNCTIONS, f"tests.{function.__name__}", function)


@pytest.fixture(autouse=True)
def queued(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
