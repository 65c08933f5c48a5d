"""Corpora: what there is to learn from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

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
from generation.catalogue import deletion
from generation.catalogue.corpora import refused_files
from generation.catalogue.errors import CatalogueError
from generation.catalogue.previews import SECONDS, preview_path
from generation.forms.corpora import NewCorpusForm
from generation.job_requests import send_corpus, send_previews
from generation.models import Corpus
from generation.music.analysis.overview import key_name, overview, tempo_of
from generation.music.corpora.corpora import CorpusError, open_corpus
from generation.music.pictures.line_chart import bar_chart
from generation.music.pictures.piano_roll import piano_roll
from jobs.polling import fragment, recent_jobs
from studies.access import may_edit, study_page
from studies.models import Role

PIECES_A_PAGE = 24
PARTS = {"corpora": "generation/corpora_list.html"}


@require_safe
@study_page(Role.VIEWER)
def corpora(request, study):
    context = {
        "corpora": study.corpora.annotate(sources_count=Count("sources", distinct=True)),
        "jobs": recent_jobs(study.jobs.filter(kind="generation.import_corpus")),
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
    values = {key: form.cleaned_data[key] for key in ("name", "songs", "seed", "pedal", "licence")}
    if form.cleaned_data["kind"] == "zip":
        values |= keep_upload(form.cleaned_data["zip"])
    else:
        values["origin"] = form.origin()
    send_corpus(study, **values)


def keep_upload(upload) -> dict[str, str]:
    """Keep an uploaded file until a worker has read it: the same file is remembered under the same name."""
    folder = upload_staging.stage([upload])
    with upload_staging.files_in(folder)[0].open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"folder": folder.name, "called": f"{upload.name} (SHA-256 {digest[:16]})"}


@require_safe
@study_page(Role.VIEWER)
def corpus(request, study, corpus):
    found = get_object_or_404(study.corpora, slug=corpus)
    context = {"corpus": found, "may_edit": may_edit(request), "unused": not is_used(found)}
    context["refused"] = refused_files(found)
    try:
        pieces = open_corpus(found.folder).pieces
    except CorpusError as error:
        return render(request, "generation/corpus.html", context | {"trouble": str(error)})
    jobs = study.jobs.filter(kind="generation.preview", arguments__corpus=found.pk)
    numbered = Paginator(list(enumerate(pieces, 1)), PIECES_A_PAGE).get_page(request.GET.get("page"))
    pieces_shown = [show_piece(number, piece) for number, piece in numbered]
    context |= {
        "overview": overview(pieces),
        "charts": charts(overview(pieces)),
        "page": numbered,
        "pieces": pieces_shown,
        "silent": [piece for piece in pieces_shown if not piece.is_audible],
        "jobs": recent_jobs(jobs)[:1],
    }
    parts = {"previews": "generation/corpus_previews.html"}
    return render(request, fragment(request, "generation/corpus.html", parts), context)


@dataclass(frozen=True)
class ShownPiece:
    number: int
    name: str
    notes: int
    seconds: float
    key: str
    tempo: float
    roll: SafeString
    is_audible: bool


def show_piece(number: int, piece) -> ShownPiece:
    begin = float(piece.notes["start"].min()) if len(piece) else 0.0
    start = piece.excerpt(begin, float(piece.beats_at(float(piece.seconds_at(begin)) + SECONDS)))
    roll = mark_safe(piano_roll(start, seconds=SECONDS, width=320, height=96))  # noqa: S308 (drawn by us, of numbers)
    is_audible = preview_path(piece).exists()
    return ShownPiece(number, piece.name, len(piece), piece.seconds, key_name(piece), tempo_of(piece), roll, is_audible)


def charts(seen) -> list[tuple[str, SafeString]]:
    drawn = [
        ("How long the pieces are", seen.seconds, "seconds"),
        ("How fast they begin", seen.tempos, "quarter notes a minute"),
        ("How dense they are", seen.density, "notes a second"),
    ]
    return [
        (title, mark_safe(bar_chart(counts.counts, counts.edges, across=across, label=f"{title}, in {across}")))  # noqa: S308
        for title, counts, across in drawn
    ]


@require_POST
@study_page(Role.VIEWER)
def create_previews(request, study, corpus):
    """Have the pieces of a page of the corpus made audible."""
    found = get_object_or_404(study.corpora, slug=corpus)
    numbers = [int(number) for number in request.POST.getlist("number") if number.isdecimal()][:PIECES_A_PAGE]
    send_previews(found, numbers)
    page = request.POST.get("page", "1")
    return redirect(f"{found.get_absolute_url()}?page={page if page.isdecimal() else 1}#pieces")


@require_safe
@study_page(Role.VIEWER)
def piece_sound(request, study, corpus, number):
    """The beginning of a piece, once a worker has rendered it."""
    found = get_object_or_404(study.corpora, slug=corpus)
    try:
        piece = dict(enumerate(open_corpus(found.folder).pieces, 1))[number]
    except (CorpusError, KeyError) as error:
        raise Http404(str(error)) from error
    if not preview_path(piece).exists():
        raise Http404(f"There is no preview of piece {number} yet.")
    return sound_response(Opened(preview_path(piece)), request.headers.get("Range", ""))


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
    found = get_object_or_404(study.corpora, slug=corpus)
    try:
        deletion.delete_corpus(found)
    except CatalogueError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.success(request, f"The corpus “{found.name}” is deleted.")
    return redirect("generation:corpora", study.slug)


def is_used(corpus: Corpus) -> bool:
    return corpus.runs.exists() or corpus.sources.exists()
