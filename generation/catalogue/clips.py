"""New clips of a source: their files first, their rows last and all at once."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from generation.catalogue.errors import CatalogueError, counted
from generation.models import Clip, Corpus, Origin, Run, Source, opaque_name
from studies.models import Study

MELODY_ONLY = {False: {}, True: {"melody_only": True}}  # said in the provenance of a clip that was cut to one voice


@dataclass(frozen=True)
class NewClip:
    """What a clip is to be made of, before it has a row."""

    title: str
    data: bytes  # as it is kept: a MIDI or audio file
    suffix: str  # ".mid", or that of the recording
    provenance: dict

    @property
    def called(self) -> str:
        """The file it came from, or what it is called where it came from none."""
        return self.provenance.get("file", self.title)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Line:
    """What came of one file, or of one clip that was asked for."""

    name: str
    outcome: str  # "taken", "already" or "refused"
    why: str = ""
    clip: Clip | None = None


@dataclass
class Added:
    """What came of it, in the order in which it came."""

    source: Source
    lines: list[Line] = field(default_factory=list)

    @property
    def clips(self) -> list[Clip]:
        return [line.clip for line in self.lines if line.clip]

    @property
    def already(self) -> list[str]:
        return [line.name for line in self.lines if line.outcome == "already"]

    @property
    def refused(self) -> list[tuple[str, str]]:
        return [(line.name, line.why) for line in self.lines if line.outcome == "refused"]

    def sentences(self) -> list[str]:
        said = []
        if self.clips:
            said.append(f'{counted(len(self.clips), "clip")} added to "{self.source}".')
        if self.already:
            were = "was" if len(self.already) == 1 else "were"
            said.append(f'{counted(len(self.already), "clip")} {were} in "{self.source}" already: nothing added.')
        said += [f"Refused: {name} {reason}" for name, reason in self.refused]
        return said


def source_named(
    study: Study, name: str, *, origin: str, run: Run | None = None, corpus: Corpus | None = None, **about: str
) -> Source:
    """The source of that name, or a new one that is kept together with its first clip."""
    if origin not in Origin.values:
        raise CatalogueError(f'The origin "{origin}" is none of: {", ".join(Origin.values)}.')
    name = name.strip()
    if not name:
        raise CatalogueError("A source needs a name.")
    source = study.sources.filter(name=name).first() or study.sources.filter(slug=name).first()
    if source is None:
        return Source(study=study, name=name, origin=origin, run=run, corpus=corpus, **about)
    if source.origin != origin:
        raise CatalogueError(
            f'The source "{source}" has the origin {source.origin}, not {origin}: listeners would be told the wrong '
            "truth. Choose another name."
        )
    if (run and source.run != run) or (corpus and source.corpus != corpus):
        raise CatalogueError(f'The source "{source}" has clips from somewhere else. Choose another name.')
    return source


def make_source(study: Study, name: str, *, origin: str, **about: str) -> tuple[Source, bool]:
    """A source without clips yet, and whether it is new; one of that name is left as it is."""
    source = source_named(study, name, origin=origin, **about)
    is_new = source.pk is None
    if is_new:
        source.save()
    return source, is_new


def add_clips(source: Source, new: Iterable[NewClip | tuple[str, str]]) -> Added:
    """Keep what comes, one after the other, so that no more than one is in memory.

    What comes as a pair (name, reason) was refused already and is only listed.
    """
    added = Added(source)
    known = set(source.clips.values_list("content_sha256", flat=True)) if source.pk else set()
    try:
        for one in new:
            if isinstance(one, tuple):
                name, reason = one
                added.lines.append(Line(name, "refused", reason))
            elif one.sha256 in known:
                added.lines.append(Line(one.called, "already"))
            else:
                known.add(one.sha256)
                added.lines.append(Line(one.called, "taken", clip=_with_its_file(one)))
        if added.clips:
            _keep_rows(added)
    except BaseException:
        for clip in added.clips:
            default_storage.delete(_file_of(clip).name)
        raise
    return added


def _with_its_file(new: NewClip) -> Clip:
    name = opaque_name()
    clip = Clip(name=name, title=new.title[:200], content_sha256=new.sha256, provenance=new.provenance)
    if new.suffix == ".mid":
        clip.midi_sha256 = new.sha256
        clip.midi.name = default_storage.save(f"midi/{name}.mid", ContentFile(new.data))
    else:
        clip.recording.name = default_storage.save(f"recordings/{name}{new.suffix}", ContentFile(new.data))
    return clip


def _file_of(clip: Clip):
    return clip.midi or clip.recording


@transaction.atomic
def _keep_rows(added: Added) -> None:
    source = added.source
    if source.pk is None:
        source.save()
    else:
        # Whoever adds to the same source at the same time waits here, and numbers go on without gaps.
        Source.objects.select_for_update().get(pk=source.pk)
    number = source.clips.aggregate(last=Max("number"))["last"] or 0
    for clip in added.clips:
        number += 1
        clip.source, clip.number = source, number
        clip.save()
