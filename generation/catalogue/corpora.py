"""A corpus becomes a folder and a row."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError

from generation.catalogue.errors import CatalogueError, Progress, no_progress, proper_name
from generation.models import Corpus
from generation.music.corpora.corpora import read_corpus, save_corpus
from generation.outcomes import corpus_sentences
from studies.models import Study
from studies.slugs import free_slug

DUPLICATE = "has the same notes as"


@dataclass
class ImportedCorpus:
    corpus: Corpus
    is_new: bool
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def damaged(self) -> list[tuple[str, str]]:
        """What was refused for another reason than that it is there already."""
        return [(name, reason) for name, reason in self.refused if not reason.startswith(DUPLICATE)]

    def values(self) -> dict:
        corpus = self.corpus
        return {
            "corpus": corpus.pk,
            "name": corpus.name,
            "is_new": self.is_new,
            "pieces": corpus.pieces,
            "notes": corpus.notes,
            "minutes": corpus.minutes,
            "refused": self.refused,
        }

    def sentences(self) -> list[str]:
        return corpus_sentences(self.values())


def import_corpus(
    study: Study,
    origin: str,
    *,
    name: str = "",
    songs: int | None = None,
    seed: int = 1,
    pedal: bool = False,
    licence: str = "",
    called: str = "",
    progress: Progress = no_progress,
) -> ImportedCorpus:
    """Read a folder, zip, address, `pop909` or `music21:...` and keep it as a corpus of the study.

    With `pedal` notes last as long as the sustain pedal holds them, as in performances; else as long as their keys.
    `called` is how the origin is remembered where its path tells nothing, as that of an upload.
    """
    name = proper_name(name.strip() or Path(origin).stem, of="corpus")
    values = {"origin": called or origin, "songs": songs, "seed": seed, "pedal": pedal}
    there = study.corpora.filter(name=name).first()
    if there:
        if all(getattr(there, key) == value for key, value in values.items()):
            return ImportedCorpus(there, is_new=False, refused=[tuple(pair) for pair in there.refused])
        raise _name_taken(there)
    read = read_corpus(
        origin,
        songs=songs,
        seed=seed,
        pedal=pedal,
        private_networks=settings.DOWNLOAD_FROM_PRIVATE_NETWORKS,
        progress=progress,
    )
    corpus = Corpus(
        study=study,
        name=name,
        slug=free_slug(name, study.corpora.all()),
        licence=licence,
        fingerprint=read.fingerprint,
        pieces=len(read.pieces),
        notes=sum(map(len, read.pieces)),
        minutes=sum(piece.seconds for piece in read.pieces) / 60,
        refused=read.refused,
        **values,
    )
    save_corpus(read, corpus.folder)
    try:
        corpus.save()
    except IntegrityError:  # somebody was quicker with the same name
        raise _name_taken(study.corpora.get(name=name)) from None
    return ImportedCorpus(corpus, is_new=True, refused=read.refused)


def _name_taken(corpus: Corpus) -> CatalogueError:
    songs = f", {corpus.songs} songs drawn with seed {corpus.seed}" if corpus.songs else ""
    return CatalogueError(
        f'There is a corpus "{corpus}" already, with other music (from {corpus.origin}{songs}). Choose another name.'
    )
