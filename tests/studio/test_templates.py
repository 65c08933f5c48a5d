"""What holds for every template and style sheet."""

import re
from pathlib import Path

import pytest

from evaluation.charts import theme

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_no_template_line_is_longer_than_160_characters():
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 160
    ]
    assert long == []


def test_every_component_says_first_what_it_expects():
    silent = [
        path.name
        for path in TEMPLATES
        if path.parent.name == "components" and not path.read_text(encoding="utf-8").startswith("{# ")
    ]
    assert silent == []


def test_scripts_hold_no_sentences():
    """Words are in the templates, where they can be translated."""
    sentences = [
        f"{path.name}: {text}"
        for path in sorted((ROOT / "static/js").glob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for text in re.findall(r"""["'`]([A-Z][a-z]+ [^"'`]*)["'`]""", line.partition("// ")[0])
    ]
    assert sentences == []


def colours(scheme: str) -> dict[str, str]:
    """The colours of theme.css by name, with names of other colours followed."""
    style = (ROOT / "static/css/theme.css").read_text(encoding="utf-8")
    by_day, _, by_night = style.partition("@media (prefers-color-scheme: dark)")
    named = dict(re.findall(r"--([\w-]+): ([^;]+);", by_day))
    if scheme == "dark":
        named |= dict(re.findall(r"--([\w-]+): ([^;]+);", by_night))
    return {name: named[value[6:-1]] if value.startswith("var(--") else value for name, value in named.items()}


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("ink", theme.INK),
        ("ink-soft", theme.INK_SOFT),
        ("line", theme.LINE),
        ("line-strong", theme.LINE_STRONG),
        ("paper", theme.PAPER),
        ("bad", theme.STAMP),
        *((f"series-{number}", colour) for number, colour in enumerate(theme.AI_COLOURS, 1)),
    ],
)
def test_charts_have_the_colours_of_the_page_by_day_and_by_night(name, colour):
    assert (colours("light")[name], colours("dark")[name]) == (colour, theme.DARK[colour])
