"""Corpora, runs and sources by the names that people type: the name, the slug, or for a run its folder."""

from pathlib import Path

from generation.catalogue.errors import CatalogueError, NotThere
from generation.models import Corpus, Run, Source
from studies.models import Study


def find_corpus(study: Study, name: str) -> Corpus:
    return _row_named(study.corpora, name, "corpus", "corpora", "manage.py import_corpus PATH --name NAME reads one")


def find_run(study: Study, name: str) -> Run:
    folder = Path(name).expanduser().resolve()
    for run in study.runs.all():
        if run.folder.resolve() == folder:
            return run
    if "/" in name and folder.is_dir():
        raise CatalogueError(
            f"{name} is not a run of this study; if it was trained elsewhere: manage.py import_run {name} --name NAME"
        )
    return _row_named(study.runs, name, "run", "runs", "manage.py train CORPUS --preset house --name NAME trains one")


def find_source(study: Study, name: str) -> Source:
    return _row_named(study.sources, name, "source", "sources", "manage.py import_midi, excerpt and compose make one")


def _row_named(rows, name: str, kind: str, kinds: str, remedy: str):
    found = rows.filter(name=name).first() or rows.filter(slug=name).first()
    if found:
        return found
    names = ", ".join(f'"{row.name}"' for row in rows.all()[:12])
    there = f"there is {names}" if names else f"there are no {kinds} yet: {remedy}"
    raise NotThere(f'There is no {kind} "{name}" in this study; {there}.')
