"""The same music under another policy: other clips, beside those that there are. A clip is never changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from generation.catalogue.clips import Added, NewClip, add_clips, lasting
from generation.catalogue.deletion import delete_clip
from generation.catalogue.errors import CatalogueError, Progress, in_silence
from generation.catalogue.rendering import RenderedClips, Wishes, render_set, usual_length
from generation.catalogue.soundfonts import Font, find_font
from generation.models import Clip, Source
from generation.music.audio.policy import STANDARD
from generation.music.corpora.corpora import CorpusError, open_corpus
from generation.music.score.arrangement import Making, made
from generation.music.score.notes import MidiError, Piece, read_midi, write_midi
from generation.outcomes import remade_sentences
from studies.models import Study

# What provenance says of how notes were made, and where it was made anew is said anew.
OF_MAKING = ("making", "melody_only", "tempo", "dynamics", "bars", "lasts", "seconds", "rendering")


@dataclass(frozen=True)
class Policy:
    """What is to be the same for all clips of a survey: how their notes are made, and how they are played."""

    making: Making = field(default_factory=Making)  # without a length: as long as the clips are
    instrument: str = "piano"
    soundfont: str = ""  # a name, as `soundfonts.find_font` knows it; empty: as the study's other clips

    def as_dict(self) -> dict:
        return {"making": self.making.as_dict(), "instrument": self.instrument, "soundfont": self.soundfont}

    @classmethod
    def from_dict(cls, values: dict) -> "Policy":
        return cls(**values | {"making": Making(**values.get("making", {}))})


@dataclass
class Remade:
    clips: list[Clip] = field(default_factory=list)  # in place of those that were given, in their order
    refused: list[str] = field(default_factory=list)  # a sentence for each that could not be made
    made: list[Clip] = field(default_factory=list)  # those among `clips` that were not there before
    recordings: int = 0  # of those that were given: their notes are not known: only their length can be made another
    rendered: RenderedClips | None = None

    @property
    def new(self) -> int:
        return len(self.made)

    def values(self) -> dict:
        return {
            "new": self.new,
            "there": len(self.clips) - self.new,
            "recordings": self.recordings,
            "rendered": self.rendered.values() if self.rendered else None,
        }

    def sentences(self) -> list[str]:
        return remade_sentences(self.values())


@dataclass(frozen=True)
class Notes:
    """Of a clip: as they came, and as they are to be. Both empty for a recording."""

    before: bytes = b""
    after: bytes = b""
    length: dict = field(default_factory=dict)


def remake(study: Study, clips: Iterable[Clip], policy: Policy, *, progress: Progress = in_silence) -> Remade:
    """Clips of the same music as these under one policy, rendered as one set. What is there already is taken.

    Where some cannot be made or rendered, `refused` says which and why, and none is kept: half a survey under one
    policy and half under another is what nobody wants.
    """
    clips = list(clips)
    font = find_font(study, policy.soundfont) if policy.soundfont else None
    making = policy.making
    if not (making.seconds or making.bars):
        making = replace(making, seconds=_present_length(clips))
    remade = Remade(recordings=sum(bool(clip.recording) for clip in clips))
    notes = _made(clips, making, remade)
    if remade.refused:
        return remade
    seconds = usual_length([one.length for one in notes.values()]) if making.bars else making.seconds
    played = {"seconds": seconds, "instrument": policy.instrument}
    if font and not font.row:
        played["soundfont"] = font.name
    wanted = {clip: _new(clip, notes[clip], making, played, font) for clip in clips}
    _keep(wanted, remade)
    _render(study, remade, Wishes(seconds, policy.instrument, policy.soundfont), progress)
    return remade


def _present_length(clips: list[Clip]) -> float:
    """As all clips are to be equally long: as the shortest of them."""
    return min((clip.seconds for clip in clips if clip.seconds), default=STANDARD.seconds)


def made_how(clip: Clip) -> Making:
    """What was done to a clip's notes, from its provenance."""
    told = clip.provenance
    if "making" in told:
        return Making(**told["making"])
    return Making(
        tempo=told.get("tempo", 0.0),
        dynamics=told.get("dynamics", "file"),
        texture="melody" if told.get("melody_only") else "file",
    )


def in_words(clip: Clip) -> dict[str, str]:
    """The policy that a clip was made and rendered under, part by part."""
    rendering = clip.provenance.get("rendering", {})
    told = {"Length": f"{clip.seconds:g} s" if clip.seconds else "not rendered"}
    if clip.recording:
        return told | dict.fromkeys(("Tempo", "Dynamics", "Voices", "Instruments", "Soundfont"), "as recorded")
    how = made_how(clip)
    return told | {
        "Tempo": f"{how.tempo:g} quarter notes a minute" if how.tempo else "as in the file",
        "Dynamics": "every note equally loud" if how.dynamics == "flat" else "as in the file",
        "Voices": "the melody only" if how.texture == "melody" else "as in the file",
        "Instruments": "all piano" if rendering.get("policy", {}).get("instrument") == "piano" else "as in the file",
        "Soundfont": rendering.get("soundfont", "unknown"),
    }


def _made(clips: list[Clip], making: Making, remade: Remade) -> dict[Clip, Notes]:
    pieces = _Pieces()
    found: dict[Clip, Notes] = {}
    for clip in clips:
        try:
            found[clip] = Notes() if clip.recording else _notes_of(clip, making, pieces)
        except (MidiError, CorpusError, OSError) as error:
            remade.refused.append(f"{clip}: {error}")
        else:
            if clip.midi and not found[clip].after:
                remade.refused.append(f"{clip} has no notes when it is made so.")
    return found


def _notes_of(clip: Clip, making: Making, pieces: "_Pieces") -> Notes:
    before, piece = pieces.of(clip, making)
    if _is_made_so(clip, making):
        with clip.midi.open("rb") as file:  # the very same notes: only how they are played is to change
            after = file.read()
        return Notes(before, after, {key: clip.provenance[key] for key in ("bars", "lasts") if key in clip.provenance})
    after = made(piece, making)
    return Notes(before, write_midi(after) if len(after) else b"", lasting(after, making))


def _is_made_so(clip: Clip, making: Making) -> bool:
    now = made_how(clip)
    same_notes = (now.tempo, now.dynamics, now.texture) == (making.tempo, making.dynamics, making.texture)
    same_length = clip.provenance.get("bars") == making.bars if making.bars else clip.seconds == making.seconds
    return same_notes and same_length and making.cut in ("start", now.cut)


class _Pieces:
    """The notes of clips before anything was done to them; a corpus is opened once."""

    def __init__(self):
        self.corpora: dict[int, list[Piece]] = {}

    def of(self, clip: Clip, making: Making) -> tuple[bytes, Piece]:
        """As the file is to be kept (nothing where a corpus has them), and as notes."""
        whole = self._in_corpus(clip)
        if whole is not None:
            # An original goes on in its piece: at another tempo, so many seconds have more of its beats.
            end = whole.beats if making.cut == "start" else clip.provenance["end"]
            return b"", whole.excerpt(clip.provenance["start"], end)
        with (clip.original or clip.midi).open("rb") as file:
            data = file.read()
        return data, read_midi(data, name=clip.title)

    def _in_corpus(self, clip: Clip) -> Piece | None:
        corpus = clip.source.corpus
        if clip.provenance.get("made_by") != "excerpt" or not corpus:
            return None
        if corpus.pk not in self.corpora:
            self.corpora[corpus.pk] = open_corpus(corpus.folder).pieces
        named = [piece for piece in self.corpora[corpus.pk] if piece.name == clip.provenance.get("piece")]
        same = [piece for piece in named if piece.digest() == clip.provenance.get("piece_sha256")] or named
        return same[0] if len(same) == 1 else None


def _new(clip: Clip, notes: Notes, making: Making, played: dict, font: Font | None) -> NewClip:
    told = {key: value for key, value in clip.provenance.items() if key not in OF_MAKING}
    told |= {"making": making.as_dict(), "seconds": played["seconds"], "remake_of": clip.number} | notes.length
    data, suffix = notes.after, ".mid"
    if clip.recording:
        with clip.recording.open("rb") as file:
            data, suffix = file.read(), f".{clip.recording.name.rpartition('.')[2]}"
    return NewClip(
        title=clip.title,
        data=data,
        suffix=suffix,
        provenance=told,
        original=notes.before,
        policy=played,
        soundfont=font.row if font else None,
        remake_of=clip.remake_of or clip,
    )


def _keep(wanted: dict[Clip, NewClip], remade: Remade) -> None:
    """Rows for what is new, source by source; `remade.clips` in the order of what they stand for."""
    found: dict[Clip, Clip] = {}
    for source in dict.fromkeys(clip.source for clip in wanted):
        own = [clip for clip in wanted if clip.source == source]
        added = add_clips(source, [wanted[clip] for clip in own])
        remade.made += added.clips
        found |= dict(zip(own, _rows(source, added), strict=True))
    remade.clips = [found[clip] for clip in wanted]


def _rows(source: Source, added: Added) -> list[Clip]:
    digests = [line.sha256 for line in added.lines]
    rows = {row.content_sha256: row for row in source.clips.filter(content_sha256__in=digests)}
    if len(rows) < len(set(digests)):
        raise CatalogueError(f'A clip of "{source}" was removed while it was made anew; try again.')
    return [rows[digest] for digest in digests]


def _render(study: Study, remade: Remade, wishes: Wishes, progress: Progress) -> None:
    silent = [clip for clip in dict.fromkeys(remade.clips) if not clip.rendered]
    if silent:
        remade.rendered = render_set(study, silent, wishes, 0, progress)
        remade.refused = [reason for _, reason in remade.rendered.refused]
        for clip in silent:
            clip.refresh_from_db()
    if remade.refused:
        for clip in remade.made:
            delete_clip(clip)
