"""Runs: networks in training, and trained ones."""

import csv

from django.shortcuts import get_object_or_404, render

from generation.models import Run
from studies.access import study_page
from studies.models import Role


@study_page(Role.VIEWER)
def runs(request, study):
    for run in study.runs.filter(state=Run.State.TRAINING):
        run.settle()
    return render(request, "generation/runs.html", {"runs": study.runs.select_related("corpus")})


@study_page(Role.VIEWER)
def run(request, study, run):
    found = get_object_or_404(study.runs.select_related("corpus"), slug=run)
    found.settle()
    return render(request, "generation/run.html", {"run": found, "history": history_of(found)})


def history_of(run: Run) -> list[dict[str, str]]:
    """The rows of the run's history.csv, as training writes them; none before the first evaluation."""
    try:
        with (run.folder / "history.csv").open(newline="", encoding="utf-8") as lines:
            return list(csv.DictReader(lines))
    except FileNotFoundError:
        return []
