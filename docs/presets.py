"""`python -m docs.presets` writes docs/presets.md from the presets themselves, so that the page stays true."""

from pathlib import Path

from generation.music.configuration import Preset
from generation.music.presets import PRESETS

PAGE = Path(__file__).with_suffix(".md")

HEAD = """\
# Presets

A preset is a named recipe: tokens, network, training and sampling. `manage.py train CORPUS --preset NAME
--name RUN` trains it; any value below can be set with `--set key=value`, or on the page of a new run. This
page is written by `python -m docs.presets`.

Our reading where the texts are silent: notes that start together (on a grid of sixteenths and triplet
eighths) are one chord; `paper` and `skuli` feed a token as its number divided by the vocabulary's size; half
a beat is one token; a chord that training never saw is one `unknown` token, heard as a rest; their windows
start from a zero state, so they compose by reading the whole window anew for every note (`reread`). music21,
which those recipes use, turns held chord notes into new notes at bar lines; we do not repeat that slip.

"""


def page() -> str:
    rows = "".join(f"| [`{preset.name}`](#{preset.name}) | {preset.summary} |\n" for preset in PRESETS.values())
    return HEAD + "| preset | what it is |\n|---|---|\n" + rows + "".join(map(chapter, PRESETS.values()))


def chapter(preset: Preset) -> str:
    """One preset with every value that it sets and what the value means."""
    text = f"\n## {preset.name}\n\n{preset.summary}. Tokens: `{preset.encoding.name}`.\n\n"
    text += "| part | value | | meaning |\n|---|---|---|---|\n"
    for part, values in preset.explained():
        for value in values:
            text += f"| {part} | `{value.key}` | {written(value.value)} | {value.meaning} |\n"
    return text


def written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
