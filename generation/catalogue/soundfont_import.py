"""A soundfont that is uploaded or added in a terminal is played before it is kept.

That happens in a process with limits: what cannot be read, or takes a machine down, is rejected with the
renderer's reason.
"""

import hashlib
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError
from django.utils.translation import gettext as _

from generation.catalogue.errors import CatalogueError
from generation.models import Soundfont
from generation.music.audio.policy import RenderingError
from generation.music.audio.synthesis import synthesise
from generation.music.score.notes import Note, Piece, write_midi
from generation.outcomes import soundfont_sentences
from studies.models import Study
from studies.slugs import free_slug

LARGEST = 1_000_000_000  # bytes
KINDS = {b"\x02": "sf2", b"\x03": "sf3"}  # by the major version; sf3 is sf2 with compressed samples
TEST_PIECE = write_midi(Piece.of([Note(pitch, beat / 4, 0.5, 90) for beat, pitch in enumerate(range(36, 97, 12))]))


@dataclass
class AddedSoundfont:
    soundfont: Soundfont
    is_new: bool

    def values(self) -> dict:
        soundfont = self.soundfont
        return {
            "soundfont": soundfont.pk,
            "name": soundfont.name,
            "is_new": self.is_new,
            "bytes": soundfont.bytes,
        }

    def sentences(self) -> list[str]:
        return soundfont_sentences(self.values())


def add_soundfont(
    study: Study, path: str | Path, *, licence: str, name: str = "", citation: str = "", file_name: str = ""
) -> AddedSoundfont:
    """Keep an SF2 or SF3 file, once it has been played; `file_name` is that of an upload, whose path has another."""
    path = Path(path).expanduser()
    file_name = file_name or path.name
    name, licence = name.strip() or Path(file_name).stem, licence.strip()
    if not licence:
        raise CatalogueError(_('Enter the licence of the soundfont. If you do not know it, enter "unknown".'))
    kind = check_file(path, file_name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if same_file := study.soundfonts.filter(sha256=sha256).first():
        return AddedSoundfont(same_file, is_new=False)
    if study.soundfonts.filter(name=name).exists():
        raise CatalogueError(_('There is already another soundfont "%(name)s". Choose another name.') % {"name": name})
    check_sound(path, file_name)
    row = Soundfont(
        study=study, name=name, slug=free_slug(name, study.soundfonts.all()), kind=kind, sha256=sha256, licence=licence
    )
    row.citation, row.bytes = citation, path.stat().st_size
    if not row.path.exists():  # another study may have uploaded the same
        row.path.parent.mkdir(parents=True, exist_ok=True)
        beside = row.path.with_suffix(".part")
        shutil.copyfile(path, beside)
        beside.replace(row.path)
    try:
        row.save()
    except IntegrityError as error:
        raise CatalogueError(
            _('Someone else has just added a soundfont "%(name)s". Choose another name.') % {"name": name}
        ) from error
    return AddedSoundfont(row, is_new=True)


def check_file(path: Path, file_name: str) -> str:
    """What kind it is, by what is in it and not by its name: RIFF, sfbk, whole, with a version that we know."""
    if not path.is_file():
        raise CatalogueError(_("%(file)s does not exist or is not a file.") % {"file": file_name})
    size = path.stat().st_size
    if size > LARGEST:
        raise CatalogueError(
            _("%(file)s is %(size)s GB. A soundfont can be up to %(largest)d GB.")
            % {"file": file_name, "size": f"{size / 1e9:.1f}", "largest": LARGEST // 10**9}
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise CatalogueError(_("%(file)s is not a soundfont. Choose an SF2 or SF3 file.") % {"file": file_name})
    announced = struct.unpack("<I", head[4:8])[0] + 8
    if announced > size + 1:
        raise CatalogueError(
            _("%(file)s is incomplete: it has %(size)s of %(announced)s bytes. Download it again.")
            % {"file": file_name, "size": f"{size:,}", "announced": f"{announced:,}"}
        )
    version = head.find(b"ifil")
    kind = KINDS.get(head[version + 8 : version + 9], "") if version > 0 else ""
    if not kind:
        raise CatalogueError(_("%(file)s has an unknown version. Choose an SF2 or SF3 file.") % {"file": file_name})
    return kind


def check_sound(path: Path, file_name: str) -> None:
    try:
        synthesise(TEST_PIECE, name="The test piece", soundfont=path)
    except RenderingError as error:
        raise CatalogueError(
            _("%(file)s cannot be played. %(reason)s") % {"file": file_name, "reason": error}
        ) from error
