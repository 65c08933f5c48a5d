"""JavaScript and styles that come with Python packages as static files of ours, under vendor/.

Script and package always have the same version, nothing is fetched from another server, and the repository has no copy.
The packages are found without importing them, so the web process stays small.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILES = {
    "plotly": ("package_data", ["plotly.min.js"]),
    # The style sheet names its map, which must therefore be there when static files are collected.
    "ninja": ("static/ninja", ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui.css.map"]),
}


class PackageFinder(BaseFinder):
    def __init__(self, *args: object, **kwargs: object):
        self.storages = {}
        for package, (folder, names) in FILES.items():
            storage = FileSystemStorage(location=Path(find_spec(package).origin).parent / folder)
            storage.prefix = "vendor"
            self.storages |= dict.fromkeys(names, storage)

    def check(self, **kwargs: object) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        name = path.removeprefix("vendor/")
        paths = [self.storages[name].path(name)] if path == f"vendor/{name}" and name in self.storages else []
        return paths if find_all else (paths or [[]])[0]

    def list(self, ignore_patterns: list[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield from self.storages.items()
