"""The same music under other clip settings: more clips, next to those that there are. A clip is never changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from generation.catalogue.clip_settings import ClipSettings, arrangement_of
from generation.catalogue.clips import AddedClips, NewClip, add_clips, arrangement_provenance
from generation.catalogue.deletion import delete_clip
from generation.catalogue.errors import CatalogueError, Progress, no_progress
from generation.catalogue.rendering import RenderedClips, RenderingOptions, default_length, render_set
from generation.catalogue.soundfonts import Font, find_font
from generation.models import Clip, Source
from generation.music.audio.policy import STANDARD
from generation.music.corpora.corpora import CorpusError, open_corpus
from generation.music.score.arrangement import Arrangement, arrange
from generation.music.score.notes import MidiError, Piece, read_midi, write_midi
from generation.outcomes import rearranged_sentences
from studies.models import Study

# What the provenance of a clip says of its arrangement and its sound; a clip that is made from it has its own.
OF_ARRANGEMENT = ("arrangement", "lasts", "seconds", "rendering")


@dataclass
class RearrangedClips:
    clips: list[Clip] = field(default_factory=list)  # in place of those that were given, in their order
    refused: list[str] = field(default_factory=list)  # a sentence for each that could not be made
    new_clips: list[Clip] = field(default_factory=list)  # those among `clips` that were not there before
    recordings: int = 0  # of those that were given: their notes are unknown, so only their length can change
    rendered: RenderedClips | None = None

    @property
    def new(self) -> int:
        return len(self.new_clips)

    def values(self) -> dict:
        return {
            "new": self.new,
            "there": len(self.clips) - self.new,
            "recordings": self.recordings,
            "rendered": self.rendered.values() if self.rendered else None,
        }

    def sentences(self) -> list[str]:
        return rearranged_sentences(self.values())


@dataclass(frozen=True)
class Notes:
    """Of a clip: as they came, and as they are to be. Both empty for a recording."""

    before: bytes = b""
    after: bytes = b""
    length: dict = field(default_factory=dict)


def rearrange_clips(
    study: Study, clips: Iterable[Clip], settings: ClipSettings, *, progress: Progress = no_progress
) -> RearrangedClips:
    """Clips of the same music as these with one set of settings, rendered together. Those that exist already are used.

    Where some cannot be arranged or rendered, `refused` says which and why, and none is kept: nobody wants half a
    survey with one set of settings and half with another.
    """
    clips = list(clips)
    font = find_font(study, settings.soundfont) if settings.soundfont else None
    arrangement = settings.arrangement
    if not (arrangement.seconds or arrangement.bars):
        arrangement = replace(arrangement, seconds=_present_length(clips))
    rearranged = RearrangedClips(recordings=sum(bool(clip.recording) for clip in clips))
    notes = _arranged_notes(clips, arrangement, rearranged)
    if rearranged.refused:
        return rearranged
    seconds = (
        default_length([clip_notes.length for clip_notes in notes.values()])
        if arrangement.bars
        else arrangement.seconds
    )
    played = {"seconds": seconds, "instrument": settings.instrument}
    if font and not font.row:
        played["soundfont"] = font.name
    replacements = {clip: _new(clip, notes[clip], arrangement, played, font) for clip in clips}
    _keep(replacements, rearranged)
    _render(study, rearranged, RenderingOptions(seconds, settings.instrument, settings.soundfont), progress)
    return rearranged


def _present_length(clips: list[Clip]) -> float:
    """As all clips are to be equally long: as the shortest of them."""
    return min((clip.seconds for clip in clips if clip.seconds), default=STANDARD.seconds)


def _arranged_notes(clips: list[Clip], arrangement: Arrangement, rearranged: RearrangedClips) -> dict[Clip, Notes]:
    pieces = _Pieces()
    notes: dict[Clip, Notes] = {}
    for clip in clips:
        try:
            notes[clip] = Notes() if clip.recording else _notes_of(clip, arrangement, pieces)
        except (MidiError, CorpusError, OSError) as error:
            rearranged.refused.append(f"{clip}: {error}")
        else:
            if clip.midi and not notes[clip].after:
                rearranged.refused.append(_("%(clip)s has no notes left with these settings.") % {"clip": clip})
    return notes


def _notes_of(clip: Clip, arrangement: Arrangement, pieces: "_Pieces") -> Notes:
    before, piece = pieces.notes_before(clip, arrangement)
    if _is_arranged_so(clip, arrangement):
        with clip.midi.open("rb") as file:  # the very same notes: only how they are played is to change
            after = file.read()
        return Notes(before, after, {key: clip.provenance[key] for key in ("lasts",) if key in clip.provenance})
    after = arrange(piece, arrangement)
    return Notes(before, write_midi(after) if len(after) else b"", arrangement_provenance(after, arrangement))


def _is_arranged_so(clip: Clip, arrangement: Arrangement) -> bool:
    now = arrangement_of(clip)
    same_length = now.bars == arrangement.bars if arrangement.bars else clip.seconds == arrangement.seconds
    return same_length and now.treats_notes_like(arrangement) and arrangement.cut in ("start", now.cut)


class _Pieces:
    """The notes of clips before anything was done to them; a corpus is opened once."""

    def __init__(self):
        self.corpora: dict[int, list[Piece]] = {}

    def notes_before(self, clip: Clip, arrangement: Arrangement) -> tuple[bytes, Piece]:
        """As the file is to be kept (nothing where a corpus has them), and as notes."""
        whole = self._piece_in_corpus(clip)
        if whole is not None:
            # An original goes on in its piece: at another tempo, so many seconds have more of its beats.
            end = whole.beats if arrangement.cut == "start" else clip.provenance["end"]
            return b"", whole.excerpt(clip.provenance["start"], end)
        with (clip.original or clip.midi).open("rb") as file:
            data = file.read()
        return data, read_midi(data, name=clip.title)

    def _piece_in_corpus(self, clip: Clip) -> Piece | None:
        corpus = clip.source.corpus
        if clip.provenance.get("made_by") != "excerpt" or not corpus:
            return None
        if corpus.pk not in self.corpora:
            self.corpora[corpus.pk] = open_corpus(corpus.folder).pieces
        named = [piece for piece in self.corpora[corpus.pk] if piece.name == clip.provenance.get("piece")]
        same = [piece for piece in named if piece.digest() == clip.provenance.get("piece_sha256")] or named
        return same[0] if len(same) == 1 else None


def _new(clip: Clip, notes: Notes, arrangement: Arrangement, played: dict, font: Font | None) -> NewClip:
    provenance = {key: value for key, value in clip.provenance.items() if key not in OF_ARRANGEMENT}
    provenance |= {"arrangement": arrangement.as_dict(), "remake_of": clip.number, "seconds": played["seconds"]}
    provenance |= notes.length
    data, suffix = notes.after, ".mid"
    if clip.recording:
        with clip.recording.open("rb") as file:
            data, suffix = file.read(), f".{clip.recording.name.rpartition('.')[2]}"
    return NewClip(
        title=clip.title,
        data=data,
        suffix=suffix,
        provenance=provenance,
        original=notes.before,
        policy=played,
        soundfont=font.row if font else None,
        remake_of=clip.remake_of or clip,
    )


def _keep(replacements: dict[Clip, NewClip], rearranged: RearrangedClips) -> None:
    """Rows for what is new, source by source; `rearranged.clips` in the order of what they stand for."""
    clip_of: dict[Clip, Clip] = {}
    for source in dict.fromkeys(clip.source for clip in replacements):
        own = [clip for clip in replacements if clip.source == source]
        added = add_clips(source, [replacements[clip] for clip in own])
        rearranged.new_clips += added.clips
        clip_of |= dict(zip(own, _rows(source, added), strict=True))
    rearranged.clips = [clip_of[clip] for clip in replacements]


def _rows(source: Source, added: AddedClips) -> list[Clip]:
    digests = [line.sha256 for line in added.lines]
    rows = {row.content_sha256: row for row in source.clips.filter(content_sha256__in=digests)}
    if len(rows) < len(set(digests)):
        raise CatalogueError(
            _('A clip of "%(model)s" was deleted while it was being re-rendered. Try again.') % {"model": source}
        )
    return [rows[digest] for digest in digests]


def _render(study: Study, rearranged: RearrangedClips, options: RenderingOptions, progress: Progress) -> None:
    silent = [clip for clip in dict.fromkeys(rearranged.clips) if not clip.rendered]
    if silent:
        rearranged.rendered = render_set(study, silent, options, 0, progress)
        rearranged.refused = [reason for _, reason in rearranged.rendered.refused]
        for clip in silent:
            clip.refresh_from_db()
    if rearranged.refused:
        for clip in rearranged.new_clips:
            delete_clip(clip)
