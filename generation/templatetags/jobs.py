"""Background work as `components/job.html` shows it, until its rows are `jobs.Job` and need no translation."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django import template

register = template.Library()

# Of errands, reports and runs, as the component calls them.
STATES = {"working": "running", "training": "running", "finished": "done"}


@register.filter
def as_job(row: Any) -> SimpleNamespace:
    """An errand, a report or a run."""
    state = STATES.get(row.state, row.state)
    progress = getattr(row, "progress", None) or {}
    done = progress.get("epoch", getattr(row, "done", 0))
    total = progress.get("epochs", getattr(row, "total", 0))
    fraction = getattr(row, "share", None) if state == "running" else None
    said = list(getattr(row, "said", [])) or [row.message] * bool(row.message)
    return SimpleNamespace(
        title=getattr(row, "about", ""),
        state=state,
        # A run and a report say how far they are in a sentence of their own.
        done=done,
        total=0 if said else total,
        unit=getattr(row, "unit", ""),
        fraction=done / total if total else fraction,
        error=row.message if state == "failed" else "",
        url="",
        is_running=row.is_going_on,
        sentences=[] if state == "waiting" and row.message.startswith("Waiting") else said,
    )


@register.filter
def as_jobs(rows: Iterable[Any]) -> list[SimpleNamespace]:
    return [as_job(row) for row in rows]


@register.filter
def any_running(jobs: Iterable[Any]) -> bool:
    return any(getattr(job, "is_running", False) or getattr(job, "is_going_on", False) for job in jobs)
