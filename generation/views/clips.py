"""Sources and their clips."""

from django.db.models import Count, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render

from studies.access import study_page
from studies.models import Role


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
