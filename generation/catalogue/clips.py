"""New clips of a source: their files first, their rows last and all at once."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.catalogue.errors import CatalogueError, proper_name
from generation.models import Clip, Corpus, Origin, Run, Soundfont, Source, opaque_name
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import Piece
from generation.outcomes import added_sentences
from studies.models import Study

INSTRUMENT_LABELS = {"piano": gettext_lazy("all piano"), "file": gettext_lazy("as in the file")}


@dataclass(frozen=True)
class NewClip:
    """What a clip is to be made of, before it has a row."""

    title: str
    data: bytes  # as it is kept: a MIDI or audio file
    suffix: str  # ".mid", or that of the recording
    provenance: dict
    original: bytes = b""  # the notes before something was done to them, where that was done
    policy: dict = field(default_factory=dict)  # how it is to be rendered, where not as the study's others
    soundfont: Soundfont | None = None
    remake_of: Clip | None = None

    @property
    def shown_name(self) -> str:
        """The file it came from, or its title where it came from none."""
        return self.provenance.get("file", self.title)

    @property
    def data_sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def sha256(self) -> str:
        """Of what it is made of and how: the same twice is one clip."""
        how = self.policy | ({"soundfont": self.soundfont.sha256} if self.soundfont else {})
        return (
            hashlib.sha256(self.data + json.dumps(how, sort_keys=True).encode()).hexdigest()
            if how
            else self.data_sha256
        )


def arrangement_provenance(piece: Piece, arrangement: Arrangement) -> dict:
    """What was asked for the notes of a clip, and how long it is to be heard: for so many seconds; or, where its length
    was asked for in bars, for as long as these last."""
    provenance: dict = {"arrangement": arrangement.as_dict()}
    if arrangement.bars:
        return provenance | {"lasts": round(piece.seconds, 3)}
    return provenance | ({"seconds": arrangement.seconds} if arrangement.seconds else {})


def require_length(arrangement: Arrangement) -> None:
    """Where nothing else says how long a clip is."""
    if not (arrangement.seconds or arrangement.bars):
        raise CatalogueError(_("Set the length of a clip, in seconds or in bars."))


@dataclass(frozen=True)
class Line:
    """What came of one file, or of one clip that was asked for."""

    name: str
    outcome: str  # "taken", "already" or "refused"
    why: str = ""
    clip: Clip | None = None
    sha256: str = ""  # of the clip, taken or there already


@dataclass
class AddedClips:
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

    def values(self) -> dict:
        return {
            "name": str(self.source),
            "added": len(self.clips),
            "unfinished": sum(clip.provenance.get("complete") is False for clip in self.clips),
            "already": len(self.already),
            "refused": self.refused,
        }

    def sentences(self) -> list[str]:
        return added_sentences(self.values())


def source_named(
    study: Study, name: str, *, origin: str, run: Run | None = None, corpus: Corpus | None = None, **about: str
) -> Source:
    """The source of that name, or a new one that is kept together with its first clip."""
    if origin not in Origin.values:
        raise CatalogueError(
            _('"%(origin)s" is not an origin. Choose one of: %(choices)s.')
            % {"origin": origin, "choices": ", ".join(Origin.values)}
        )
    name = proper_name(name, of="source")
    source = study.sources.named(name).first()
    if source is None:
        return Source(study=study, name=name, origin=origin, run=run, corpus=corpus, **about)
    if source.origin != origin:
        raise CatalogueError(
            _(
                'The model "%(model)s" has the origin "%(present)s", not "%(origin)s", so participants would be told '
                "the wrong origin. Choose another name."
            )
            % {"model": source, "present": source.origin, "origin": origin}
        )
    if (run and source.run != run) or (corpus and source.corpus != corpus):
        raise CatalogueError(
            _('The model "%(model)s" has clips from another training run or corpus. Choose another name.')
            % {"model": source}
        )
    return source


def make_source(study: Study, name: str, *, origin: str, **about: str) -> tuple[Source, bool]:
    """A source without clips yet, and whether it is new; one of that name is left as it is."""
    source = source_named(study, name, origin=origin, **about)
    is_new = source.pk is None
    if is_new:
        source.save()
    return source, is_new


def add_clips(source: Source, new: Iterable[NewClip | Line]) -> AddedClips:
    """Keep what comes, one after the other, so that no more than one is in memory.

    A `Line` stands for a file that was refused already and is only listed.
    """
    added = AddedClips(source)
    known = set(source.clips.values_list("content_sha256", flat=True)) if source.pk else set()
    try:
        for clip in new:
            if isinstance(clip, Line):
                added.lines.append(clip)
            elif clip.sha256 in known:
                added.lines.append(Line(clip.shown_name, "already", sha256=clip.sha256))
            else:
                known.add(clip.sha256)
                added.lines.append(Line(clip.shown_name, "taken", clip=_clip_with_files(clip), sha256=clip.sha256))
        if added.clips:
            _keep_rows(added)
    except BaseException:
        for clip in added.clips:
            for file in filter(None, (clip.midi, clip.recording, clip.original)):
                default_storage.delete(file.name)
        raise
    return added


def _clip_with_files(new: NewClip) -> Clip:
    name = opaque_name()
    clip = Clip(name=name, title=new.title[:200], content_sha256=new.sha256, provenance=new.provenance)
    clip.policy, clip.soundfont, clip.remake_of = new.policy, new.soundfont, new.remake_of
    if new.suffix == ".mid":
        clip.midi_sha256 = new.data_sha256
        clip.midi.name = _store_file(f"midi/{name}.mid", new.data)
    else:
        clip.recording.name = _store_file(f"recordings/{name}{new.suffix}", new.data)
    if new.original and new.original != new.data:
        clip.original.name = _store_file(f"originals/{name}.mid", new.original)
    return clip


def _store_file(name: str, data: bytes) -> str:
    """A new file, whole or not at all."""
    try:
        return default_storage.save(name, ContentFile(data))
    except BaseException:
        default_storage.delete(name)
        raise


@transaction.atomic
def _keep_rows(added: AddedClips) -> None:
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
