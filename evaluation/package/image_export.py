"""Charts as files: SVG, PNG and PDF, drawn by a Chromium on this machine through kaleido.

Both are optional. kaleido is imported only when something is drawn, one browser draws everything of one job, and
nothing outside this machine is asked (plotly's own JavaScript from its package, no MathJax).
"""

import asyncio
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from studies.errors import EarwitnessError

if TYPE_CHECKING:
    from evaluation.charts.chart import Chart

FORMATS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
TELL_EVERY = 0.7  # seconds between two words about how far it is
SHARP = 2  # pixels of a PNG for each CSS pixel
# One browser at a time: each takes some 400 MB.
ONE_AT_A_TIME = threading.Lock()


class DrawingError(EarwitnessError):
    """Why no picture could be made, with the remedy."""


def why_not() -> str:
    """A sentence that says what is missing for drawing pictures here; empty if nothing is."""
    if find_spec("kaleido") is None:
        return _("To download pictures, install the package kaleido: pip install kaleido.")
    if _browser() is None:
        return _("To download pictures, install Chromium or Chrome on the server: apt-get install chromium.")
    return ""


def draw(
    charts: Iterable["Chart"],
    formats: Iterable[str] = tuple(FORMATS),
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, bytes]:
    """Each chart in each format, by file name, as ``means.svg``; raises `DrawingError`. The same chart gives the same
    bytes."""
    if reason := why_not():
        raise DrawingError(reason)
    wanted = [(chart, kind) for chart in charts for kind in formats]
    with ONE_AT_A_TIME:
        try:
            # In a thread of its own: the caller's may have an event loop running already.
            with ThreadPoolExecutor(max_workers=1) as thread:
                drawn: dict[str, bytes] = {}
                work = thread.submit(asyncio.run, _draw(wanted, drawn))
                while not wait([work], timeout=TELL_EVERY).done:
                    # From this thread: a database is not to be asked from within an event loop.
                    if progress:
                        progress(len(drawn), len(wanted), "pictures drawn")
                work.result()
                return drawn
        except Exception as error:
            # A browser has many ways to fail (killed, no memory, a hung tab); for whoever wants a picture they are one.
            message = _("The browser that draws pictures failed: %(why)s.")
            raise DrawingError(message % {"why": error or type(error).__name__}) from error


async def _draw(wanted: list[tuple["Chart", str]], drawn: dict[str, bytes]) -> None:
    from kaleido import Kaleido

    # It writes down the browser's last, torn word when that closes; what really fails is raised.
    logging.getLogger("choreographer").setLevel(logging.CRITICAL)
    async with Kaleido(n=1, mathjax=False, timeout=60, path=_browser()) as browser:
        for chart, kind in wanted:
            options = {"format": kind, "scale": SHARP if kind == "png" else 1}
            picture = await browser.calc_fig(chart.export_drawing(), opts=options)
            drawn[f"{chart.key}.{kind}"] = _reproducible(picture, kind)


def _browser() -> str | None:
    """The browser named by CHROMIUM, or the system's."""
    paths = map(shutil.which, (os.environ.get("CHROMIUM", ""), *BROWSERS))
    return next((path for path in paths if path), None)


def _reproducible(picture: bytes, kind: str) -> bytes:
    """Without what plotly and Chromium make anew each time: the numbers in a drawing's names, a PDF's dates."""
    if kind == "pdf":
        return re.sub(rb"\(D:\d{14}", b"(D:19800101000000", picture)
    if kind == "svg":
        number = re.search(rb'id="defs-([0-9a-f]{6})"', picture)
        picture = re.sub(rb"(?<!#)" + number[1], b"000000", picture) if number else picture
        return re.sub(rb"(scatter|bar|heatmap) trace[0-9a-f]{6}", rb"\1", picture)
    return picture
