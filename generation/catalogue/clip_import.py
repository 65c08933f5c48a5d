"""MIDI and audio made elsewhere become clips."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.clips import AddedClips, Line, NewClip, add_clips, arrangement_provenance, source_named
from generation.catalogue.errors import CatalogueError, Progress, no_progress
from generation.music.audio.policy import STANDARD, RenderingError, check_density
from generation.music.audio.recordings import SUFFIXES, read_recording
from generation.music.corpora.archives import Archive, ArchiveError, open_archive
from generation.music.score.arrangement import Arrangement, arrange
from generation.music.score.instrumentation import apply_instruments
from generation.music.score.notes import MidiError, read_midi, write_midi
from studies.models import Study

MOST_FILES = 10_000  # at a time: more is a wrong folder, or a corpus
MOST_ZIPS = 100  # each is kept open while it is read
LARGEST_RECORDING = 150_000_000  # bytes; a quarter of an hour of WAV

UNCHANGED = Arrangement()


def import_midi(
    study: Study,
    paths: Iterable[str | Path],
    *,
    source: str,
    origin: str,
    arrangement: Arrangement = UNCHANGED,
    progress: Progress = no_progress,
    **about: str,
) -> AddedClips:
    """Clips of files, folders and zips, MIDI or audio; what is neither is listed, and the rest goes on.

    `arrangement` is what becomes of the notes of each MIDI file, and part of what a clip is: the same file arranged
    otherwise is another clip.
    `about` are the free fields of a new source: description, citation, licence, checkpoint, settings.
    """
    model = source_named(study, source, origin=origin, **about)
    paths = [Path(path).expanduser() for path in paths]
    archives, refused = _open_archives(paths)
    try:
        total = sum(len(archive.names) for archive in archives) + len(refused)
        _check_count(total, paths)
        new = _new_clips(archives, refused, arrangement)
        added = add_clips(model, _report_progress(new, total, progress))
    finally:
        for archive in archives:
            archive.close()
    if not added.clips and not added.already:
        raise NothingTaken(added)
    return added


class NothingTaken(CatalogueError):
    """Every file was refused; `added` lists why."""

    def __init__(self, added: AddedClips):
        name, reason = added.refused[0]
        sentence = _("No clips were imported. %(name)s %(reason)s") % {"name": name, "reason": reason}
        if others := len(added.refused) - 1:
            sentence += " " + ngettext(
                "%(count)s other file was refused, too.", "%(count)s other files were refused, too.", others
            ) % {"count": f"{others:,}"}
        super().__init__(sentence)
        self.added = added


def _open_archives(paths: list[Path]) -> tuple[list[Archive], list[Line]]:
    archives, refused, zips = [], [], 0
    for path in paths:
        zips += path.suffix.lower() == ".zip"
        if zips > MOST_ZIPS and path.suffix.lower() == ".zip":
            reason = _("is one of more than %(most)d zip files. Put the files into fewer zips.") % {"most": MOST_ZIPS}
            refused.append(Line(path.name, "refused", reason))
            continue
        try:
            archives.append(open_archive(path, lambda name: True, largest=LARGEST_RECORDING))
        except ArchiveError as error:
            if not path.exists():
                raise
            refused.append(Line(path.name, "refused", _reason_alone(error, path.name)))
    return archives, refused


def _reason_alone(error: Exception, name: str) -> str:
    """Messages begin with the name of the file; lists have it in a column of its own."""
    return str(error).removeprefix(name).strip()


def _check_count(total: int, paths: list[Path]) -> None:
    names = ", ".join(path.name or str(path) for path in paths[:3]) + (" ..." if len(paths) > 3 else "")
    if not total:
        raise CatalogueError(
            _("There are no files in %(names)s. Choose MIDI or audio files, or folders or zips that contain them.")
            % {"names": names}
        )
    if total > MOST_FILES:
        raise CatalogueError(
            _("There are %(count)s files in %(names)s. Import up to %(most)s at a time.")
            % {"count": f"{total:,}", "names": names, "most": f"{MOST_FILES:,}"}
        )


def _new_clips(archives: list[Archive], refused: list[Line], arrangement: Arrangement) -> Iterator[NewClip | Line]:
    for archive in archives:
        for name in archive.names:
            try:
                yield new_clip(name, archive.read(name), arrangement)
            except (ArchiveError, MidiError, RenderingError) as error:
                yield Line(name, "refused", _reason_alone(error, name))
    yield from refused


def _report_progress(new: Iterable, total: int, progress: Progress) -> Iterator:
    for done, clip_or_line in enumerate(new, 1):
        yield clip_or_line
        progress(done, total, "files")


def new_clip(name: str, data: bytes, arrangement: Arrangement = UNCHANGED) -> NewClip:
    """What the bytes are decides, not the ending of the name; damaged files are refused here, not when rendering."""
    provenance = {"made_by": "import", "file": name, "sha256": hashlib.sha256(data).hexdigest()}
    suffix = PurePosixPath(name).suffix.lower()
    original = b""
    if data[:4] == b"MThd" or suffix in {".mid", ".midi"}:
        piece = read_midi(data, name=name)
        heard = apply_instruments(piece, instrument="file", seconds=STANDARD.seconds)
        check_density(heard, seconds=STANDARD.seconds, name=name)
        suffix = ".mid"
        if not arrangement.changes_nothing:
            original, piece = data, arrange(piece, arrangement)
            data = write_midi(piece)
            provenance |= arrangement_provenance(piece, arrangement)
    elif suffix in SUFFIXES or data[:4] in (b"RIFF", b"fLaC", b"OggS"):
        read_recording(data, name=name, seconds=STANDARD.seconds)
    else:
        raise RenderingError(
            _("%(name)s is neither a MIDI file nor an audio file (WAV, FLAC, OGG or MP3).") % {"name": name}
        )
    return NewClip(
        title=PurePosixPath(name).stem,
        data=data,
        suffix=suffix if suffix == ".mid" or suffix in SUFFIXES else ".wav",
        provenance=provenance,
        original=original,
    )
