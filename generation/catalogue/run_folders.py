"""Run folders that travel as zips. A zip is never unpacked: known files are taken out of it."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.runs import FILES, TrainedRun, import_run
from generation.models import Run
from generation.music.corpora.archives import ArchiveError, open_archive
from generation.music.training.runs import RunError
from studies.models import Study

LARGEST_FILE = 1_500_000_000  # bytes; the checkpoint of three layers of 512 has 100 MB


def import_run_zip(study: Study, path: Path, *, name: str, file_name: str) -> TrainedRun:
    with copy_run_files(path, file_name=file_name) as folder:
        return import_run(study, folder, name=name, called=file_name)


@contextmanager
def copy_run_files(path: Path, *, file_name: str) -> Iterator[Path]:
    """The files of a run in a folder for as long as they are looked at."""
    if not zipfile.is_zipfile(path):
        raise RunError(_("%(file)s is not a zip file, or is damaged. Zip the run folder again.") % {"file": file_name})
    archive = open_archive(path, lambda name: True, largest=LARGEST_FILE)
    try:
        inside = _top(archive.names, file_name)
        with tempfile.TemporaryDirectory(prefix="earwitness-") as temporary:
            for name in FILES:
                if inside + name in archive.names:
                    file = Path(temporary, name)
                    file.parent.mkdir(exist_ok=True)
                    file.write_bytes(archive.read(inside + name))
            yield Path(temporary)
    except ArchiveError as error:
        raise RunError(_("A file in %(zip)s %(reason)s") % {"zip": file_name, "reason": error}) from error
    finally:
        archive.close()


def _top(names: tuple[str, ...], file_name: str) -> str:
    """What stands before the names of its files: nothing, or the folder that was packed."""
    tops = [str(PurePosixPath(name).parent) for name in names if PurePosixPath(name).name == "config.json"]
    if not tops:
        raise RunError(
            _("%(file)s is not the folder of a training run: it contains no config.json.") % {"file": file_name}
        )
    if len(tops) > 1:
        raise RunError(
            ngettext(
                "%(file)s contains %(count)d run folder. Upload one at a time.",
                "%(file)s contains %(count)d run folders. Upload one at a time.",
                len(tops),
            )
            % {"file": file_name, "count": len(tops)}
        )
    return "" if tops[0] == "." else f"{tops[0]}/"


def write_zip(run: Run, file: IO[bytes]) -> None:
    """The folder of a run, to go on with it or to compose from it elsewhere."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # weights do not pack
        for name in FILES:
            path = run.folder / name
            if path.is_file():
                archive.write(path, f"{run.slug}/{name}")
