"""Files that no row points to: left by a process that was killed between writing files and writing rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.scores import FORMS, score_file
from generation.models import Clip, Soundfont

LEFT_ALONE = timedelta(days=1)  # younger files may belong to work that goes on


@dataclass
class OrphanedFiles:
    files: int
    bytes: int
    spared: bool = False  # more belonged to nothing than to something

    def sentences(self) -> list[str]:
        values = {"count": f"{self.files:,}", "size": f"{self.bytes / 1e6:,.1f}"}
        if self.spared:
            sentence = ngettext(
                "%(count)s file (%(size)s MB) is used by nothing in this database. That is more than half of all "
                "files, so nothing was deleted: is this the right database? If it is, run: manage.py sweep_media "
                "--even-most",
                "%(count)s files (%(size)s MB) are used by nothing in this database. That is more than half of all "
                "files, so nothing was deleted: is this the right database? If it is, run: manage.py sweep_media "
                "--even-most",
                self.files,
            )
            return [sentence % values]
        if not self.files:
            return [_("There are no unused files.")]
        sentence = ngettext(
            "%(count)s unused file deleted (%(size)s MB).", "%(count)s unused files deleted (%(size)s MB).", self.files
        )
        return [sentence % values]


def sweep_media(*, older_than: timedelta = LEFT_ALONE, even_most: bool = False) -> OrphanedFiles:
    """Take away what belongs to nothing. Where that is most of what there is, another database is the likelier reason,
    and nothing is touched."""
    pointed_to = _referenced_files()
    names = [f"{folder}/{file}" for folder in _folders() for file in _files_in(folder)]
    lost = [name for name in names if name not in pointed_to]
    lost = [name for name in lost if timezone.now() - default_storage.get_modified_time(name) > older_than]
    orphaned = OrphanedFiles(
        len(lost), sum(map(default_storage.size, lost)), spared=2 * len(lost) > len(names) and not even_most
    )
    if not orphaned.spared:
        for name in lost:
            default_storage.delete(name)
    return orphaned


def _files_in(folder: str) -> list[str]:
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def _folders() -> list[str]:
    return sorted(
        {field.upload_to.strip("/") for model in (Clip, Soundfont) for field in _file_fields(model)} | {"scores"}
    )


def _referenced_files() -> set[str]:
    names = {score_file(clip, form) for clip in Clip.objects.only("name") for form in FORMS}
    for model in apps.get_models():
        for field in _file_fields(model):
            names |= set(model._base_manager.values_list(field.name, flat=True))
    return names


def _file_fields(model: type[Model]) -> list[FileField]:
    return [field for field in model._meta.get_fields() if isinstance(field, FileField)]
