"""Panels one below the other, or in rows and columns, with sizes in pixels: plotly's own grid knows only fractions.

A figure is built as plotly's JSON, a dictionary with ``data`` and ``layout``: plotly's Python objects check every
property as it is set, which takes a second for a page. `Chart.figure` makes such an object where one is wanted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.charts import theme

HEADING = 30  # pixels for a line of bold text above a panel


@dataclass(frozen=True)
class Panel:
    """A place for one pair of axes: in pixels from the top, and across in shares of the width."""

    top: float
    height: float
    left: float = 0.0
    right: float = 1.0


def stack_panels(heights: Sequence[float], *, gap: float, first: float = HEADING) -> tuple[list[Panel], float]:
    """Panels of these heights below each other, `gap` pixels apart; and how high all of them are together."""
    panels, top = [], first
    for height in heights:
        panels.append(Panel(top, height))
        top += height + gap
    return panels, top - gap


def figure_of(panels: Sequence[Panel], total: float, *, bottom: float = 44, left: float = 16) -> dict[str, Any]:
    """An empty figure of its full height, with a pair of axes for each panel: x, y for the first, x2, y2 ..."""
    margin = {"l": left, "r": 24, "t": 8, "b": bottom}
    layout = {"template": theme.template(), "showlegend": False, "annotations": [], "shapes": [], "margin": margin}
    layout["height"] = total + margin["t"] + margin["b"]
    for number, panel in enumerate(panels, 1):
        x, y = axes(number).values()
        layout[axis(number, "x")] = {"domain": [panel.left, panel.right], "anchor": y}
        layout[axis(number, "y")] = {
            "domain": [1 - (panel.top + panel.height) / total, 1 - panel.top / total],
            "anchor": x,
        }
    return {"data": [], "layout": layout}


def axes(number: int) -> dict[str, str]:
    """What a trace must say to be drawn in panel `number` (from 1)."""
    place = str(number) if number > 1 else ""
    return {"xaxis": f"x{place}", "yaxis": f"y{place}"}


def axis(number: int, letter: str) -> str:
    return f"{letter}axis{number if number > 1 else ''}"


def set_axes(figure: dict, letter: str, **settings) -> None:
    """The same for the x (or y) axes of all panels."""
    for name in [name for name in figure["layout"] if name.startswith(f"{letter}axis")]:
        figure["layout"][name] |= settings


def set_axis(figure: dict, number: int, letter: str, **settings) -> None:
    figure["layout"][axis(number, letter)] |= settings


def note(figure: dict, text: str) -> None:
    """How to read the picture, in a soft line at its top."""
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "align": "left"}
    soft = {"font": {"size": 12, "color": theme.INK_SOFT}, "showarrow": False}
    figure["layout"]["annotations"].append({"text": text, **place, **soft})


def head(figure: dict, texts: Iterable[tuple[str, Panel]], total: float, *, size: int = 14, bold: bool = True) -> None:
    """A line of text above each panel, at its left edge."""
    for text, panel in texts:
        figure["layout"]["annotations"].append(
            {
                "text": f"<b>{text}</b>" if bold else text,
                "x": panel.left,
                "y": 1 - panel.top / total,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 3,
                "align": "left",
                "font": {"size": size, "color": theme.INK},
                "showarrow": False,
            }
        )
