"""Corpora and runs."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Router, Schema, Status

from generation.api.arrangement import arranged_schema
from generation.api.schemas import NotNow
from generation.catalogue.clips import source_named
from generation.catalogue.lookup import find_corpus, find_run
from generation.catalogue.primers import CORPUS, NUMBERS, unknown_primer
from generation.catalogue.runs import plan_run
from generation.catalogue.soundfonts import find_font
from generation.downloads import run_folder_attachment
from generation.job_requests import send_composition, send_excerpts, send_training
from generation.models import Run
from jobs.api import JobOut, job_out
from studies.api import STUDY, study_for
from studies.models import Role

router = Router(tags=["Corpora and runs"])


class CorpusOut(Schema):
    name: str
    slug: str
    origin: str
    licence: str
    fingerprint: str
    pieces: int
    notes: int
    minutes: float


class RunOut(Schema):
    name: str
    slug: str
    preset: str
    corpus: str | None
    settings: dict[str, Any]
    seed: int
    state: str = Field(description="waiting, training, stopped, finished or failed")
    message: str
    progress: dict[str, float] = Field(description="While it trains: epoch, epochs, loss, seconds, seconds_left.")
    best: dict[str, float] = Field(description="The evaluation with the least loss on held-out pieces.")
    created: datetime
    finished: datetime | None
    page: str


class RunIn(Schema):
    corpus: str
    preset: str = "house"
    name: str
    seed: int = 1
    values: dict[str, str | bool | int | float] = Field(
        {}, description="What differs from the preset: epochs, window ..."
    )


class ComposeIn(arranged_schema("ComposedClips", left_out=("cut",), seconds=20.0)):
    source: str = Field(description="The model that the clips belong to.")
    clips: int = Field(6, ge=1, le=200)
    origin: str = Field("", description="Empty: ai, or anchor for what only counts notes.")
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    primer: str = Field("", description="Notes (60, 62, 64) or corpus:NAME; empty: as the preset says.")


class ExcerptIn(arranged_schema("ExcerptClips", seconds=20.0, cut="drawn")):
    source: str = Field("Originals", description="The model that the clips belong to.")
    clips: int = Field(6, ge=1, le=500)
    origin: Literal["human", "ai", "anchor"] = "human"


@router.get("/corpora", response=list[CorpusOut])
def corpora(request, study: str = STUDY):
    """What there is to learn from."""
    return list(study_for(request, study, Role.VIEWER).corpora.all())


@router.post("/corpora/{name}/clips", response={202: JobOut})
def excerpts(request, name: str, wanted: ExcerptIn, study: str = STUDY):
    """Cut originals out of a corpus, and render them, in the background."""
    there = study_for(request, study, Role.EDITOR)
    corpus = find_corpus(there, name)
    if wanted.soundfont:
        find_font(there, wanted.soundfont)
    source_named(there, wanted.source, origin=wanted.origin, corpus=corpus)
    asked = wanted.dict(include={"source", "clips", "origin", "instrument", "soundfont"})
    return Status(202, job_out(request, send_excerpts(there, corpus, arrangement=wanted.arrangement(), **asked)))


@router.get("/runs", response=list[RunOut])
def runs(request, study: str = STUDY):
    """Networks in training and trained ones, the newest first."""
    return [
        run_out(request, run) for run in study_for(request, study, Role.VIEWER).runs.select_related("corpus", "job")
    ]


@router.post("/runs", response={202: RunOut, 200: RunOut})
def train(request, wanted: RunIn, study: str = STUDY):
    """Train a network on a corpus, in the background: 202. With the values of a run that is there, it is that: 200."""
    there = study_for(request, study, Role.EDITOR)
    values = {key: value_text(value) for key, value in wanted.values.items()}
    corpus = find_corpus(there, wanted.corpus)
    run = plan_run(there, corpus, preset=wanted.preset, name=wanted.name.strip(), values=values, seed=wanted.seed)
    if run.pk is not None and run.state != Run.State.FAILED:
        return Status(200, run_out(request, run))
    send_training(run)
    return Status(202, run_out(request, run))


def value_text(value: str | bool | int | float) -> str:
    """As it is typed after --set."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@router.get("/runs/{name}", response=RunOut)
def run(request, name: str, study: str = STUDY):
    """How far one is."""
    return run_out(request, find_run(study_for(request, study, Role.VIEWER), name))


@router.post("/runs/{name}/stop", response=RunOut)
def stop(request, name: str, study: str = STUDY):
    """End a training within seconds; what was learned is kept."""
    found = find_run(study_for(request, study, Role.EDITOR), name)
    if found.is_going_on:
        found.job.stop()
        found.refresh_from_db()
    return run_out(request, found)


@router.get("/runs/{name}/folder.zip", response={200: bytes})
def folder(request, name: str, study: str = STUDY):
    """The run folder: to compose from or to go on with elsewhere."""
    return run_folder_attachment(find_run(study_for(request, study, Role.VIEWER), name))


@router.post("/runs/{name}/clips", response={202: JobOut})
def compose(request, name: str, wanted: ComposeIn, study: str = STUDY):
    """Let a trained network compose clips, and render them, in the background."""
    there = study_for(request, study, Role.EDITOR)
    found = find_run(there, name)
    if not (found.folder / "config.json").exists():
        raise NotNow(f"The run {found} has learned nothing yet to compose from.")
    if wanted.primer and not (NUMBERS.match(wanted.primer) or wanted.primer.startswith(CORPUS)):
        raise unknown_primer(wanted.primer)
    if wanted.soundfont:
        find_font(there, wanted.soundfont)
    if wanted.origin:
        source_named(there, wanted.source, origin=wanted.origin, run=found)
    values = wanted.dict(include={"source", "clips", "origin", "primer", "instrument", "soundfont"})
    values["arrangement"] = wanted.arrangement()
    values["sampling"] = wanted.dict(include={"temperature", "top_p", "top_k"}, exclude_none=True)
    return Status(202, job_out(request, send_composition(found, **values)))


def run_out(request, run: Run) -> RunOut:
    return RunOut(
        **{key: getattr(run, key) for key in ("name", "slug", "preset", "settings", "seed", "state", "message")},
        corpus=run.corpus.name if run.corpus else None,
        progress=run.job.details if run.is_going_on else {},
        best=run.best(),
        created=run.created,
        finished=run.finished,
        page=request.build_absolute_uri(run.get_absolute_url()),
    )
