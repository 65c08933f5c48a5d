"""What the machine must have, said by `manage.py check` before a participant finds out."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.utils.translation import gettext as _

from generation.music.audio.renderer import check_renderer


@register
def check_rendering(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Without it everything works but rendering clips, so these are warnings."""

    return [Warning(sentence, id="generation.W001") for sentence in check_renderer(settings.SOUNDFONT)]


@register
def check_home(app_configs: Any, **kwargs: Any) -> list[Error]:
    home = settings.HOME
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            _("Earwitness cannot write to the folder %(folder)s.") % {"folder": home},
            hint=_("Set EARWITNESS_HOME to a folder that it can write to, or change the permissions of this one."),
            id="generation.E001",
        )
    ]
