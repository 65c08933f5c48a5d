"""Which function does a job of which kind, and in which words people read of it.

A kind is an app and a name, "generation.compose". The functions lie in the app's `jobs.py`, which a worker imports when
it runs such a job; the words lie in the app's `outcomes.py`, which pages import. Nothing is imported before it is asked
for, so a web process loads no music library because there are jobs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studies.errors import EarwitnessError

Function = Callable[[Any, Any], dict]  # a job and its `runner.Progress` in, the outcome as values out
Chore = Callable[[], list[str]]

FUNCTIONS: dict[str, Function] = {}
CHORES: list[Chore] = []


class UnknownKindError(EarwitnessError):
    """No app knows how to do this kind of job."""


def job(name: str) -> Callable[[Function], Function]:
    """Register a function of an app's `jobs.py` as what does the jobs of the kind APP.NAME."""

    def register(function: Function) -> Function:
        FUNCTIONS[f"{function.__module__.split('.')[0]}.{name}"] = function
        return function

    return register


def chore(function: Chore) -> Chore:
    """Register what each worker does once when it starts; it returns sentences for the terminal."""
    CHORES.append(function)
    return function


def function_of(kind: str) -> Function:
    app, _dot, _name = kind.partition(".")
    if apps.is_installed(app) and find_spec(f"{app}.jobs"):
        import_module(f"{app}.jobs")
    if kind not in FUNCTIONS:
        raise UnknownKindError(_('No worker knows how to do a job of the kind "%(kind)s".') % {"kind": kind})
    return FUNCTIONS[kind]


def all_chores() -> list[Chore]:
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.jobs"):
            import_module(f"{config.name}.jobs")
    return CHORES


def usual_progress(job: Any) -> str:
    if not job.total:
        return _("Starting.")
    return _("%(done)s of %(total)s %(unit)s") % {"done": f"{job.done:,}", "total": f"{job.total:,}", "unit": job.unit}


@dataclass(frozen=True)
class Presenter:
    """How pages, commands and the API speak of the jobs of one kind."""

    label: str  # what it does: "Compose clips"
    sentences: Callable[[dict], list[str]] = lambda outcome: []  # of the outcome
    url: Callable[[Any], str] = lambda job: ""  # of a job that is done: where to see what came of it
    progress: Callable[[Any], str] = usual_progress  # of a job that is running
    stopped: str = gettext_lazy("Stopped.")  # of a job that somebody stopped
    # One for each file: name, outcome (taken, already, refused or silent), why, clip (its number), and perhaps url.
    lines: Callable[[Any], list[dict]] = lambda job: job.outcome.get("lines", [])


def presenter_of(kind: str) -> Presenter:
    app, _dot, name = kind.partition(".")
    known = {}
    if apps.is_installed(app) and find_spec(f"{app}.outcomes"):
        known = import_module(f"{app}.outcomes").PRESENTERS
    return known.get(name) or Presenter(label=kind)
