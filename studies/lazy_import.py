"""The door to what is heavy: a module is imported when it is first used, not when a process starts.

Addresses and API routers are imported by every web process. What they lead to may need pandas, scipy and plotly, which
a process that serves participants never loads: they come in with the first page, or answer, that needs them.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string


def lazy_view(name: str) -> Callable[..., HttpResponse]:
    """The view with this dotted name, imported with its first request."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return import_string(name)(request, *args, **kwargs)

    return view


def lazy_views(package: str) -> Callable[[str], Callable[..., HttpResponse]]:
    """The views of a package or a module, by their names in it."""
    return lambda name: lazy_view(f"{package}.{name}")


def lazy_module(name: str) -> Any:
    """The module with this dotted name, imported with the first attribute that is asked of it."""
    return SimpleLazyObject(lambda: import_module(name))
