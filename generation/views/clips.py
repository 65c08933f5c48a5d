"""Sources and their clips."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from generation.models import Clip
from generation.music.measures import MEASURES
from generation.music.pianoroll import piano_roll
from generation.music.waveform import waveform
from generation.provenance import provenance_of
from generation.sound import sound_response
from generation.views.parts import may_edit
from studies.access import study_page
from studies.models import Role

CLIPS_A_PAGE = 48
FILES = {
    "mid": ("midi", "audio/midi"),
    "flac": ("master", "audio/flac"),
    "mp3": ("mp3", "audio/mpeg"),
    "opus": ("opus", "audio/ogg"),
}


@require_safe
@study_page(Role.VIEWER)
def sources(request, study):
    ready = Count("clips", filter=Q(clips__rendered__isnull=False))
    found = study.sources.select_related("run", "corpus").annotate(clips_count=Count("clips"), ready_count=ready)
    errands = list(study.errands.filter(kind__in=["import_midi", "excerpt", "render"]).open()[:5])
    for errand in errands:
        errand.settle()
    context = {"sources": found, "errands": errands, "may_edit": may_edit(request)}
    return render(request, "generation/sources.html", context)


@require_safe
@study_page(Role.VIEWER)
def source(request, study, source):
    found = get_object_or_404(study.sources.select_related("run", "corpus"), slug=source)
    clips = found.clips.defer("measured").order_by("retired", "number")
    page = Paginator(clips, CLIPS_A_PAGE).get_page(request.GET.get("page"))
    for clip in page:
        clip.source = found
        clip.roll = roll_of(clip, height=72)
    context = {
        "source": found,
        "page": page,
        "waiting": found.clips.unrendered().filter(retired=False).count(),
        "may_edit": may_edit(request),
    }
    return render(request, "generation/source.html", context)


@require_safe
@study_page(Role.VIEWER)
def clip(request, study, source, number):
    found = clip_of(study, source, number)
    values, complaint = {}, ""
    if found.rendered:
        from generation import catalogue

        try:
            values = catalogue.measured(found)
        except catalogue.ERRORS as error:
            complaint = str(error)
    notes = values.get("notes", {})
    neighbours = found.source.clips.order_by("number")
    context = {
        "source": found.source,
        "clip": found,
        "complaint": complaint,
        "roll": roll_of(found, height=220, label=f"Piano roll of {found}"),
        "wave": mark_safe(waveform(values.get("outline", []))),  # noqa: S308 (numbers only)
        "values": values,
        "measures": [(measure, notes[measure.key]) for measure in MEASURES if measure.key in notes],
        "provenance": provenance_of(found),
        "files": [(suffix, name) for suffix, (name, _) in FILES.items() if getattr(found, name)],
        "before": neighbours.filter(number__lt=number).last(),
        "after": neighbours.filter(number__gt=number).first(),
        "may_edit": may_edit(request),
    }
    return render(request, "generation/clip.html", context)


@require_safe
@study_page(Role.VIEWER)
def sound(request, study, source, number):
    found = clip_of(study, source, number)
    if not found.mp3:
        raise Http404("This clip has no sound yet.")
    return sound_response(found.mp3, request.headers.get("Range", ""))


@require_safe
@study_page(Role.VIEWER)
def file(request, study, source, number, suffix):
    """A clip's file to be kept, under a name that a researcher understands."""
    found = clip_of(study, source, number)
    if suffix == "musicxml":
        return score_of(request, found)
    name, kind = FILES.get(suffix, ("", ""))
    stored = getattr(found, name) if name else None
    if not stored:
        raise Http404(f"This clip has no {suffix} file.")
    with stored.open("rb") as opened:
        return attached(opened.read(), kind, found, suffix)


def score_of(request, clip: Clip) -> HttpResponse:
    from generation.music.engraving import EngravingError, engrave

    if not clip.midi:
        raise Http404("A recording has no score.")
    try:
        with clip.midi.open("rb") as midi:
            score = engrave(midi.read())
    except EngravingError as error:
        messages.error(request, str(error))
        return redirect(clip)
    return attached(score, "application/vnd.recordare.musicxml+xml", clip, "musicxml")


def attached(content: bytes, kind: str, clip: Clip, suffix: str) -> HttpResponse:
    called = f"{clip.source.slug}-{clip.number:03}.{suffix}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{called}"'})


@require_POST
@study_page(Role.EDITOR)
def retire(request, study, source, number):
    found = clip_of(study, source, number)
    found.retired = not found.retired
    found.save(update_fields=["retired"])
    said = "is retired: new surveys leave it out." if found.retired else "is used for new surveys again."
    messages.success(request, f"{found} {said}")
    return redirect(found)


@require_POST
@study_page(Role.EDITOR)
def remove(request, study, source, number):
    from generation import catalogue

    found = clip_of(study, source, number)
    called = str(found)
    try:
        catalogue.remove_clip(found)
    except catalogue.CatalogueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"{called} is removed.")
    return redirect(found.source)


def clip_of(study, source: str, number: int) -> Clip:
    return get_object_or_404(
        Clip.objects.select_related("source__study"), source__study=study, source__slug=source, number=number
    )


def roll_of(clip: Clip, *, height: int, label: str = "") -> SafeString:
    """The notes as they are heard, or nothing for a recording."""
    from generation.catalogue import ERRORS
    from generation.catalogue.measuring import heard_notes

    try:
        piece = heard_notes(clip)
    except ERRORS:
        return mark_safe("")
    if piece is None:
        return mark_safe("")
    seconds = clip.seconds or min(max(piece.seconds, 1.0), 60.0)
    return mark_safe(piano_roll(piece, seconds=seconds, width=1000, height=height, label=label))  # noqa: S308 (numbers)
