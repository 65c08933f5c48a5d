"""Clips' files and run folders, as a browser or a script saves them."""

import tempfile

from django.http import FileResponse, Http404, HttpResponse

from generation.catalogue.run_folders import write_zip
from generation.models import Clip, Run
from studies.http import attachment

CLIP_FILES = {  # by suffix: the field of `Clip` that holds it, and its media type
    "mid": ("midi", "audio/midi"),
    "flac": ("master", "audio/flac"),
    "mp3": ("mp3", "audio/mpeg"),
    "opus": ("opus", "audio/ogg"),
}


def suffixes_of(clip: Clip) -> list[str]:
    """The files that this clip has."""
    return [suffix for suffix, (field, _) in CLIP_FILES.items() if getattr(clip, field)]


def clip_attachment(clip: Clip, suffix: str) -> HttpResponse:
    """A clip's file under a name that a researcher understands; Http404 where the clip has no such file."""
    field, kind = CLIP_FILES.get(suffix, ("", ""))
    stored = getattr(clip, field) if field else None
    if not stored:
        raise Http404(f"{clip} has no {suffix} file.")
    with stored.open("rb") as opened:
        return attachment(opened.read(), kind, clip_filename(clip, suffix))


def clip_filename(clip: Clip, suffix: str) -> str:
    return f"{clip.source.slug}-{clip.number:03}.{suffix}"


def run_folder_attachment(run: Run) -> FileResponse:
    """The run folder as a zip; Http404 before the first epoch has written it."""
    if not (run.folder / "config.json").exists():
        raise Http404(f"The run {run} has no folder yet: it has not finished its first epoch.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response)
    write_zip(run, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{run.slug}.zip", content_type="application/zip")
