"""Corpora, runs and sources by the names that people type: the name, the slug, or for a run its folder."""

from pathlib import Path

from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError
from generation.models import Corpus, Run, Source
from studies.lookup import find_named
from studies.models import Study


def find_corpus(study: Study, name: str) -> Corpus:
    return find_named(
        study.corpora,
        name,
        missing=_('There is no corpus "%(name)s" in this study.'),
        none_yet=_("Import one first: manage.py import_corpus PATH --name NAME"),
    )


def find_run(study: Study, name: str) -> Run:
    folder = Path(name).expanduser().resolve()
    for run in study.runs.all():
        if run.folder.resolve() == folder:
            return run
    if "/" in name and folder.is_dir():
        raise CatalogueError(
            _(
                "%(folder)s is not the folder of a training run in this study. If the network was trained elsewhere, "
                "import the folder: manage.py import_run %(folder)s --name NAME"
            )
            % {"folder": name}
        )
    return find_named(
        study.runs,
        name,
        missing=_('There is no training run "%(name)s" in this study.'),
        none_yet=_("Train one first: manage.py train CORPUS --preset house --name NAME"),
    )


def find_source(study: Study, name: str) -> Source:
    return find_named(
        study.sources,
        name,
        missing=_('There is no model "%(name)s" in this study.'),
        none_yet=_("Create one first with manage.py import_midi, excerpt or compose."),
    )
