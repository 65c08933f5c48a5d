"""Soundfonts: those that packages install, and those that people bring.

One that is brought is really played before it is kept, in a process with limits: what cannot be read, or takes a
machine down, is refused with what the renderer said.
"""

import hashlib
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError
from django.db.models import RestrictedError

from generation.catalogue.errors import CatalogueError, NotThere, count_of
from generation.models import Clip, Soundfont
from generation.music.audio.policy import RenderingError
from generation.music.audio.synthesis import INSTALLED, find_soundfont, synthesise
from generation.music.score.notes import Note, Piece, write_midi
from studies.models import Study
from studies.naming import free_slug

LARGEST = 1_000_000_000  # bytes
KINDS = {b"\x02": "sf2", b"\x03": "sf3"}  # by the major version; sf3 is sf2 with compressed samples
TRIAL = write_midi(Piece.of([Note(pitch, place / 4, 0.5, 90) for place, pitch in enumerate(range(36, 97, 12))]))


@dataclass(frozen=True)
class Font:
    """What can be played, brought or installed."""

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
        """For whoever chooses: its name and under which licence it is."""
        return f"{self.name} ({self.licence or 'licence unknown'})"

    def provenance(self) -> dict:
        about = {"soundfont": self.name, "soundfont_licence": self.licence, "soundfont_citation": self.citation}
        return {key: value for key, value in about.items() if value}


def fonts_of(study: Study) -> list[Font]:
    """The one that is played where none is named, the others that are installed, those that were brought."""
    return [*installed_fonts(), *map(_uploaded_font, study.soundfonts.all())]


def installed_fonts() -> list[Font]:
    found = []
    for wanted in (settings.SOUNDFONT, *INSTALLED):
        try:
            path = find_soundfont(wanted)
        except RenderingError:
            continue
        if path.name not in {font.name for font in found}:
            found.append(Font(path.name, path, INSTALLED.get(str(path), "")))
    return found


def default_soundfont() -> Font | None:
    """The one that is played where none is named; None where the machine lacks it, which rendering then says."""
    wanted = Path(settings.SOUNDFONT).expanduser() if settings.SOUNDFONT else None
    return next((font for font in installed_fonts() if wanted in (None, font.path)), None)


def find_font(study: Study, name: str | Path) -> Font:
    """By the name or slug of one that was brought, the file name of one that is installed; or the one at a path.

    Only who sits at this machine gives a path: what a page or a program says is a name.
    """
    if isinstance(name, Path):
        return Font(name.name, find_soundfont(name))
    row = study.soundfonts.filter(name=name).first() or study.soundfonts.filter(slug=name).first()
    if row:
        return _uploaded_font(row)
    for font in installed_fonts():
        if name in (font.name, str(font.path)):
            return font
    names = ", ".join(font.name for font in fonts_of(study)) or "none"
    raise NotThere(f'There is no soundfont "{name}"; there is {names}. manage.py add_soundfont FILE brings one.')


def _uploaded_font(row: Soundfont) -> Font:
    return Font(row.name, row.path, row.licence, row.citation, row)


@dataclass
class AddedSoundfont:
    soundfont: Soundfont
    is_new: bool

    def sentences(self) -> list[str]:
        if not self.is_new:
            return [f'The soundfont "{self.soundfont}" is this file already: nothing added.']
        return [f'The soundfont "{self.soundfont}" can be played: {self.soundfont.bytes / 1e6:,.1f} MB.']


def add_soundfont(
    study: Study, path: str | Path, *, licence: str, name: str = "", citation: str = "", called: str = ""
) -> AddedSoundfont:
    """Keep an SF2 or SF3 file, once it has been played; `called` as its file is called where its path is not."""
    path = Path(path).expanduser()
    called = called or path.name
    name, licence = name.strip() or Path(called).stem, licence.strip()
    if not licence:
        raise CatalogueError("Say under which licence the soundfont may be used, if only that it is unknown.")
    kind = check_file(path, called)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if there := study.soundfonts.filter(sha256=sha256).first():
        return AddedSoundfont(there, is_new=False)
    if study.soundfonts.filter(name=name).exists():
        raise CatalogueError(f'There is another soundfont "{name}" already. Choose another name.')
    check_sound(path, called)
    row = Soundfont(
        study=study, name=name, slug=free_slug(name, study.soundfonts.all()), kind=kind, sha256=sha256, licence=licence
    )
    row.citation, row.bytes = citation, path.stat().st_size
    if not row.path.exists():  # another study may have brought the same
        row.path.parent.mkdir(parents=True, exist_ok=True)
        beside = row.path.with_suffix(".part")
        shutil.copyfile(path, beside)
        beside.replace(row.path)
    try:
        row.save()
    except IntegrityError as error:
        raise CatalogueError(f'Somebody else has just added the soundfont "{name}".') from error
    return AddedSoundfont(row, is_new=True)


def check_file(path: Path, called: str) -> str:
    """What kind it is, by what is in it and not by its name: RIFF, sfbk, whole, with a version that we know."""
    if not path.is_file():
        raise CatalogueError(f"{called} does not exist, or is no file.")
    size = path.stat().st_size
    if size > LARGEST:
        raise CatalogueError(f"{called} has {size / 1e9:.1f} GB; soundfonts of up to {LARGEST // 10**9} GB are taken.")
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise CatalogueError(f"{called} is no soundfont: SF2 and SF3 files begin otherwise.")
    announced = struct.unpack("<I", head[4:8])[0] + 8
    if announced > size + 1:
        raise CatalogueError(f"{called} is cut off: it has {size:,} of {announced:,} bytes. Fetch it again.")
    version = head.find(b"ifil")
    kind = KINDS.get(head[version + 8 : version + 9], "") if version > 0 else ""
    if not kind:
        raise CatalogueError(f"{called} says of itself neither that it is SF2 nor SF3.")
    return kind


def check_sound(path: Path, called: str) -> None:
    try:
        synthesise(TRIAL, name="A trial", soundfont=path)
    except RenderingError as error:
        raise CatalogueError(f"{called} cannot be played. {error}") from error


def remove_soundfont(soundfont: Soundfont) -> None:
    path, called = soundfont.path, str(soundfont)
    try:
        soundfont.delete()
    except RestrictedError as error:
        clips = Clip.objects.filter(soundfont=soundfont)
        raise CatalogueError(
            f'"{called}" is the soundfont of {count_of(clips.count(), "clip")}, {clips.first()} for one: it stays as '
            "long as they do."
        ) from error
    if not Soundfont.objects.filter(sha256=soundfont.sha256).exists():
        path.unlink(missing_ok=True)
