"""Every file and every module that is named, in documents as in comments, exists."""

import ast
import importlib.util
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .test_pages_stay_true import DOCUMENTS, ROOT

FILES = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
FILES = [file for file in FILES if (ROOT / file).is_file()]
TOP = sorted({file.split("/")[0] for file in FILES if "/" in file and not file.startswith(".")})
SOURCES = [ROOT / file for file in FILES if file.endswith(".py") and "/migrations/" not in file]

MODULES: dict[str, set[Path]] = {}  # and folders of modules, by their last name
for source in SOURCES:
    MODULES.setdefault(source.stem, set()).add(source)
    for folder in source.relative_to(ROOT).parents[:-1]:
        MODULES.setdefault(folder.name, set()).add(ROOT / folder)
CLASSES = {word for source in SOURCES for word in re.findall(r"(?m)^ *class (\w+)", source.read_text(encoding="utf-8"))}

QUOTED = re.compile(r"`([^`\n]+)`")
IN_A_FOLDER = re.compile(rf"(?:{'|'.join(TOP)})(?:/[\w.*-]+)*/?")
A_FILE = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|md|sh|R|js|css|html)")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
OTHER_FILES = re.compile(
    r".*\.(?:json|csv|npz|zip|mid|midi|txt|mag|sav|wav|flac|mp3|sf2|index|svg|png|pdf|toml|db|cff)"
)
UNQUOTED_FILE = re.compile(rf"(?<![\w/.<-])(?:{'|'.join(TOP)})/[\w./-]*\w\.(?:py|md|sh|R|js|css|html|toml)\b")

# Files that are named without being ours: those of a package of results, and of others' programs.
ELSEWHERE = {"codebook.md", "methods.md", "preregistration.md", "magenta.js", "run_magenta.py"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_what_exists(document):
    text = re.sub(r"(?s)```.*?```", "", document.read_text(encoding="utf-8"))
    quoted = QUOTED.findall(text)
    assert [name for name in dict.fromkeys(quoted) if is_missing(name, document)] == []


@pytest.mark.parametrize("folder", TOP)
def test_comments_and_docstrings_name_what_exists(folder):
    missing = [
        f"{source.relative_to(ROOT)}:{line}: {name}"
        for source in SOURCES
        if source.relative_to(ROOT).parts[0] == folder
        for line, prose in prose_of(source)
        for name in [*QUOTED.findall(prose), *UNQUOTED_FILE.findall(prose)]
        if is_missing(name, source)
    ]
    assert missing == []


def test_what_is_missing_is_noticed():
    here = ROOT / "evaluation/statistics/listeners.py"
    for name in (
        "evaluation/no_such.py",
        "no_such_file.py",
        "surveys/no_such/",
        "generation.no_such",
        "quality.no_such",
    ):
        assert is_missing(name, here), name
    for name in (
        "surveys/models/",
        "models.py",
        "generation.music",
        "quality.flags",
        "numpy.linalg",
        "answers.groupby",
    ):
        assert not is_missing(name, here), name


def prose_of(source: Path) -> Iterator[tuple[int, str]]:
    """Comments, and strings in which somebody says something, each with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and " " in token.string):
            yield token.start[0], token.string


def is_missing(name: str, where: Path) -> bool:
    """Whether a name in backticks reads like a file or a module of ours, and is none."""
    if IN_A_FOLDER.fullmatch(name) and "/" in name:
        return not any(ROOT.glob(name.rstrip("/"))) and not is_ignored(name)
    if A_FILE.fullmatch(name):
        return not (name in ELSEWHERE or is_file_somewhere(name, where))
    if DOTTED.fullmatch(name) and not OTHER_FILES.fullmatch(name):
        return is_missing_module(name.split("."), where)
    return False


def is_ignored(name: str) -> bool:
    """Whether git is told to leave it out: what programs write."""
    return subprocess.run(["git", "check-ignore", "--quiet", name], cwd=ROOT).returncode == 0


def is_file_somewhere(name: str, where: Path) -> bool:
    return (where.parent / name).exists() or any(file == name or file.endswith(f"/{name}") for file in FILES)


def is_missing_module(parts: list[str], where: Path) -> bool:
    """Where no module of ours begins so, it may be a library, or an object of the code that the comment stands in."""
    first = parts[0]
    if first[0].isupper():
        return first not in CLASSES
    if first in MODULES:
        return not any(resolves(module, parts[1:]) for module in MODULES[first])
    is_an_object = where.suffix == ".py" and first in words_of(where)
    return not is_an_object and importlib.util.find_spec(first) is None


def resolves(module: Path, parts: list[str]) -> bool:
    """Folders and modules as far as they go, then what the module defines."""
    for place, part in enumerate(parts):
        if (module / part).is_dir():
            module = module / part
        elif (module / f"{part}.py").is_file():
            module = module / f"{part}.py"
        else:
            return all(
                part in words_of(module if module.is_file() else module / "__init__.py") for part in parts[place:]
            )
    return True


@cache
def words_of(source: Path) -> frozenset[str]:
    """Every name that the code of a file uses."""
    if not source.is_file():
        return frozenset()
    words = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        for field in ("id", "name", "attr", "arg", "asname"):
            if isinstance(word := getattr(node, field, None), str):
                words.update(word.split("."))
    return frozenset(words)
