"""The beginnings of a corpus's pieces, rendered so that they can be heard on its page."""

from pathlib import Path

from django.conf import settings

from generation.catalogue.errors import Progress, no_progress
from generation.models import Corpus
from generation.music.audio.policy import RenderingError
from generation.music.audio.preview import preview
from generation.music.corpora.corpora import open_corpus
from generation.music.score.notes import Piece
from generation.music.training.runs import write_whole

SECONDS = 20  # of a piece that are drawn and heard


def preview_path(piece: Piece) -> Path:
    """Under its notes: the same piece in two corpora has one preview."""
    return settings.HOME / "previews" / f"{piece.digest()}.mp3"


def create_previews(corpus: Corpus, numbers: list[int], *, progress: Progress = no_progress) -> dict:
    """Those of the pieces with these numbers that are not there yet; as values, how many, and which were refused."""
    pieces = dict(enumerate(open_corpus(corpus.folder).pieces, 1))
    missing = [pieces[number] for number in numbers if number in pieces and not preview_path(pieces[number]).exists()]
    created, refused = 0, []
    for done, piece in enumerate(missing, 1):
        try:
            write_whole(preview_path(piece), preview(piece, seconds=SECONDS, soundfont=settings.SOUNDFONT))
            created += 1
        except RenderingError as error:
            refused.append([piece.name, str(error)])
        progress(done, len(missing), "previews")
    return {"corpus": corpus.pk, "created": created, "refused": refused}
