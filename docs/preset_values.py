"""`python -m docs.preset_values` writes docs/preset-values.md from the presets, so that the page stays true."""

from pathlib import Path

from generation.music.training.configuration import Preset
from generation.music.training.presets import PRESETS

PAGE = Path(__file__).with_name("preset-values.md")

HEAD = """\
# Presets: every value

*Reference.* To set any value, use `manage.py train CORPUS --preset NAME --name RUN --set key=value` or the form for a
new training run. [presets.md](presets.md) describes the presets and explains their values. This page is written by
`python -m docs.preset_values`.

"""


def page() -> str:
    rows = "".join(f"| [`{preset.name}`](#{preset.name}) | {preset.summary} |\n" for preset in PRESETS.values())
    return HEAD + "| preset | what it is |\n|---|---|\n" + rows + "".join(map(chapter, PRESETS.values()))


def chapter(preset: Preset) -> str:
    """One preset with every value that it sets and what the value means."""
    text = f"\n## {preset.name}\n\n{preset.summary}. Tokens: `{preset.encoding.name}`.\n\n"
    text += "| part | value | | meaning |\n|---|---|---|---|\n"
    for part, values in preset.described_values():
        for value in values:
            text += f"| {part} | `{value.key}` | {written(value.value)} | {value.meaning} |\n"
    return text


def written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
