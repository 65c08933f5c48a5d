"""What the clips of a source owe to a corpus, kept in their rows: a clip never changes, nor does a corpus."""

import math
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from generation.catalogue.clip_measures import heard_notes
from generation.catalogue.errors import CatalogueError, Progress, no_progress
from generation.models import Clip, Corpus, Source
from generation.music.analysis.originality import VIEWS, Originality, originality
from generation.music.corpora.corpora import open_corpus, split
from generation.music.score.notes import Piece
from generation.music.training.runs import open_run
from generation.outcomes import originality_sentences

SHARE_HELD_OUT = 0.1  # of a corpus that nobody divided, to see what human pieces share with the rest


@dataclass
class CheckedOriginality:
    source: Source
    corpus: Corpus
    judged: int
    already: int
    flagged: list[Clip] = field(default_factory=list)
    recordings: int = 0
    could_tell: bool = True  # there were human excerpts to compare with

    def values(self) -> dict:
        return {
            "source": self.source.pk,
            "name": str(self.source),
            "corpus": str(self.corpus),
            "judged": self.judged,
            "already": self.already,
            "recordings": self.recordings,
            "could_tell": self.could_tell,
            "flagged": [[str(clip), clip.originality[self.corpus.fingerprint]] for clip in self.flagged],
        }

    def sentences(self) -> list[str]:
        return originality_sentences(self.values())


def check_originality(
    source: Source, corpus: Corpus | None = None, *, progress: Progress = no_progress
) -> CheckedOriginality:
    """Every clip of the source against the corpus, or against the one that its run was trained on.

    Held-out human pieces say how much is usual: those that the run never learned from, or else a tenth of the corpus,
    drawn always alike, against the rest.
    """
    corpus = corpus or corpus_of(source)
    if source.corpus_id and source.corpus.fingerprint == corpus.fingerprint:
        raise CatalogueError(
            _('The clips of "%(model)s" are excerpts of "%(corpus)s" itself. Compare them with another corpus.')
            % {"model": source, "corpus": corpus}
        )
    clips = list(source.clips.filter(retired=False).exclude(midi=""))
    waiting = [clip for clip in clips if corpus.fingerprint not in clip.originality]
    heard = [(clip, piece) for clip, piece in ((clip, heard_notes(clip)) for clip in waiting) if piece is not None]
    if heard:
        _judge(heard, corpus, *_sides(source, corpus), progress)
    flagged = [clip for clip in clips if is_suspected_copy(clip, corpus)]
    recordings = source.clips.filter(retired=False, midi="").count()
    overlaps = [clip.originality[corpus.fingerprint] for clip in clips if corpus.fingerprint in clip.originality]
    could_tell = any(overlap[view]["excerpts"] for overlap in overlaps for view in VIEWS)
    return CheckedOriginality(source, corpus, len(heard), len(clips) - len(waiting), flagged, recordings, could_tell)


def corpus_of(source: Source) -> Corpus:
    if source.run_id and source.run.corpus_id:
        return source.run.corpus
    raise CatalogueError(
        _(
            'The model "%(model)s" has no training run, so it has no corpus of its own. Choose the corpus to compare '
            "it with (--corpus)."
        )
        % {"model": source}
    )


def _sides(source: Source, corpus: Corpus) -> tuple[list[Piece], list[Piece]]:
    """The pieces that clips may have been copied from, and human pieces to compare with."""
    pieces = open_corpus(corpus.folder).pieces
    if source.run_id and source.run.corpus_id == corpus.pk:
        held_out = {digest for _name, digest in open_run(source.run.folder).config["corpus"]["held_out"]}
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
    about = {"corpus": corpus.name, "pieces": len(known), "held_out": len(held_out)}
    overlaps: list[dict[str, Any]] = [dict(about) for _clip in heard]
    for number, view in enumerate(VIEWS, 1):
        judged = originality([piece for _clip, piece in heard], known, held_out, view=view)
        progress(number, len(VIEWS), "views compared")
        for overlap, result in zip(overlaps, judged, strict=True):
            overlap[view] = _numbers(result)
    for (clip, _piece), overlap in zip(heard, overlaps, strict=True):
        clip.originality = clip.originality | {corpus.fingerprint: overlap}
        Clip.objects.filter(pk=clip.pk).update(originality=clip.originality)


def _numbers(result: Originality) -> dict:
    numbers = {
        "run": result.match.events,
        "beat": result.match.beat,  # where it begins in the clip
        "piece": result.match.name,
        "bar": result.match.bar,
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
    overlaps = [overlap for key, overlap in clip.originality.items() if corpus is None or key == corpus.fingerprint]
    return any(overlap[view]["is_flagged"] for overlap in overlaps for view in VIEWS)
