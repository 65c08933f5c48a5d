"""Pages of corpora, runs, sources and clips, for the people of a study. Participants never come here."""

import csv

from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render

from generation.models import Run
from studies.access import study_page
from studies.models import Role


@study_page(Role.VIEWER)
def corpora(request, study):
    return render(
        request, "generation/corpora.html", {"corpora": study.corpora.annotate(sources_count=Count("sources"))}
    )


@study_page(Role.VIEWER)
def corpus(request, study, corpus):
    return render(request, "generation/corpus.html", {"corpus": get_object_or_404(study.corpora, slug=corpus)})


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


@study_page(Role.VIEWER)
def sources(request, study):
    ready = Count("clips", filter=Q(clips__rendered__isnull=False))
    found = study.sources.select_related("run", "corpus").annotate(clips_count=Count("clips"), ready_count=ready)
    return render(request, "generation/sources.html", {"sources": found})


@study_page(Role.VIEWER)
def source(request, study, source):
    found = get_object_or_404(study.sources.select_related("run", "corpus"), slug=source)
    return render(request, "generation/source.html", {"source": found, "clips": found.clips.all()})


@study_page(Role.VIEWER)
def clip(request, study, source, number):
    found = get_object_or_404(study.sources, slug=source)
    return render(
        request, "generation/clip.html", {"source": found, "clip": get_object_or_404(found.clips, number=number)}
    )


@study_page(Role.VIEWER)
def sound(request, study, source, number):
    found = get_object_or_404(study.sources, slug=source)
    mp3 = get_object_or_404(found.clips, number=number).mp3
    if not mp3:
        raise Http404("This clip has no sound yet.")
    return FileResponse(mp3.open("rb"), content_type="audio/mpeg")
