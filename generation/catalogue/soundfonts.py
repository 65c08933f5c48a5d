"""Soundfonts: those that packages install, and those that people upload.

An upload is really played before it is kept, in a process with limits: what cannot be read, or takes a machine down,
is refused with the renderer's reason.
"""

import hashlib
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.db.models import RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Soundfont
from generation.music.audio.policy import RenderingError
from generation.music.audio.synthesis import INSTALLED, find_soundfont, synthesise
from generation.music.score.notes import Note, Piece, write_midi
from generation.outcomes import soundfont_sentences
from studies.errors import NotThere
from studies.models import Study
from studies.slugs import free_slug

LARGEST = 1_000_000_000  # bytes
KINDS = {b"\x02": "sf2", b"\x03": "sf3"}  # by the major version; sf3 is sf2 with compressed samples
TEST_PIECE = write_midi(Piece.of([Note(pitch, beat / 4, 0.5, 90) for beat, pitch in enumerate(range(36, 97, 12))]))


@dataclass(frozen=True)
class Font:
    """What can be played, uploaded or installed."""

    name: str
    path: Path
    licence: str = ""
    citation: str = ""
    row: Soundfont | None = None

    @property
    def key(self) -> str:
        """What `find_font` finds it by."""
        return self.row.slug if self.row else self.name

    @property
    def label(self) -> str:
        """Its name and its licence, for those who choose."""
        return f"{self.name} ({self.licence or _('licence unknown')})"

    def provenance(self) -> dict:
        about = {"soundfont": self.name, "soundfont_licence": self.licence, "soundfont_citation": self.citation}
        return {key: value for key, value in about.items() if value}


def fonts_of(study: Study) -> list[Font]:
    """The one that is played where none is named, the others that are installed, those that were uploaded."""
    return [*installed_fonts(), *map(_uploaded_font, study.soundfonts.all())]


def installed_fonts() -> list[Font]:
    fonts: list[Font] = []
    for candidate in (settings.SOUNDFONT, *INSTALLED):
        try:
            path = find_soundfont(candidate)
        except RenderingError:
            continue
        if path.name not in {font.name for font in fonts}:
            fonts.append(Font(path.name, path, INSTALLED.get(str(path), "")))
    return fonts


def default_soundfont() -> Font | None:
    """The one that is played where none is named; None where the machine lacks it, which rendering then says."""
    path = Path(settings.SOUNDFONT).expanduser() if settings.SOUNDFONT else None
    return next((font for font in installed_fonts() if path in (None, font.path)), None)


def find_font(study: Study, name: str | Path) -> Font:
    """By the name or slug of one that was uploaded, the file name of one that is installed; or the one at a path.

    Only who sits at this machine gives a path: what a page or a program says is a name.
    """
    if isinstance(name, Path):
        return Font(name.name, find_soundfont(name))
    row = study.soundfonts.named(name).first()
    if row:
        return _uploaded_font(row)
    for font in installed_fonts():
        if name in (font.name, str(font.path)):
            return font
    names = ", ".join(font.name for font in fonts_of(study))
    raise NotThere(
        _('There is no soundfont "%(name)s". Available are: %(names)s. To add one: manage.py add_soundfont FILE')
        % {"name": name, "names": names or _("none")}
    )


def _uploaded_font(row: Soundfont) -> Font:
    return Font(row.name, row.path, row.licence, row.citation, row)


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


def remove_soundfont(soundfont: Soundfont) -> None:
    path, shown_name = soundfont.path, str(soundfont)
    try:
        soundfont.delete()
    except RestrictedError as error:
        clips = Clip.objects.filter(soundfont=soundfont)
        count = clips.count()
        raise CatalogueError(
            ngettext(
                'The soundfont "%(soundfont)s" cannot be deleted because %(count)s clip uses it (%(clip)s).',
                'The soundfont "%(soundfont)s" cannot be deleted because %(count)s clips use it (%(clip)s, for '
                "example).",
                count,
            )
            % {"soundfont": shown_name, "count": f"{count:,}", "clip": clips.first()}
        ) from error
    if not Soundfont.objects.filter(sha256=soundfont.sha256).exists():
        path.unlink(missing_ok=True)
