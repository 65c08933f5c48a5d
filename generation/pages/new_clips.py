"""Clips are ordered here: files are uploaded, originals cut out of a corpus; a worker does the rest."""

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from generation import upload_staging
from generation.forms.arrangement import ArrangementForm
from generation.forms.clips import ExcerptForm, SourceForm
from generation.forms.error_sentences import error_sentences
from generation.job_requests import send_excerpts, send_files, send_rendering
from jobs.models import Job
from studies.access import study_page
from studies.models import Role


@csrf_exempt  # until the files have a place to go: `receive` is protected, and reading the token reads them
@study_page(Role.EDITOR)
def upload(request, study):
    if request.method != "POST":
        return receive(request, study, None)
    folder = upload_staging.new_folder()
    handler = upload_staging.IntoFolder(folder, most_files=upload_staging.MOST_FILES)
    request.upload_handlers = [handler]
    try:
        return receive(request, study, handler)
    except TooManyFilesSent:  # Django's own limit, far beyond ours
        return rejection(request, upload_staging.TOO_MANY)
    except SuspiciousOperation:
        return rejection(request, "The upload could not be read. Reload the page and try again.")
    finally:
        if not study.jobs.filter(arguments__folder=folder.name).exists():
            upload_staging.forget(folder)


@csrf_protect
def receive(request, study, handler):
    source = study.sources.filter(slug=request.GET.get("source", "")).first()
    data = request.POST if handler else None
    arranged = ArrangementForm(data, prefix="arrangement", study=study)
    form = None if source else SourceForm(data, study=study)
    error = handler.refusal if handler else ""
    if data is not None and not error:
        if not upload_staging.files_in(handler.folder):
            error = "Choose files first: MIDI, WAV, FLAC, OGG, MP3, or zips of them."
        elif all([arranged.is_valid(), form is None or form.is_valid()]):
            job = order(study, source, form, arranged, handler.folder)
            if wants_json(request):
                return JsonResponse({"next": job.get_absolute_url()})
            return redirect(job)
    if handler and wants_json(request):
        return JsonResponse({"error": error or error_sentences(form, arranged)}, status=400)
    context = {
        "source": source,
        "form": form,
        "arranged": arranged,
        "error": error,
        "sources": study.sources.all(),
        "most_files": upload_staging.MOST_FILES,
        "most_bytes": upload_staging.MOST_BYTES,
    }
    return render(request, "generation/upload.html", context, status=400 if error else 200)


def order(study, source, form, arranged, folder) -> Job:
    return send_files(
        study,
        folder,
        source=source.name if source else form.cleaned_data["name"].strip(),
        origin=source.origin if source else form.cleaned_data["origin"],
        **arranged.cleaned_data,
        **(form.about() if form else {}),
    )


def wants_json(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def rejection(request, sentence: str):
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=400)
    return render(request, "generation/upload_refused.html", {"error": sentence}, status=400)


@study_page(Role.EDITOR)
def originals(request, study):
    form = ExcerptForm(request.POST or None, study=study, initial={"corpus": request.GET.get("corpus")})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        return redirect(send_excerpts(study, values.pop("corpus"), **values))
    return render(request, "generation/originals.html", {"form": form})


@require_POST
@study_page(Role.EDITOR)
def render_waiting(request, study, source):
    """What a worker could not render, for want of a soundfont or the like, is tried again."""
    return redirect(send_rendering(get_object_or_404(study.sources, slug=source)))
