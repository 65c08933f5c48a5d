"""Files that no row points to: left by a process that was killed between writing files and writing rows."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, Model
from django.utils import timezone

from generation.catalogue.errors import counted
from generation.catalogue.scores import FORMS, score_file
from generation.models import Clip, Soundfont

LEFT_ALONE = timedelta(days=1)  # younger files may belong to work that goes on


@dataclass
class Swept:
    files: int
    bytes: int

    def sentences(self) -> list[str]:
        if not self.files:
            return ["Every file belongs to something."]
        return [f"{counted(self.files, 'file')} of {self.bytes / 1e6:,.1f} MB that belonged to nothing taken away."]


def sweep_media(*, older_than: timedelta = LEFT_ALONE) -> Swept:
    pointed_to = _pointed_to()
    swept = Swept(0, 0)
    for folder in _folders():
        if not default_storage.exists(folder):
            continue
        for file in default_storage.listdir(folder)[1]:
            name = f"{folder}/{file}"
            if name not in pointed_to and timezone.now() - default_storage.get_modified_time(name) > older_than:
                swept.files += 1
                swept.bytes += default_storage.size(name)
                default_storage.delete(name)
    return swept


def _folders() -> list[str]:
    return sorted(
        {field.upload_to.strip("/") for model in (Clip, Soundfont) for field in _file_fields(model)} | {"scores"}
    )


def _pointed_to() -> set[str]:
    names = {score_file(clip, form) for clip in Clip.objects.only("name") for form in FORMS}
    for model in apps.get_models():
        for field in _file_fields(model):
            names |= set(model._base_manager.values_list(field.name, flat=True))
    return names


def _file_fields(model: type[Model]) -> list[FileField]:
    return [field for field in model._meta.get_fields() if isinstance(field, FileField)]
