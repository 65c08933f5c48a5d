"""Clips are ordered here: files are uploaded, originals cut out of a corpus; a worker does the rest."""

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from generation import deliveries, upload_staging
from generation.forms.clips import ExcerptForm, MakingForm, SourceForm
from generation.models import Errand
from studies.access import study_page
from studies.models import Role

LINES_A_PAGE = 200
MOST_FILES = 10_000  # as `generation.catalogue.clip_import` takes at a time
TOO_MANY = f"These are more than {MOST_FILES:,} files; send fewer at a time, or a zip of them."


@csrf_exempt  # until the files have a place to go: `receive` is protected, and reading the token reads them
@study_page(Role.EDITOR)
def upload(request, study):
    if request.method != "POST":
        return receive(request, study, None)
    folder = upload_staging.new_folder()
    handler = upload_staging.IntoFolder(folder, most_files=MOST_FILES)
    request.upload_handlers = [handler]
    try:
        return receive(request, study, handler)
    except TooManyFilesSent:  # Django's own limit, far beyond ours
        return refused(request, TOO_MANY)
    except SuspiciousOperation:
        return refused(request, "What was sent is no form of ours; reload the page and try again.")
    finally:
        if not study.errands.filter(values__folder=folder.name).exists():
            upload_staging.forget(folder)


@csrf_protect
def receive(request, study, handler):
    source = study.sources.filter(slug=request.GET.get("source", "")).first()
    data = request.POST if handler else None
    making = MakingForm(data, prefix="making", study=study)
    form = None if source else SourceForm(data, study=study)
    error = handler.refusal if handler else ""
    if data is not None and not error:
        if not upload_staging.files_in(handler.folder):
            error = "Choose files first: MIDI, WAV, FLAC, OGG, MP3, or zips of them."
        elif all([making.is_valid(), form is None or form.is_valid()]):
            errand = order(study, source, form, making, handler.folder)
            if wants_json(request):
                return JsonResponse({"next": errand.get_absolute_url()})
            return redirect(errand)
    if handler and wants_json(request):
        return JsonResponse({"error": error or in_sentences(form, making)}, status=400)
    context = {
        "source": source,
        "form": form,
        "making": making,
        "error": error,
        "sources": study.sources.all(),
        "most_files": MOST_FILES,
        "most_bytes": upload_staging.MOST_BYTES,
    }
    return render(request, "generation/upload.html", context, status=400 if error else 200)


def order(study, source, form, making, folder) -> Errand:
    return deliveries.order_files(
        study,
        folder,
        source=source.name if source else form.cleaned_data["name"].strip(),
        origin=source.origin if source else form.cleaned_data["origin"],
        making=making.making.as_dict(),
        instrument=making.cleaned_data["instrument"],
        soundfont=making.cleaned_data["soundfont"],
        **(form.about() if form else {}),
    )


def wants_json(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def refused(request, sentence: str):
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=400)
    return render(request, "generation/upload_refused.html", {"error": sentence}, status=400)


def in_sentences(*forms) -> str:
    return " ".join(
        f"{form.fields[name].label or name.capitalize()}: {error}" if name in form.fields else error
        for form in forms
        if form
        for name, errors in form.errors.items()
        for error in errors
    )


@study_page(Role.EDITOR)
def originals(request, study):
    form = ExcerptForm(request.POST or None, study=study, initial={"corpus": request.GET.get("corpus")})
    if request.method == "POST" and form.is_valid():
        values = form.ordered()
        return redirect(deliveries.order_excerpts(study, values.pop("corpus"), **values))
    return render(request, "generation/originals.html", {"form": form})


@require_safe
@study_page(Role.VIEWER)
def errand(request, study, pk):
    found = get_object_or_404(study.errands.select_related("source"), pk=pk)
    found.settle()
    counts = [
        (found.lines and sum(line["outcome"] == outcome for line in found.lines), name)
        for outcome, name in (
            ("taken", "taken"),
            ("already", "there already"),
            ("refused", "refused"),
            ("silent", "not rendered"),
        )
    ]
    # What needs a person comes first; otherwise in the order of the files.
    lines = sorted(found.lines, key=lambda line: line["outcome"] not in ("refused", "silent"))
    lines = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {"errand": found, "lines": lines, "counts": [pair for pair in counts if pair[0]]}
    part = request.headers.get("X-Part") == "progress"
    return render(request, "generation/errand_progress.html" if part else "generation/errand.html", context)


@require_POST
@study_page(Role.EDITOR)
def render_waiting(request, study, source):
    """What a worker could not render, for want of a soundfont or the like, is tried again."""
    from generation.errands import send

    found = get_object_or_404(study.sources, slug=source)
    errand = send(study, "render", about=found.name, source_id=found.pk)
    messages.success(request, "On its way.")
    return redirect(errand)
