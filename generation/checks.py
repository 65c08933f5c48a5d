"""What the machine must have, said by `manage.py check` before a participant finds out."""

import os

from django.conf import settings
from django.core.checks import Error, Warning, register


@register
def what_renders(app_configs, **kwargs) -> list[Warning]:
    """Without it everything works but making clips audible, so these are warnings."""
    from generation.music.audio.synthesis import check_renderer

    found = []
    for sentence in check_renderer(settings.SOUNDFONT):
        trouble, _, remedy = sentence.partition(": ")
        found.append(Warning(f"{trouble}.".replace("..", "."), hint=remedy, id="generation.W001"))
    return found


@register
def where_things_are_kept(app_configs, **kwargs) -> list[Error]:
    home = settings.HOME
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The folder {home} cannot be written.",
            hint="Set EARWITNESS_HOME to a folder that can, or change who may write there.",
            id="generation.E001",
        )
    ]
