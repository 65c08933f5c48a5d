"""A folder, a zip or some uploaded files, seen as one flat set of files with names and sizes."""

import io
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from generation.music.magenta.errors import LARGEST_FILE, BundleError

MOST_FILES = 1_000
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Files:
    """Names with what reads each; nothing is read before it is asked for, and nothing is written."""

    def __init__(self, readers: dict[str, tuple[int, Callable[[], bytes]]], called: str):
        self.called = called
        self._readers = readers
        if len(readers) > MOST_FILES:
            raise BundleError(f"{called} has {len(readers):,} files, too many for a bundle.")
        self._room = LARGEST_FILE

    def __contains__(self, name: str) -> bool:
        return name in self._readers

    @property
    def names(self) -> list[str]:
        return sorted(self._readers)

    def read(self, name: str) -> bytes:
        if name not in self._readers:
            raise BundleError(f"{self.called} names the file {name[:100]}, which is not there.")
        size, reader = self._readers[name]
        self._room -= size
        if self._room < 0:
            raise BundleError(f"{self.called} has more than {LARGEST_FILE // 10**6} MB, too much for a bundle.")
        return reader()


def open_upload(files: dict[str, BinaryIO]) -> bytes | Files:
    """Files that somebody sent, by name: what `read_bundle` takes."""
    if len(files) == 1:
        return next(iter(files.values())).read()
    sizes = {name: file.seek(0, io.SEEK_END) for name, file in files.items()}
    return Files({name: (sizes[name], partial(_from_start, file)) for name, file in files.items()}, "What was sent")


def _from_start(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def open_folder(folder: Path, names: list[str] | None = None) -> Files:
    """The files of a folder, those of folders within it left out; or only some of them."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and (names is None or path.name in names)]
    return Files({path.name: (path.stat().st_size, path.read_bytes) for path in paths}, str(folder))


def open_zip(data: bytes, called: str) -> Files:
    """The files of a zip by their last names: no path in it is ever used as a path."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeError) as error:
        raise BundleError(f"{called} is a damaged zip.") from error
    readers: dict[str, tuple[int, Callable[[], bytes]]] = {}
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/")).name
        if name and not name.startswith("._") and name not in readers:  # those are a Mac's own
            readers[name] = (entry.file_size, partial(_unpack, archive, entry, called))
    return Files(readers, called)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, called: str) -> bytes:
    if entry.compress_type not in COMPRESSIONS or entry.flag_bits & 1:
        raise BundleError(f"{called} is encrypted or compressed in an unusual way. Make an ordinary zip.")
    try:
        with archive.open(entry) as file:
            return file.read(entry.file_size)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise BundleError(f"{called} is a damaged zip.") from error
