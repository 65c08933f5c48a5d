"""The files of a folder or a zip, by name, as bytes. A zip is never unpacked: its names are names and no paths."""

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studies.errors import EarwitnessError

MOST_FILES = 200_000
LARGEST_CONTENT = 4_000_000_000  # bytes of all files together, unpacked
LARGEST_FILE = 20_000_000
TIGHTEST = 200  # times smaller than its content: no music packs so well

# What unpacking may stumble over, by kind of packing.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)


class ArchiveError(EarwitnessError):
    """Files that cannot be read or will not be, in one sentence for a person."""


@dataclass(frozen=True)
class Archive:
    names: tuple[str, ...]  # with "/", relative, sorted
    read: Callable[[str], bytes]  # raises ArchiveError
    close: Callable[[], None] = lambda: None


def open_archive(path: Path, wanted: Callable[[str], bool], *, largest: int = LARGEST_FILE) -> Archive:
    """The wanted files of a folder or zip, or a single file; each of up to `largest` bytes."""
    if path.is_dir():
        return _folder(path, wanted, largest)
    if not path.exists():
        raise ArchiveError(f"{path} does not exist. Give a folder, a zip or a file.")
    if path.suffix.lower() == ".zip" and not zipfile.is_zipfile(path):
        raise ArchiveError(f"{path.name} is not a zip file, or is damaged. Zip the files again.")
    if path.suffix.lower() == ".zip" or _begins_as_a_zip(path):
        return _zip(path, wanted, largest)
    return Archive((path.name,), lambda _: _read_file(path, largest))


def _begins_as_a_zip(path: Path) -> bool:
    """What only ends as one is something else: any sound may hold those few bytes."""
    if not stat.S_ISREG(path.stat().st_mode):
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" and zipfile.is_zipfile(path)


def _folder(folder: Path, wanted: Callable[[str], bool], largest: int) -> Archive:
    names = []
    for parent, _, files in os.walk(folder):
        names += [(Path(parent) / file).relative_to(folder).as_posix() for file in files]
        if len(names) > MOST_FILES:
            raise ArchiveError(f"{folder} has more than {MOST_FILES:,} files. Give a smaller folder.")
    return Archive(tuple(sorted(filter(_is_ours(wanted), names))), lambda name: _read_file(folder / name, largest))


def _read_file(path: Path, largest: int) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ArchiveError("is not a file.")  # a pipe would keep us waiting for ever
        if path.stat().st_size > largest:
            raise ArchiveError(f"is larger than {largest // 10**6} MB.")
        return path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror or error}.") from error


def _zip(path: Path, wanted: Callable[[str], bool], largest: int) -> Archive:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise ArchiveError(f"{path.name} is damaged: it cannot be opened as a zip.") from error
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    names = tuple(sorted(filter(_is_ours(wanted), entries)))
    content = sum(entries[name].file_size for name in names)
    if len(entries) > MOST_FILES or content > LARGEST_CONTENT:
        archive.close()
        raise ArchiveError(
            f"{path.name} would unpack to {len(entries):,} files and {content / 1e9:,.1f} GB of music. "
            f"The limits are {MOST_FILES:,} files and {LARGEST_CONTENT // 10**9} GB."
        )
    if sum(entry.compress_size for entry in entries.values()) > path.stat().st_size:
        archive.close()
        raise ArchiveError(f"{path.name} is damaged: its files overlap. Zip the files again.")
    return Archive(names, lambda name: _read_entry(archive, entries[name], largest), archive.close)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    if reason := _refusal(entry, largest):
        raise ArchiveError(reason)
    try:
        with archive.open(entry) as file:
            data = file.read(largest + 1)  # the announced size may be a lie
    except DAMAGE as error:
        raise ArchiveError("is damaged: it cannot be unpacked.") from error
    if len(data) > largest:
        raise ArchiveError(f"is larger than {largest // 10**6} MB.")
    return data


def _refusal(entry: zipfile.ZipInfo, largest: int) -> str:
    parts = entry.orig_filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0] or "\0" in entry.orig_filename:
        return "has a name that points outside the zip."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link, not a file."
    if entry.flag_bits & 1:
        return "is locked with a password. Zip it without one."
    if entry.filename.lower().endswith(".zip"):
        return "is a zip inside the zip. Unpack it first."
    if entry.file_size > largest:
        return f"is larger than {largest // 10**6} MB."
    if entry.file_size > 1_000_000 and entry.file_size > TIGHTEST * max(entry.compress_size, 1):
        return "is compressed far more than music can be, which suggests a zip bomb."
    return ""


def _is_ours(wanted: Callable[[str], bool]) -> Callable[[str], bool]:
    """Without what a Mac or an editor leaves beside the files."""
    return lambda name: (
        wanted(name) and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/"))
    )
