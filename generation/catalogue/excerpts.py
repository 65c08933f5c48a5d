"""Excerpts of a corpus become clips: what people wrote, cut as the others are."""

import hashlib
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.clips import (
    AddedClips,
    NewClip,
    add_clips,
    arrangement_provenance,
    require_length,
    source_named,
)
from generation.catalogue.errors import CatalogueError, Progress, no_progress
from generation.models import Corpus, Origin, Source
from generation.music.corpora.corpora import open_corpus
from generation.music.score.arrangement import Arrangement, arrange
from generation.music.score.excerpts import Stretch, draw_stretches
from generation.music.score.notes import Piece, write_midi
from studies.models import Study

DEFAULT = Arrangement(seconds=20.0, cut="drawn")


def excerpt(
    study: Study,
    corpus: Corpus,
    *,
    source: str,
    clips: int = 6,
    arrangement: Arrangement = DEFAULT,
    origin: str = Origin.HUMAN,
    progress: Progress = no_progress,
) -> AddedClips:
    """Clips from a bar line on, as long as `arrangement` says, none overlapping another of the source.

    `arrangement.cut` says where in a piece: at a bar that is drawn by seed, at its start, or where it is densest. Six
    with one seed and then twelve with the same add six; six with another seed add six others.
    """
    if clips < 1:
        raise CatalogueError(_("%(count)d excerpts cannot be created. Ask for at least 1.") % {"count": clips})
    require_length(arrangement)
    model = source_named(study, source, origin=origin, corpus=corpus)
    pieces = open_corpus(corpus.folder).pieces
    treatment = arrangement.without_length()
    pieces = pieces if treatment.changes_nothing else [arrange(piece, treatment) for piece in pieces]
    chosen = []
    for clip in islice(_free(model, pieces, corpus, arrangement), clips):
        chosen.append(clip)
        progress(len(chosen), clips, "clips")
    if len(chosen) < clips:
        raise CatalogueError(
            _(
                'Only %(possible)d of %(clips)d excerpts (%(length)s each) fit into the corpus "%(corpus)s" without '
                "overlapping. Ask for fewer or shorter excerpts."
            )
            % {"possible": len(chosen), "clips": clips, "length": _length(arrangement), "corpus": corpus}
        )
    return add_clips(model, chosen)


def _length(arrangement: Arrangement) -> str:
    if arrangement.bars:
        return ngettext("%(count)d bar", "%(count)d bars", arrangement.bars) % {"count": arrangement.bars}
    return _("%(seconds)s seconds") % {"seconds": f"{arrangement.seconds:g}"}


def _free(source: Source, pieces: list[Piece], corpus: Corpus, arrangement: Arrangement) -> Iterator[NewClip]:
    """What is drawn, without what overlaps a clip of the source or repeats one note for note, as songs do.

    A clip that the source has already is drawn again: the same command twice finds the same.
    """
    taken = _present_stretches(source, pieces, corpus)
    heard = set(source.clips.values_list("content_sha256", flat=True)) if source.pk else set()
    for stretch in draw_stretches(
        pieces, seconds=arrangement.seconds, bars=arrangement.bars, cut=arrangement.cut, seed=arrangement.seed
    ):
        clip = _clip(pieces[stretch.place], stretch, corpus, arrangement)
        if stretch in taken:
            yield clip
        elif clip.sha256 not in heard and not any(stretch.overlaps(other) for other in taken):
            heard.add(clip.sha256)
            yield clip


def _present_stretches(source: Source, pieces: list[Piece], corpus: Corpus) -> list[Stretch]:
    """The stretches that are clips of the source already."""
    if source.pk is None:
        return []
    index_of = {piece.digest(): index for index, piece in enumerate(pieces)}
    return [
        Stretch(index_of[provenance["piece_sha256"]], provenance["bar"], provenance["start"], provenance["end"])
        for provenance in source.clips.values_list("provenance", flat=True)
        if provenance.get("fingerprint") == corpus.fingerprint and provenance.get("piece_sha256") in index_of
    ]


def _clip(piece: Piece, stretch: Stretch, corpus: Corpus, arrangement: Arrangement) -> NewClip:
    excerpt = piece.excerpt(stretch.start, stretch.end)
    midi = write_midi(excerpt)
    return NewClip(
        title=f"{piece.name}, bar {stretch.bar}",
        data=midi,
        suffix=".mid",
        provenance={
            "made_by": "excerpt",
            "corpus": corpus.name,
            "fingerprint": corpus.fingerprint,
            "piece": piece.name,
            "piece_sha256": piece.digest(),
            "bar": stretch.bar,
            "start": stretch.start,
            "end": stretch.end,
            **arrangement_provenance(excerpt, arrangement),
            "seed": arrangement.seed,
            "midi_sha256": hashlib.sha256(midi).hexdigest(),
        },
    )
