"""A corpus becomes a folder and a row."""

from dataclasses import astuple, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.errors import CatalogueError, Progress, no_progress, proper_name
from generation.models import Corpus
from generation.music.corpora.corpora import Refusal, read_corpus, save_corpus
from generation.outcomes import corpus_sentences
from studies.models import Study
from studies.slugs import free_slug


@dataclass
class ImportedCorpus:
    corpus: Corpus
    is_new: bool
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def damaged(self) -> list[Refusal]:
        """What was refused for another reason than that it is there already."""
        return [refusal for refusal in self.refusals if not refusal.same_as]

    @property
    def refused(self) -> list[tuple[str, str]]:
        return [(refusal.name, reason_of(refusal)) for refusal in self.refusals]

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


def reason_of(refusal: Refusal) -> str:
    """Why a file was not imported, in words that follow its name."""
    if refusal.same_as:
        return _("has the same notes as %(file)s.") % {"file": refusal.same_as}
    return refusal.reason


def refused_files(corpus: Corpus) -> list[tuple[str, str]]:
    """The files of a corpus that were not imported, each with the reason. Rows of version 0.1 have [name, reason]."""
    return [(refusal.name, reason_of(refusal)) for refusal in _stored_refusals(corpus)]


def _stored_refusals(corpus: Corpus) -> list[Refusal]:
    return [Refusal(*entry) for entry in corpus.refused]


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
    namesake = study.corpora.filter(name=name).first()
    if namesake:
        if all(getattr(namesake, key) == value for key, value in values.items()):
            return ImportedCorpus(namesake, is_new=False, refusals=_stored_refusals(namesake))
        raise _name_taken(namesake)
    music = read_corpus(
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
        fingerprint=music.fingerprint,
        pieces=len(music.pieces),
        notes=sum(map(len, music.pieces)),
        minutes=sum(piece.seconds for piece in music.pieces) / 60,
        refused=[astuple(refusal) for refusal in music.refused],
        **values,
    )
    save_corpus(music, corpus.folder)
    try:
        corpus.save()
    except IntegrityError:  # somebody was quicker with the same name
        raise _name_taken(study.corpora.get(name=name)) from None
    return ImportedCorpus(corpus, is_new=True, refusals=music.refused)


def _name_taken(corpus: Corpus) -> CatalogueError:
    sentence = _('There is already a corpus "%(corpus)s" with other music (from %(origin)s). Choose another name.')
    if corpus.songs:
        sentence = ngettext(
            'There is already a corpus "%(corpus)s" with other music (from %(origin)s, %(songs)d song drawn with seed '
            "%(seed)d). Choose another name.",
            'There is already a corpus "%(corpus)s" with other music (from %(origin)s, %(songs)d songs drawn with seed '
            "%(seed)d). Choose another name.",
            corpus.songs,
        )
    return CatalogueError(
        sentence % {"corpus": corpus, "origin": corpus.origin, "songs": corpus.songs, "seed": corpus.seed}
    )
