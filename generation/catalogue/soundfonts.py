"""Soundfonts: those that packages install, and those that people have uploaded (`soundfont_import`)."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Soundfont
from generation.music.audio.policy import RenderingError
from generation.music.audio.renderer import INSTALLED, find_soundfont
from studies.errors import NotThere
from studies.models import Study


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
