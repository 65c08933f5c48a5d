"""Sources and their clips."""

from typing import Any, Literal

from django.db.models import Count, Q
from django.http import Http404
from ninja import Field, Router, Schema, Status

from generation.catalogue.clips import make_source
from generation.catalogue.lookup import find_source
from generation.catalogue.soundfonts import fonts_of
from generation.downloads import clip_attachment, suffixes_of
from generation.models import Clip, Source
from studies.api import STUDY, address, study_for
from studies.models import Role

router = Router(tags=["Sources and clips"])


class SourceIn(Schema):
    name: str
    origin: Literal["human", "ai", "anchor"] = Field(description="Who made the music, in truth.")
    description: str = ""
    citation: str = ""
    licence: str = ""
    checkpoint: str = ""
    settings: str = ""


class SourceOut(SourceIn):
    slug: str
    run: str | None
    corpus: str | None
    clips: int
    ready: int = Field(description="Clips that can be heard.")
    page: str


class ClipOut(Schema):
    source: str
    number: int
    title: str
    retired: bool
    seconds: float | None
    loudness: float | None = Field(description="LUFS, integrated.")
    true_peak: float | None = Field(description="dBTP.")
    midi_sha256: str
    files: dict[str, str] = Field(description="Addresses by kind: mid, flac, mp3, opus.")
    page: str


class ClipWithProvenance(ClipOut):
    provenance: dict[str, Any]


@router.get("/sources", response=list[SourceOut])
def sources(request, study: str = STUDY):
    """Where clips come from."""
    return [source_out(request, source) for source in with_clip_counts(study_for(request, study, Role.VIEWER).sources)]


@router.post("/sources", response={201: SourceOut, 200: SourceOut})
def create(request, wanted: SourceIn, study: str = STUDY):
    """A source that clips can be sent to. The same name again is the one that is there: 200."""
    values = wanted.dict()
    made, is_new = make_source(study_for(request, study, Role.EDITOR), values.pop("name"), **values)
    return Status(201 if is_new else 200, source_out(request, made))


@router.get("/sources/{name}", response=SourceOut)
def source(request, name: str, study: str = STUDY):
    """One source."""
    return source_out(request, find_source(study_for(request, study, Role.VIEWER), name))


@router.get("/sources/{name}/clips/{int:number}", response=ClipWithProvenance)
def clip(request, name: str, number: int, study: str = STUDY):
    """One clip and where it comes from: run or file, seed, sampling, policy, and the hashes of all its files."""
    found = clip_of(request, study, name, number)
    return ClipWithProvenance(
        **clip_out(request, found).dict(),
        provenance={"content_sha256": found.content_sha256, **found.provenance},
    )


@router.get("/sources/{name}/clips/{int:number}/file.{suffix}", response={200: bytes})
def file(request, name: str, number: int, suffix: str, study: str = STUDY):
    """A clip's MIDI, master or encoded sound."""
    found = clip_of(request, study, name, number)
    return clip_attachment(found, suffix)


class SoundfontOut(Schema):
    key: str = Field(description="By which it is asked for.")
    name: str
    licence: str
    citation: str
    brought: bool = Field(description="By somebody of the study; otherwise it is installed.")


@router.get("/soundfonts", response=list[SoundfontOut])
def soundfonts(request, study: str = STUDY):
    """What clips can be played with; the one that is played unless another is named comes first."""
    return [
        SoundfontOut(
            key=font.key, name=font.name, licence=font.licence, citation=font.citation, brought=font.row is not None
        )
        for font in fonts_of(study_for(request, study, Role.VIEWER))
    ]


def clip_of(request, study: str, name: str, number: int) -> Clip:
    source = find_source(study_for(request, study, Role.VIEWER), name)
    found = source.clips.select_related("source__study").filter(number=number).first()
    if found is None:
        raise Http404(f"{source} has no clip {number}.")
    return found


def with_clip_counts(sources):
    ready = Count("clips", filter=Q(clips__rendered__isnull=False))
    return sources.select_related("run", "corpus").annotate(clips_count=Count("clips"), ready_count=ready)


def source_out(request, source: Source) -> SourceOut:
    if not hasattr(source, "clips_count"):
        source = with_clip_counts(Source.objects).get(pk=source.pk)
    plain = ("name", "slug", "origin", "description", "citation", "licence", "checkpoint", "settings")
    return SourceOut(
        **{key: getattr(source, key) for key in plain},
        run=source.run.name if source.run else None,
        corpus=source.corpus.name if source.corpus else None,
        clips=source.clips_count,
        ready=source.ready_count,
        page=request.build_absolute_uri(source.get_absolute_url()),
    )


def clip_out(request, clip: Clip) -> ClipOut:
    source = clip.source
    here = f"sources/{source.slug}/clips/{clip.number}/file"
    return ClipOut(
        **{key: getattr(clip, key) for key in ("number", "title", "retired", "seconds", "loudness", "true_peak")},
        source=source.name,
        midi_sha256=clip.midi_sha256,
        files={suffix: address(request, f"{here}.{suffix}", source.study) for suffix in suffixes_of(clip)},
        page=request.build_absolute_uri(clip.get_absolute_url()),
    )
