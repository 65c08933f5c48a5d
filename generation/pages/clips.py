"""Sources and their clips."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from generation.audio_response import sound_response
from generation.catalogue import scores
from generation.catalogue.clip_measures import heard_notes, measures_of_clip
from generation.catalogue.deletion import delete_clip
from generation.catalogue.errors import CatalogueError
from generation.catalogue.originality import is_suspected_copy
from generation.downloads import clip_attachment, clip_filename, suffixes_of
from generation.job_requests import send_comparison
from generation.models import Clip, Origin
from generation.music.analysis.measures import MEASURES
from generation.music.pictures.piano_roll import piano_roll
from generation.music.pictures.waveform import waveform
from generation.outcomes import VIEW_NAMES, overlap_sentence
from generation.pages.provenance import provenance_of
from jobs.polling import recent_jobs
from studies.access import may_edit, study_page
from studies.errors import EarwitnessError
from studies.http import attachment
from studies.models import Role

CLIPS_A_PAGE = 48
FEWEST_HUMANS, MOST_HUMANS = 4, 300  # clips that say what is usual


@require_safe
@study_page(Role.VIEWER)
def sources(request, study):
    ready = Count("clips", filter=Q(clips__rendered__isnull=False))
    found = study.sources.select_related("run", "corpus").annotate(clips_count=Count("clips"), ready_count=ready)
    kinds = ["generation.import_midi", "generation.excerpt", "generation.render"]
    jobs = study.jobs.filter(kind__in=kinds).open().select_related("study")[:5]
    context = {"sources": found, "jobs": jobs, "may_edit": may_edit(request)}
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
        clip.may_copy = is_suspected_copy(clip)
    context = {
        "source": found,
        "page": page,
        "corpora": [one for one in study.corpora.all() if one.pk != found.corpus_id],
        "with_notes": found.clips.exclude(midi="").exists(),
        "jobs": recent_jobs(study.jobs.filter(kind="generation.originality", arguments__source=found.pk)),
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
        try:
            values = measures_of_clip(found)
        except EarwitnessError as error:
            complaint = str(error)
    notes = values.get("notes", {})
    usual, humans = human_ranges(study) if notes else ({}, 0)
    neighbours = found.source.clips.order_by("number")
    context = {
        "source": found.source,
        "clip": found,
        "complaint": complaint,
        "roll": roll_of(found, height=220, label=f"Piano roll of {found}"),
        "wave": mark_safe(waveform(values.get("outline", []))),  # noqa: S308 (numbers only)
        "values": values,
        "measures": [
            (measure, notes[measure.key], usual.get(measure.key)) for measure in MEASURES if measure.key in notes
        ],
        "human": humans,
        "provenance": provenance_of(found),
        "originality": originality_of(found),
        "files": suffixes_of(found),
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
    return clip_attachment(found, suffix)


def score_of(request, clip: Clip) -> HttpResponse:
    if not clip.midi:
        raise Http404("A recording has no score.")
    try:
        score = scores.score(clip, "musicxml")
    except EarwitnessError as error:
        messages.error(request, str(error))
        return redirect(clip)
    return attachment(score, "application/vnd.recordare.musicxml+xml", clip_filename(clip, "musicxml"))


@require_safe
@study_page(Role.VIEWER)
def score(request, study, source, number):
    """The picture of the score; where there is none, a picture that says why."""
    found = clip_of(study, source, number)
    if not found.midi:
        raise Http404("A recording has no score.")
    try:
        drawn = scores.score(found, "svg")
    except EarwitnessError as error:
        return HttpResponse(written_as_picture(str(error)), content_type="image/svg+xml")
    # A clip never changes, nor does its score; another version of the program may draw it otherwise.
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})


@require_POST
@study_page(Role.EDITOR)
def compare(request, study, source):
    """Do the clips copy? A worker looks, in the corpus that was chosen."""
    found = get_object_or_404(study.sources, slug=source)
    corpus = study.corpora.filter(slug=request.POST.get("corpus", "")).first()
    if corpus is None:
        messages.error(request, "Choose a corpus to compare the clips with.")
        return redirect(found)
    return redirect(send_comparison(found, corpus))


def written_as_picture(sentence: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 40">'
        f'<text y="26" font-family="sans-serif" font-size="16">{escape(sentence)}</text></svg>'
    )


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
    found = clip_of(study, source, number)
    called = str(found)
    try:
        drafts = delete_clip(found)
    except CatalogueError as error:
        messages.error(request, str(error))
        return redirect(found)
    left = f" It was in {' and '.join(f'“{draft}”' for draft in drafts)}, not opened yet." if drafts else ""
    messages.success(request, f"{called} is removed.{left}")
    return redirect(found.source)


def human_ranges(study) -> tuple[dict[str, tuple[float, float]], int]:
    """Where nine in ten of the study's human clips lie in each measure, and how many they are; empty for a few."""
    clips = Clip.objects.usable().filter(source__study=study, source__origin=Origin.HUMAN).exclude(midi="")
    measured = [one["notes"] for one in clips.values_list("measured", flat=True)[:MOST_HUMANS] if one.get("notes")]
    if len(measured) < FEWEST_HUMANS:
        return {}, 0
    values = {
        measure.key: sorted(v for one in measured if (v := one.get(measure.key)) is not None) for measure in MEASURES
    }
    edges = {key: (found[len(found) // 20], found[-1 - len(found) // 20]) for key, found in values.items() if found}
    return edges, len(measured)


def originality_of(clip: Clip) -> list[dict]:
    """For each corpus that the clip was compared with: a sentence, and a row for each view."""
    return [
        {
            "corpus": found["corpus"],
            "sentence": overlap_sentence(found),
            "may_copy": any(found[view]["is_flagged"] for view in VIEW_NAMES),
            "rows": [originality_row(called, found[view]) for view, called in VIEW_NAMES.items()],
        }
        for found in clip.originality.values()
    ]


def originality_row(title: str, found: dict) -> dict:
    """In notes, of which a run has one more than steps."""

    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}".replace("%", " %")

    return {
        "called": title,
        "run": found["run"] + 1 if found["run"] else 0,
        "piece": found["piece"],
        "bar": found["bar"],
        "beat": found["beat"],
        "human": "–" if found["human_run"] is None else f"{found['human_run'] + 1:.0f}",
        "human_most": "–" if found["human_most"] is None else f"{found['human_most'] + 1:.0f}",
        "grams": share(found["grams"]),
        "human_grams": share(found["human_grams"]),
    }


def clip_of(study, source: str, number: int) -> Clip:
    return get_object_or_404(
        Clip.objects.select_related("source__study"), source__study=study, source__slug=source, number=number
    )


def roll_of(clip: Clip, *, height: int, label: str = "") -> SafeString:
    """The notes as they are heard, or nothing for a recording."""
    try:
        piece = heard_notes(clip)
    except EarwitnessError:
        return mark_safe("")
    if piece is None:
        return mark_safe("")
    seconds = clip.seconds or min(max(piece.seconds, 1.0), 60.0)
    return mark_safe(piano_roll(piece, seconds=seconds, width=1000, height=height, label=label))  # noqa: S308 (numbers)
