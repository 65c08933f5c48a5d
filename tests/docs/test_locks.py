"""The locks are made from pyproject.toml by `make lock`, and hold for everyone."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEVELOPING = PROJECT["dependency-groups"]["dev"]


def locked(name: str) -> list[str]:
    """Every library that a lock holds, with its version: ``numpy==2.4.6``."""
    return re.findall(r"^([a-z0-9-]+==[^ ;]+)", (ROOT / name).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize(
    ("name", "wanted"), [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPING)]
)
def test_a_lock_holds_every_library_that_pyproject_names(name, wanted):
    assert {library.lower() for library in wanted} - set(locked(name)) == set()


def test_what_runs_is_what_was_tested():
    assert set(locked("requirements.txt")) <= set(locked("requirements-dev.txt"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_no_registry_and_a_hash_for_each_library(name):
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|--(?:index|extra-index|find-links)\S*", lock) == []
    libraries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert [library.splitlines()[0] for library in libraries if "--hash=sha256:" not in library] == []


def test_the_architecture_page_says_what_each_library_is_for():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = page.partition("## What each library is for")[2].partition("\n## ")[0]
    assert [library for library in RUNTIME if library.partition("==")[0] not in table] == []
