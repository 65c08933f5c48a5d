"""Files that a browser sends, written as they come: neither their number nor their size takes memory.

Each upload has a folder of its own, and each file a folder within it, so that it keeps its name.
"""

import io
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path, PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

MOST_BYTES = 2**30  # of one upload
MOST_FILES = 10_000  # as `generation.catalogue.clip_import` takes at a time
TOO_MANY = f"These are more than {MOST_FILES:,} files. Send fewer at a time, or a zip of them."
FORGOTTEN_AFTER = 7 * 24 * 3600  # seconds: an upload whose work was never done
LONGEST_NAME = 120


def new_folder() -> Path:
    sweep()
    folder = inbox() / secrets.token_hex(16)
    folder.mkdir(parents=True)
    return folder


def stage(files: Iterable[UploadedFile]) -> Path:
    """Keep files of a form until a worker deals with them: the folder they lie in."""
    folder = new_folder()
    for number, file in enumerate(files, 1):
        place = folder / f"{number:05}"
        place.mkdir()
        with (place / short_name(file.name)).open("xb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
    return folder


def folder_named(name: str) -> Path:
    return inbox() / PurePath(name).name


def files_in(folder: Path) -> list[Path]:
    """In the order in which they came."""
    return sorted(path for path in folder.glob("*/*") if path.is_file())


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def inbox() -> Path:
    return settings.HOME / "inbox"


def sweep() -> None:
    """Delete what interrupted uploads left."""
    for folder in inbox().glob("*") if inbox().exists() else ():
        if time.time() - folder.stat().st_mtime > FORGOTTEN_AFTER:
            forget(folder)


class IntoFolder(FileUploadHandler):
    """Writes every file into the folder; `refusal` says in a sentence why it stopped, if it did."""

    def __init__(self, folder: Path, *, most_files: int):
        super().__init__()
        self.folder, self.most_files = folder, most_files
        self.files, self.bytes, self.refusal, self.opened = 0, 0, "", None

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.announced = content_length

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.refusal:
            raise SkipFile
        if self.files > self.most_files:
            self.refuse(
                _("Up to %(most)s files can be uploaded at a time. Upload fewer.") % {"most": f"{self.most_files:,}"}
            )
        if self.announced > MOST_BYTES:
            self.refuse(
                _(
                    "The upload is %(size)s GB, but only %(most)d GB can be uploaded at a time. Upload fewer files, or "
                    "use MIDI or FLAC instead of WAV."
                )
                % {"size": f"{self.announced / 1e9:.1f}", "most": MOST_BYTES // 10**9}
            )
        folder = self.folder / f"{self.files:05}"
        folder.mkdir()
        self.opened = (folder / short_name(self.file_name)).open("xb")

    def receive_data_chunk(self, raw_data, start):
        self.bytes += len(raw_data)
        if self.bytes > MOST_BYTES:  # the announced size may be a lie
            self.refuse(
                _("Only %(most)d GB can be uploaded at a time. Upload fewer files.") % {"most": MOST_BYTES // 10**9}
            )
        self.opened.write(raw_data)

    def file_complete(self, file_size):
        self.opened.close()
        self.opened = None
        return UploadedFile(io.BytesIO(), name=self.file_name, size=file_size)  # its name is all we need

    def upload_interrupted(self):
        if self.opened:
            self.opened.close()

    def refuse(self, refusal: str):
        self.refusal = self.refusal or refusal
        if self.opened:
            self.opened.close()
            self.opened = None
        # The rest is read and thrown away: a browser that is cut off shows an error of its own and not the sentence.
        # File by file, for `StopUpload` makes Django read what is left line by line: two gigabytes of zeros are a line.
        raise SkipFile


def short_name(name: str) -> str:
    """As the file is called, but no longer than every file system allows."""
    path = PurePath(name)
    if len(path.name) <= LONGEST_NAME:
        return path.name
    return f"{path.stem[:LONGEST_NAME]}{path.suffix[:12]}"
