"""What the clips of a source owe to a corpus, kept in their rows: a clip never changes, nor does a corpus."""

import math
from dataclasses import dataclass, field

from generation.catalogue.clip_measures import heard_notes
from generation.catalogue.errors import CatalogueError, Progress, count_of, no_progress
from generation.models import Clip, Corpus, Source
from generation.music.analysis.originality import VIEWS, Originality, originality
from generation.music.corpora.corpora import open_corpus, split
from generation.music.score.notes import Piece
from generation.music.training.runs import open_run

SHARE_HELD_OUT = 0.1  # of a corpus that nobody divided, to see what human pieces share with the rest
NOTES = {"melody": "notes of the melody", "chords": "chords"}  # what a view compares


@dataclass
class CheckedOriginality:
    source: Source
    corpus: Corpus
    judged: int
    already: int
    flagged: list[tuple[Clip, str]] = field(default_factory=list)  # with a sentence each
    recordings: int = 0
    could_tell: bool = True  # there were human excerpts to compare with

    def sentences(self) -> list[str]:
        said = [f'{count_of(self.judged, "clip")} of "{self.source}" compared with "{self.corpus}".']
        if self.already:
            said.append(f"{count_of(self.already, 'clip')} had been compared with it before.")
        if self.recordings:
            said.append(f"{count_of(self.recordings, 'recording')} left out: there are no notes to compare.")
        if self.judged + self.already and not self.flagged:
            said.append(
                "None shares more with it than human pieces do."
                if self.could_tell
                else "How much human pieces share with it cannot be told: it has none as long to hold out."
            )
        return said + [f"{clip} may copy: {why}" for clip, why in self.flagged]


def check_originality(
    source: Source, corpus: Corpus | None = None, *, progress: Progress = no_progress
) -> CheckedOriginality:
    """Every clip of the source against the corpus, or against the one that its run was trained on.

    Held-out human pieces say how much is usual: those that the run never learned from, or else a tenth of the corpus,
    drawn always alike, against the rest.
    """
    corpus = corpus or corpus_of(source)
    if source.corpus_id and source.corpus.fingerprint == corpus.fingerprint:
        raise CatalogueError(f'"{source}" is made of excerpts of "{corpus}": each would be found in it.')
    clips = list(source.clips.filter(retired=False).exclude(midi=""))
    waiting = [clip for clip in clips if corpus.fingerprint not in clip.originality]
    heard = [(clip, piece) for clip, piece in ((clip, heard_notes(clip)) for clip in waiting) if piece is not None]
    if heard:
        _judge(heard, corpus, *_sides(source, corpus), progress)
    flagged = [
        (clip, sentence(clip.originality[corpus.fingerprint])) for clip in clips if is_suspected_copy(clip, corpus)
    ]
    recordings = source.clips.filter(retired=False, midi="").count()
    found = [clip.originality[corpus.fingerprint] for clip in clips if corpus.fingerprint in clip.originality]
    could_tell = any(one[view]["excerpts"] for one in found for view in VIEWS)
    return CheckedOriginality(source, corpus, len(heard), len(clips) - len(waiting), flagged, recordings, could_tell)


def corpus_of(source: Source) -> Corpus:
    if source.run_id and source.run.corpus_id:
        return source.run.corpus
    raise CatalogueError(f'"{source}" was not composed by a run: say with which corpus it is to be compared.')


def _sides(source: Source, corpus: Corpus) -> tuple[list[Piece], list[Piece]]:
    """The pieces that clips may have been copied from, and human pieces to compare with."""
    pieces = open_corpus(corpus.folder).pieces
    if source.run_id and source.run.corpus_id == corpus.pk:
        held_out = {digest for _, digest in open_run(source.run.folder).config["corpus"]["held_out"]}
        sides = {True: [], False: []}
        for piece in pieces:
            sides[piece.digest() in held_out].append(piece)
        return sides[False], sides[True]
    if len(pieces) < 2:
        return pieces, []
    return pieces, split(pieces, validation=SHARE_HELD_OUT, seed=1)[1]


def _judge(
    heard: list[tuple[Clip, Piece]], corpus: Corpus, known: list[Piece], held_out: list[Piece], progress: Progress
) -> None:
    found: list[dict] = [{"corpus": corpus.name, "pieces": len(known), "held_out": len(held_out)} for _ in heard]
    for number, view in enumerate(VIEWS, 1):
        judged = originality([piece for _, piece in heard], known, held_out, view=view)
        progress(number, len(VIEWS), "views compared")
        for one, result in zip(found, judged, strict=True):
            one[view] = _numbers(result)
    for (clip, _), one in zip(heard, found, strict=True):
        clip.originality = clip.originality | {corpus.fingerprint: one}
        Clip.objects.filter(pk=clip.pk).update(originality=clip.originality)


def _numbers(result: Originality) -> dict:
    numbers = {
        "run": result.run.events,
        "beat": result.run.beat,  # where it begins in the clip
        "piece": result.run.name,
        "bar": result.run.bar,
        "events": result.events,
        "grams": result.grams,
        "human_run": result.human_run,
        "human_most": result.human_most,
        "human_grams": result.human_grams,
        "rank": result.rank,
        "excerpts": result.excerpts,
        "is_flagged": result.is_flagged,
    }
    # JSON knows no NaN.
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in numbers.items()}


def is_suspected_copy(clip: Clip, corpus: Corpus | None = None) -> bool:
    """Whether it shares more with the corpus, or with any that it was compared with, than human pieces do."""
    found = [one for key, one in clip.originality.items() if corpus is None or key == corpus.fingerprint]
    return any(one[view]["is_flagged"] for one in found for view in VIEWS)


def sentence(found: dict) -> str:
    """What is shared in the view that says most: where it is flagged, or the melody."""
    view = next((view for view in VIEWS if found[view]["is_flagged"]), "melody")
    one = found[view]
    if not one["run"]:
        return "It shares no two steps with the corpus."
    place = f"“{one['piece']}” from bar {one['bar']}"
    said = f"{one['run'] + 1} {NOTES[view]} in a row stand in the corpus as well, in {place}."
    if not one["excerpts"]:
        return f"{said} There is no human music of its length to compare with."
    return (
        f"{said} Of human music as long, half shares more than {one['human_run'] + 1:.0f}, and one excerpt in a "
        f"hundred more than {one['human_most'] + 1:.0f}."
    )
