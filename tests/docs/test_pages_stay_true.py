"""Documents that can be tested are."""

import re
from pathlib import Path

from django.core.management import get_commands

from docs.preset_values import PAGE, page

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_page_of_values_is_what_the_presets_say():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_links_and_pictures_lead_somewhere():
    broken = [
        f"{document.name}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_every_command_that_is_named_exists():
    named = {
        command
        for document in DOCUMENTS
        for command in re.findall(r"manage\.py ([a-z_]+)", document.read_text(encoding="utf-8"))
    }
    assert named <= set(get_commands())


def test_every_setting_that_is_read_is_explained_and_no_other():
    settings = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', settings))
    explained = set(re.findall(r"^\| `([A-Z_0-9]+)`", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.M))
    # Read where they are used, not among the settings.
    elsewhere = {"CHROMIUM", "EARWITNESS_POP909"}
    assert explained == read | elsewhere
