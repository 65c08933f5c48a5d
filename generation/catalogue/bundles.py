"""Magenta's networks: a bundle becomes a run like any other, and a run is written for magenta.js."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError, proper_name
from generation.models import Run
from generation.music.magenta.bundle_reader import Bundle, read_bundle
from generation.music.magenta.exchange import save_bundle, write_magenta_js
from generation.music.magenta.files import Files
from generation.music.training.runs import RunError, open_run, read_config
from generation.outcomes import bundle_sentences
from studies.models import Study
from studies.slugs import free_slug


@dataclass
class ImportedBundle:
    run: Run
    bundle: Bundle
    is_new: bool

    def values(self) -> dict:
        return {
            "run": self.run.pk,
            "name": self.run.name,
            "folder": str(self.run.folder),
            "is_new": self.is_new,
            "summary": self.bundle.summary,
        }

    def sentences(self) -> list[str]:
        return bundle_sentences(self.values())


def import_bundle(study: Study, bundle: str | Path | bytes | Files, *, name: str, file: str = "") -> ImportedBundle:
    """Keep a .mag file, a TensorFlow checkpoint or a magenta.js folder or zip as a run.

    The bytes of such a file will do, `file` being what it is called, or several files together. No TensorFlow is
    needed, and nothing in the file is ever run.
    """
    name = proper_name(name, of="run")
    network = read_bundle(Path(bundle).expanduser() if isinstance(bundle, str) else bundle, name=file)
    namesake = study.runs.filter(name=name).first()
    if namesake:
        if _sha256_in(namesake) == network.sha256:
            return ImportedBundle(namesake, network, is_new=False)
        raise CatalogueError(
            _('There is already another training run "%(run)s". Choose another name.') % {"run": namesake}
        )
    run = Run(study=study, name=name, slug=free_slug(name, study.runs.all()), preset=network.family.preset, seed=0)
    run.finished, run.note = timezone.now(), network.summary
    settings.RUNS_ROOT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".importing-", dir=settings.RUNS_ROOT) as beside:
        saved = save_bundle(network, Path(beside) / "run").folder
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            saved.rename(run.folder)
        except OSError as error:
            raise CatalogueError(
                _("The folder %(folder)s already exists. Choose another name.") % {"folder": run.folder}
            ) from error
    try:
        run.save()
    except IntegrityError as error:
        raise CatalogueError(
            _('Someone else has just created a training run "%(run)s". Choose another name.') % {"run": run}
        ) from error
    return ImportedBundle(run, network, is_new=True)


def _sha256_in(run: Run) -> str:
    """The digest of the bundle that a run was made from; empty where it was not."""
    try:
        return read_config(run.folder).get("bundle", {}).get("sha256", "")
    except RunError:
        return ""


@dataclass
class WrittenFolder:
    run: Run
    folder: Path

    def sentences(self) -> list[str]:
        return [
            _('Training run "%(run)s" exported for magenta.js: %(folder)s') % {"run": self.run, "folder": self.folder}
        ]


def export_magenta_js(run: Run, folder: str | Path) -> WrittenFolder:
    folder = Path(folder).expanduser()
    write_magenta_js(open_run(run.folder), folder)
    return WrittenFolder(run, folder)
