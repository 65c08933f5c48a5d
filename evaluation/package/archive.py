"""Files into a folder or a zip: whole, or not at all, and never over anything that is there."""

import io
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from studies.errors import EarwitnessError

# Every entry of a zip bears this date: the same results give the same bytes.
SOME_DAY = (1980, 1, 1, 0, 0, 0)


class ExportError(EarwitnessError):
    """Why nothing was written, with the remedy."""


def zip_bytes(files: dict[str, bytes], folder: str) -> bytes:
    """All files in one zip, under one folder; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", SOME_DAY)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def check_target(out: Path) -> None:
    """Say at once if `out` cannot be written, before minutes of work."""
    if out.suffix == ".zip":
        if out.exists():
            raise ExportError(_("%(out)s already exists. Choose another name or delete it first.") % {"out": out})
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        message = _("%(out)s already exists and is not an empty folder. Choose another name or delete it first.")
        raise ExportError(message % {"out": out})
    parent = next(parent for parent in out.absolute().parents if parent.exists())
    if not parent.is_dir():
        raise ExportError(_("%(out)s cannot be written: %(parent)s is not a folder.") % {"out": out, "parent": parent})
    if not os.access(parent, os.W_OK):
        message = _("%(out)s cannot be written: you have no permission to write to %(parent)s.")
        raise ExportError(message % {"out": out, "parent": parent})


def write(files: dict[str, bytes], out: Path) -> None:
    """Write all files into a folder, or one zip if `out` ends in .zip: whole, or not at all."""
    check_target(out)
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder: moving within one disk is one step that cannot be half done.
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            whole = Path(folder) / "whole"
            if out.suffix == ".zip":
                whole.write_bytes(zip_bytes(files, out.stem))
            else:
                for name, content in files.items():
                    (whole / name).parent.mkdir(parents=True, exist_ok=True)
                    (whole / name).write_bytes(content)
            if out.is_dir():
                out.rmdir()
            shutil.move(whole, out)
    except OSError as error:
        raise _write_error(out, error) from error


def write_text(text: str, out: Path) -> None:
    """A text into a new file."""
    if out.exists():
        raise ExportError(_("%(out)s already exists. Choose another name or delete it first.") % {"out": out})
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _write_error(out, error) from error


def _write_error(out: Path, error: OSError) -> ExportError:
    return ExportError(_("%(out)s could not be written: %(why)s.") % {"out": out, "why": error.strerror or error})
