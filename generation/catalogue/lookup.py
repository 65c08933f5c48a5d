"""Corpora, runs and sources by the names that people type: the name, the slug, or for a run its folder."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError, NotThere
from generation.models import Corpus, NamedQuerySet, Run, Source
from studies.models import Study


def find_corpus(study: Study, name: str) -> Corpus:
    return _row_named(
        study.corpora.all(),
        name,
        among_others=_('This study has no corpus "%(name)s". Its corpora are: %(names)s.'),
        without_others=_(
            'This study has no corpus "%(name)s", nor any other. Import one: manage.py import_corpus PATH --name NAME'
        ),
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
    return _row_named(
        study.runs.all(),
        name,
        among_others=_('This study has no training run "%(name)s". Its training runs are: %(names)s.'),
        without_others=_(
            'This study has no training run "%(name)s", nor any other. Train a network: '
            "manage.py train CORPUS --preset house --name NAME"
        ),
    )


def find_source(study: Study, name: str) -> Source:
    return _row_named(
        study.sources.all(),
        name,
        among_others=_('This study has no model "%(name)s". Its models are: %(names)s.'),
        without_others=_(
            'This study has no model "%(name)s", nor any other. Add clips of one: manage.py import_midi, excerpt or '
            "compose"
        ),
    )


def _row_named(rows: NamedQuerySet, name: str, *, among_others: str, without_others: str) -> Any:
    row = rows.filter(name=name).first() or rows.filter(slug=name).first()
    if row:
        return row
    names = ", ".join(f'"{row.name}"' for row in rows[:12])
    raise NotThere((among_others if names else without_others) % {"name": name, "names": names})
