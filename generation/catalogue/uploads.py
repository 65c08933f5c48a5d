"""MIDI and audio made elsewhere become clips."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from generation.catalogue.clips import Added, NewClip, add_clips, source_named
from generation.catalogue.errors import CatalogueError, Progress, in_silence
from generation.music.archives import Archive, ArchiveError, open_archive
from generation.music.audio.policy import STANDARD, RenderingError
from generation.music.audio.recordings import SUFFIXES, read_recording
from generation.music.notes import MidiError, read_midi
from studies.models import Study

MOST_FILES = 2_000  # at a time: more is a wrong folder, or a corpus
LARGEST_RECORDING = 150_000_000  # bytes; a quarter of an hour of WAV


def import_midi(
    study: Study,
    paths: Iterable[str | Path],
    *,
    source: str,
    origin: str,
    progress: Progress = in_silence,
    **about: str,
) -> Added:
    """Clips of files, folders and zips, MIDI or audio; what is neither is listed, and the rest goes on.

    `about` are the free fields of a new source: description, citation, licence, checkpoint, settings.
    """
    found = source_named(study, source, origin=origin, **about)
    archives = [(Path(path), _opened(Path(path))) for path in paths]
    try:
        total = sum(len(archive.names) for _, archive in archives)
        _check_count(total, archives)
        added = add_clips(found, _with_progress(_new_clips(archives), total, progress))
    finally:
        for _, archive in archives:
            archive.close()
    if not added.clips and not added.already:
        name, reason = added.refused[0]
        more = f", and {len(added.refused) - 1} more" if len(added.refused) > 1 else ""
        raise CatalogueError(f"Nothing could be taken: {name} {reason.rstrip('.')}{more}.")
    return added


def _opened(path: Path) -> Archive:
    return open_archive(path.expanduser(), lambda name: True, largest=LARGEST_RECORDING)


def _check_count(total: int, archives: list[tuple[Path, Archive]]) -> None:
    names = ", ".join(str(path) for path, _ in archives)
    if not total:
        raise CatalogueError(f"There is nothing in {names}; give MIDI or audio files, or folders or zips of them.")
    if total > MOST_FILES:
        raise CatalogueError(f"{names} has {total:,} files; up to {MOST_FILES:,} are taken at a time.")


def _new_clips(archives: list[tuple[Path, Archive]]) -> Iterator[NewClip | tuple[str, str]]:
    for _, archive in archives:
        for name in archive.names:
            try:
                yield new_clip(name, archive.read(name))
            except (ArchiveError, MidiError, RenderingError) as error:
                yield name, str(error).removeprefix(name).strip()


def _with_progress(new: Iterable, total: int, progress: Progress) -> Iterator:
    for done, one in enumerate(new, 1):
        yield one
        progress(done, total, "files")


def new_clip(name: str, data: bytes) -> NewClip:
    """What the bytes are decides, not the ending of the name; damaged files are refused here, not when rendering."""
    suffix = PurePosixPath(name).suffix.lower()
    if data[:4] == b"MThd" or suffix in {".mid", ".midi"}:
        read_midi(data, name=name)
        suffix = ".mid"
    elif suffix in SUFFIXES or data[:4] in (b"RIFF", b"fLaC", b"OggS"):
        read_recording(data, name=name, seconds=STANDARD.seconds)
    else:
        raise RenderingError(f"{name} is neither MIDI nor audio (WAV, FLAC, OGG or MP3).")
    return NewClip(
        title=PurePosixPath(name).stem,
        data=data,
        suffix=suffix if suffix == ".mid" or suffix in SUFFIXES else ".wav",
        provenance={"made_by": "import", "file": name, "sha256": hashlib.sha256(data).hexdigest()},
    )
