"""Corpora: what there is to learn from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files import File
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from generation import upload_staging
from generation.audio_response import sound_response
from generation.forms.corpora import NewCorpusForm
from generation.models import Corpus
from generation.pages.partials import fragment, may_edit, told
from studies.access import study_page
from studies.models import Role

PIECES_A_PAGE = 24
PARTS = {"corpora": "generation/corpora_list.html"}
SECONDS = 20  # of a piece that are drawn and heard


@require_safe
@study_page(Role.VIEWER)
def corpora(request, study):
    context = {
        "corpora": study.corpora.annotate(sources_count=Count("sources", distinct=True)),
        "errands": told(study.errands.filter(kind="import_corpus")),
        "may_edit": may_edit(request),
    }
    return render(request, fragment(request, "generation/corpora.html", PARTS), context)


@study_page(Role.EDITOR)
def new_corpus(request, study):
    form = NewCorpusForm(request.POST or None, request.FILES or None, study=study)
    if request.method == "POST" and form.is_valid():
        read_later(study, form)
        messages.success(request, "On its way: a worker reads the music. This page tells how far it is.")
        return redirect("generation:corpora", study.slug)
    return render(request, "generation/new_corpus.html", {"form": form})


def read_later(study, form: NewCorpusForm) -> None:
    from generation.errands import send

    values = {key: form.cleaned_data[key] for key in ("name", "songs", "seed", "pedal", "licence")}
    if form.cleaned_data["kind"] == "zip":
        values |= received(form.cleaned_data["zip"])
    else:
        values["origin"] = form.origin()
    send(study, "import_corpus", about=values["name"], **values)


def received(upload) -> dict[str, str]:
    """Keep an uploaded file until a worker has read it: the same file is remembered under the same name."""
    folder = upload_staging.new_folder()
    digest = hashlib.sha256()
    place = folder / "00001"
    place.mkdir()
    with (place / upload_staging.short_name(upload.name)).open("xb") as file:
        for chunk in upload.chunks():
            digest.update(chunk)
            file.write(chunk)
    return {"folder": folder.name, "called": f"{upload.name} (SHA-256 {digest.hexdigest()[:16]})"}


@require_safe
@study_page(Role.VIEWER)
def corpus(request, study, corpus):
    from generation.catalogue.corpora import refused_files
    from generation.music.analysis.overview import overview
    from generation.music.corpora.corpora import CorpusError, open_corpus

    found = get_object_or_404(study.corpora, slug=corpus)
    context = {"corpus": found, "may_edit": may_edit(request), "unused": not is_used(found)}
    context["refused"] = refused_files(found)
    try:
        pieces = open_corpus(found.folder).pieces
    except CorpusError as error:
        return render(request, "generation/corpus.html", context | {"trouble": str(error)})
    numbered = Paginator(list(enumerate(pieces, 1)), PIECES_A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "overview": overview(pieces),
        "charts": charts(overview(pieces)),
        "page": numbered,
        "pieces": [shown(number, piece) for number, piece in numbered],
    }
    return render(request, "generation/corpus.html", context)


@dataclass(frozen=True)
class ShownPiece:
    number: int
    name: str
    notes: int
    seconds: float
    key: str
    tempo: float
    roll: SafeString


def shown(number: int, piece) -> ShownPiece:
    from generation.music.analysis.overview import key_named, tempo_of
    from generation.music.pictures.piano_roll import piano_roll

    begin = float(piece.notes["start"].min()) if len(piece) else 0.0
    start = piece.excerpt(begin, float(piece.beats_at(float(piece.seconds_at(begin)) + SECONDS)))
    roll = mark_safe(piano_roll(start, seconds=SECONDS, width=320, height=96))  # noqa: S308 (drawn by us, of numbers)
    return ShownPiece(number, piece.name, len(piece), piece.seconds, key_named(piece), tempo_of(piece), roll)


def charts(seen) -> list[tuple[str, SafeString]]:
    from generation.music.pictures.line_chart import bars

    drawn = [
        ("How long the pieces are", seen.seconds, "seconds"),
        ("How fast they begin", seen.tempos, "quarter notes a minute"),
        ("How dense they are", seen.density, "notes a second"),
    ]
    return [
        (title, mark_safe(bars(counts.counts, counts.edges, across=across, label=f"{title}, in {across}")))  # noqa: S308
        for title, counts, across in drawn
    ]


@require_safe
@study_page(Role.VIEWER)
def piece_sound(request, study, corpus, number):
    """The beginning of a piece, made when first asked for."""
    from generation.music.audio.policy import RenderingError
    from generation.music.audio.preview import preview
    from generation.music.corpora.corpora import CorpusError, open_corpus
    from generation.music.training.runs import write_whole

    found = get_object_or_404(study.corpora, slug=corpus)
    try:
        piece = dict(enumerate(open_corpus(found.folder).pieces, 1))[number]
        path = settings.HOME / "previews" / f"{piece.digest()}.mp3"
        if not path.exists():
            write_whole(path, preview(piece, seconds=SECONDS, soundfont=settings.SOUNDFONT))
    except (CorpusError, RenderingError, KeyError) as error:
        raise Http404(str(error)) from error
    return sound_response(Opened(path), request.headers.get("Range", ""))


class Opened(File):
    """A file of ours as `sound_response` wants it."""

    def __init__(self, path: Path):
        super().__init__(None, name=str(path))

    @property
    def size(self) -> int:
        return Path(self.name).stat().st_size

    def open(self, mode="rb"):
        return Path(self.name).open(mode)


@require_POST
@study_page(Role.EDITOR)
def delete_corpus(request, study, corpus):
    from generation.catalogue.deletion import delete_corpus
    from generation.catalogue.errors import CatalogueError

    found = get_object_or_404(study.corpora, slug=corpus)
    try:
        delete_corpus(found)
    except CatalogueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"The corpus “{found.name}” is deleted.")
    return redirect("generation:corpora", study.slug)


def is_used(corpus: Corpus) -> bool:
    return corpus.runs.exists() or corpus.sources.exists()
