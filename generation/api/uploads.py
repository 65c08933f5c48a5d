"""The clips of a source: listed; and sent: kept as they come, made and rendered by a worker, told line by line."""

from pathlib import Path

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from ninja import Field, Router, Schema, Status

from generation import upload_staging
from generation.api.sources import ClipOut, clip_out
from generation.catalogue.errors import CatalogueError
from generation.catalogue.lookup import find_source
from generation.forms.arrangement import ArrangementForm
from generation.forms.clips import ABOUT, SourceForm
from generation.forms.error_sentences import error_sentences
from generation.job_requests import send_files
from generation.music.corpora.archives import ArchiveError, open_archive
from jobs.api import JobOut, job_out
from jobs.models import Job
from studies.api import STUDY, study_for
from studies.models import Role

router = Router(tags=["Sources and clips"])
NO_FILES = "There are no files in it: send them as multipart/form-data, -F files=@clips.zip with curl."


class ReceivedFile(Schema):
    name: str
    bytes: int
    files: int = Field(description="1, or how many are in the zip; 0: it cannot be opened, and will be refused.")


def received(path: Path) -> ReceivedFile:
    try:
        archive = open_archive(path, lambda name: True)
    except ArchiveError:
        files = 0
    else:
        files = len(archive.names)
        archive.close()
    return ReceivedFile(name=path.name, bytes=path.stat().st_size, files=files)


class DeliveryOut(Schema):
    source: str
    received: list[ReceivedFile] = Field(description="What came, and will be read one by one.")
    job: JobOut


def field(kind: str, about: str, **more) -> dict:
    return {"type": kind, "description": about, **more}


# The files are never in memory, so the body is read by hand, and described by hand.
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": field(
                        "array",
                        f"MIDI, WAV, FLAC, OGG, MP3, or zips of them; up to {upload_staging.MOST_FILES:,}.",
                        items={"type": "string", "format": "binary"},
                    ),
                    "origin": field("string", "Of a new source: human, ai or anchor."),
                    **{name: field("string", "Of a new source.") for name in ABOUT},
                    **{
                        name: field("string", str(shown.help_text or shown.label), default=shown.initial or "")
                        for name, shown in ArrangementForm().fields.items()
                    },
                },
            }
        }
    },
}


# One address is one router's: what is read and what is sent there stand together.


@router.get("/sources/{name}/clips", response=list[ClipOut])
def clips(request, name: str, study: str = STUDY):
    """The clips of a source."""
    found = find_source(study_for(request, study, Role.VIEWER), name)
    return [clip_out(request, clip) for clip in found.clips.defer("measured").select_related("source__study")]


@router.post("/sources/{name}/clips", response={202: DeliveryOut}, openapi_extra={"requestBody": BODY})
def send_clips(request, name: str, study: str = STUDY):
    """Send clips made elsewhere, to a source that is there or to a new one. What becomes of each file stands in the
    job's lines: taken, already there, or refused and why."""
    there = study_for(request, study, Role.EDITOR)
    folder = upload_staging.new_folder()
    handler = upload_staging.IntoFolder(folder, most_files=upload_staging.MOST_FILES)
    request.upload_handlers = [handler]
    job = None
    try:
        posted = request.POST
        if handler.refusal:
            raise CatalogueError(handler.refusal)
        came = [received(path) for path in upload_staging.files_in(folder)]
        if not came:
            raise CatalogueError(NO_FILES)
        job = request_import(there, name, posted, folder)
        return Status(202, DeliveryOut(source=job.title, received=came, job=job_out(request, job)))
    except TooManyFilesSent:  # Django's own limit, far beyond ours
        raise CatalogueError(upload_staging.TOO_MANY) from None
    except SuspiciousOperation as error:
        raise CatalogueError(f"The request cannot be read: {error}.") from error
    finally:
        if job is None:
            upload_staging.forget(folder)


def request_import(study, name: str, posted, folder) -> Job:
    """The job, from the fields of the page's forms; what is not given is as the page has it at first."""
    source = study.sources.named(name).first()
    arranged = ArrangementForm(posted, study=study)
    about = SourceForm(posted.dict() | {"name": name}, study=study) if source is None else None
    if not all([arranged.is_valid(), about is None or about.is_valid()]):
        raise CatalogueError(error_sentences(*filter(None, (about, arranged))))
    return send_files(
        study,
        folder,
        source=source.name if source else about.cleaned_data["name"].strip(),
        origin=source.origin if source else about.cleaned_data["origin"],
        **arranged.cleaned_data,
        **(about.about() if about else {}),
    )
