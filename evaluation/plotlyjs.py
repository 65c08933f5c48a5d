"""plotly's own JavaScript as one of our static files: the copy inside the Python package, so that both always match.

Finds the package without importing it: the web process stays small.
"""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILE = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    def __init__(self, *args, **kwargs):
        folder = Path(find_spec("plotly").origin).parent / "package_data"
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = "vendor"

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        file = self.storage.path(FILE) if path == f"vendor/{FILE}" else None
        if find_all:
            return [file] if file else []
        return file or []

    def list(self, ignore_patterns):
        yield FILE, self.storage
