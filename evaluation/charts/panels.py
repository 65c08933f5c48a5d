"""Panels one below the other, or in rows and columns, with sizes in pixels: plotly's own grid knows only fractions."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from evaluation.charts import theme

HEADING = 30  # pixels for a line of bold text above a panel


@dataclass(frozen=True)
class Panel:
    """A place for one pair of axes: in pixels from the top, and across in shares of the width."""

    top: float
    height: float
    left: float = 0.0
    right: float = 1.0


def stacked(heights: Sequence[float], *, gap: float, first: float = HEADING) -> tuple[list[Panel], float]:
    """Panels of these heights below each other, `gap` pixels apart; and how high all of them are together."""
    panels, top = [], first
    for height in heights:
        panels.append(Panel(top, height))
        top += height + gap
    return panels, top - gap


def lay_out(figure: go.Figure, panels: Sequence[Panel], total: float, *, bottom: float = 44, **margins) -> None:
    """Give the figure its height, and each panel its pair of axes: x, y for the first, x2, y2 for the second ..."""
    for number, panel in enumerate(panels, 1):
        place = str(number) if number > 1 else ""
        figure.layout[f"xaxis{place}"] = {"domain": [panel.left, panel.right], "anchor": f"y{place}"}
        figure.layout[f"yaxis{place}"] = {
            "domain": [1 - (panel.top + panel.height) / total, 1 - panel.top / total],
            "anchor": f"x{place}",
        }
    margin = {"l": 16, "r": 24, "t": 8, "b": bottom, **margins}
    figure.update_layout(
        template=theme.template(), margin=margin, height=total + margin["t"] + margin["b"], showlegend=False
    )


def axes(number: int) -> dict[str, str]:
    """What a trace must say to be drawn in panel `number` (from 1)."""
    place = str(number) if number > 1 else ""
    return {"xaxis": f"x{place}", "yaxis": f"y{place}"}


def axis(number: int, letter: str) -> str:
    return f"{letter}axis{number if number > 1 else ''}"


def headings(figure: go.Figure, texts: Sequence[tuple[str, Panel]], total: float, *, size: int = 14) -> None:
    """A bold line above each panel, at its left edge."""
    figure.update_layout(
        annotations=[
            *figure.layout.annotations,
            *(
                {
                    "text": text, "x": panel.left, "y": 1 - panel.top / total, "xref": "paper", "yref": "paper",
                    "xanchor": "left", "yanchor": "bottom", "yshift": 3, "showarrow": False, "align": "left",
                    "font": {"size": size, "color": theme.INK},
                }
                for text, panel in texts
            ),
        ]
    )  # fmt: skip
