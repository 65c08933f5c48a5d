"""Excerpts of a corpus become clips: what people wrote, cut as the others are."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from generation.catalogue.clips import Added, NewClip, add_clips, lasting, source_named, wishes_of
from generation.catalogue.errors import CatalogueError, Progress, counted, in_silence
from generation.models import Corpus, Origin, Source
from generation.music.corpora.corpora import open_corpus
from generation.music.score.arrangement import Making, made
from generation.music.score.excerpts import Stretch, drawn
from generation.music.score.notes import Piece, write_midi
from studies.models import Study


def excerpt(
    study: Study,
    corpus: Corpus,
    *,
    source: str,
    clips: int = 6,
    seconds: float = 20.0,
    bars: int = 0,
    cut: str = "drawn",
    seed: int = 1,
    origin: str = Origin.HUMAN,
    melody_only: bool = False,
    tempo: float = 0.0,
    dynamics: str = "file",
    progress: Progress = in_silence,
) -> Added:
    """Clips of `seconds`, or of `bars`, from a bar line on, drawn by seed, none overlapping another of the source.

    `cut` says where in a piece: at a bar that is drawn, at its start, or where it is densest. Six with one seed and
    then twelve with the same add six; six with another seed add six others. `melody_only` takes the melody alone, to
    stand beside networks that know one voice; `tempo` (quarter notes a minute) and `dynamics` ("flat") are as `Making`
    has them.
    """
    if clips < 1:
        raise CatalogueError(f"{clips} clips are none; ask for at least one.")
    if not bars and not 1 <= seconds <= 600:
        raise CatalogueError(f"{seconds:g} seconds are no clip; ask for 1 to 600.")
    length = Making(seconds=0.0 if bars else seconds, bars=bars, cut=cut, seed=seed)
    found = source_named(study, source, origin=origin, corpus=corpus)
    pieces = open_corpus(corpus.folder).pieces
    making = Making(texture="melody" if melody_only else "file", tempo=tempo, dynamics=dynamics)
    pieces = pieces if making.leaves_all_as_it_is else [made(piece, making) for piece in pieces]
    wishes = wishes_of(making)
    chosen = []
    for clip in islice(_free(found, pieces, corpus, length), clips):
        chosen.append(replace(clip, provenance=clip.provenance | wishes))
        progress(len(chosen), clips, "clips")
    if len(chosen) < clips:
        long = counted(bars, "bar") if bars else f"{seconds:g} seconds"
        raise CatalogueError(
            f'The corpus "{corpus}" gives only {len(chosen)} excerpts of {long} that do not overlap, not '
            f"{clips}: ask for fewer or shorter ones."
        )
    return add_clips(found, chosen)


def _free(source: Source, pieces: list[Piece], corpus: Corpus, length: Making) -> Iterator[NewClip]:
    """What is drawn, without what overlaps a clip of the source or repeats one note for note, as songs do.

    A clip that the source has already is drawn again: the same command twice finds the same.
    """
    taken = _there(source, pieces, corpus)
    heard = set(source.clips.values_list("content_sha256", flat=True)) if source.pk else set()
    for stretch in drawn(pieces, seconds=length.seconds, bars=length.bars, cut=length.cut, seed=length.seed):
        clip = _clip(pieces[stretch.place], stretch, corpus, length)
        if stretch in taken:
            yield clip
        elif clip.sha256 not in heard and not any(stretch.overlaps(other) for other in taken):
            heard.add(clip.sha256)
            yield clip


def _there(source: Source, pieces: list[Piece], corpus: Corpus) -> list[Stretch]:
    """The stretches that are clips of the source already."""
    if source.pk is None:
        return []
    place_of = {piece.digest(): place for place, piece in enumerate(pieces)}
    return [
        Stretch(place_of[made["piece_sha256"]], made["bar"], made["start"], made["end"])
        for made in source.clips.values_list("provenance", flat=True)
        if made.get("fingerprint") == corpus.fingerprint and made.get("piece_sha256") in place_of
    ]


def _clip(piece: Piece, stretch: Stretch, corpus: Corpus, length: Making) -> NewClip:
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
            **lasting(excerpt, length),
            **({"cut": length.cut} if length.cut != "drawn" else {}),
            "seed": length.seed,
            "midi_sha256": hashlib.sha256(midi).hexdigest(),
        },
    )
