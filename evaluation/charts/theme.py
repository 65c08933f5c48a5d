"""How every chart looks: one template, Okabe and Ito's colours, a symbol beside each colour, the system's font.

Figures are made in daylight. For the dark each colour code is exchanged for another, in the figure's JSON, so that one
figure serves both; the page's script does the same with the same table (`DARK`). Exported files are always light.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd

# Colours of the page (static/css/theme.css), and what they become in the dark. No two are alike: a code is a meaning.
INK, INK_SOFT, LINE, LINE_STRONG = "#211f1d", "#67635c", "#ebe7e0", "#d5d0c7"
PAPER = "#fdfcfa"
YES, NO = "#0173b3", "#d45d01"  # blue and red of the paper's first figure, in Okabe and Ito's shades
STAMP = "#b3321f"
DARK = {
    INK: "#ece8e1",
    INK_SOFT: "#aaa59b",
    LINE: "#2c2a27",
    LINE_STRONG: "#45423d",
    PAPER: "#181716",
    STAMP: "#f0917f",
    YES: "#57b4e9",
    NO: "#f08b3d",
    "#0072b2": "#56b4e9",
    "#d55e00": "#f08a3c",
    "#009e73": "#2fc79a",
    "#cc79a7": "#e3a1c6",
    "#a67c00": "#e5c04f",
    "#000000": "#fafafa",
    "#7d786f": "#a09a90",
    "#56b4e8": "#9ad2f5",
    "#e69f01": "#f5c35a",
    "#9cc8e6": "#23465f",
    "#7ab3da": "#2b5d80",
    "#579dcb": "#3576a1",
    "#3a86b8": "#4590c1",
    "#246f9f": "#63a9d6",
    "#155882": "#8cc3e8",
    "#0b3f63": "#bfe0f7",
}
# From few to many: by day darker, by night lighter.
AMOUNTS = ("#9cc8e6", "#7ab3da", "#579dcb", "#3a86b8", "#246f9f", "#155882", "#0b3f63")

AI_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a67c00")
AI_SYMBOLS = ("square", "diamond", "triangle-up", "pentagon", "triangle-down", "hexagon", "star", "star-diamond")
HUMAN_SYMBOLS = ("circle", "circle-cross", "circle-x")
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
# In files: what journals print, and narrower than what a server without fonts of its own takes for the system's.
PRINT_FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif'
WIDTH = 900  # of an exported picture, in CSS pixels
REHEARSAL = "Rehearsal: robot listeners, not people"


@dataclass(frozen=True)
class Look:
    colour: str
    symbol: str


def source_looks(sources: pd.DataFrame) -> dict[str, Look]:
    """A colour and a symbol for each source, from ``source`` and ``origin`` in showing order; alike in all charts."""
    looks, counts = {}, {"human": 0, "ai": 0, "anchor": 0}
    for name, origin in sources[["source", "origin"]].itertuples(index=False):
        number = counts[origin]
        counts[origin] += 1
        if origin == "human":
            looks[name] = Look("#000000", HUMAN_SYMBOLS[number % len(HUMAN_SYMBOLS)])
        elif origin == "ai":
            looks[name] = Look(AI_COLOURS[number % len(AI_COLOURS)], AI_SYMBOLS[number % len(AI_SYMBOLS)])
        else:
            looks[name] = Look("#7d786f", ("x", "cross")[number % 2])
    return looks


def darken(text: str) -> str:
    """A figure's JSON with every colour code exchanged."""
    return re.sub(r"#[0-9a-f]{6}", lambda code: DARK.get(code.group(), code.group()), text)


def template() -> dict[str, Any]:
    axis = {
        "gridcolor": LINE,
        "linecolor": LINE_STRONG,
        "tickcolor": LINE_STRONG,
        "zeroline": False,
        "automargin": True,
        "ticks": "",
        "title": {"font": {"size": 13, "color": INK_SOFT}, "standoff": 10},
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": INK},
            "title": {"x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 16}, "font": {"size": 17}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
            "colorway": list(AI_COLOURS),
            "hoverlabel": {"bgcolor": PAPER, "bordercolor": LINE_STRONG, "font": {"color": INK, "family": FONT}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": INK_SOFT, "activecolor": INK},
            "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "top"},
            "annotationdefaults": {"font": {"color": INK, "size": 13}, "showarrow": False},
            "bargap": 0.3,
        }
    }


def break_lines(name: str, width: int = 22) -> str:
    """A long name broken into lines, for an axis."""
    return "<br>".join(wrap(name, width, break_long_words=True)) or name


def add_stamp(figure: dict) -> dict:
    """Says across the picture and above it that robots answered."""
    stamped = deepcopy(figure)
    layout = stamped["layout"]
    layout["annotations"].append(
        {
            "text": "REHEARSAL",
            "x": 0.5,
            "y": 0.5,
            "xref": "paper",
            "yref": "paper",
            "font": {"size": 72, "color": STAMP},
            "opacity": 0.09,
            "textangle": -12,
            "showarrow": False,
        }
    )
    text = f'<b style="color:{STAMP}">{REHEARSAL}</b>'
    place = {"y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 8, "l": 16}}
    layout["title"] = {"text": text, "font": {"size": 13, "color": STAMP}, **place}
    layout["margin"]["t"] += 26
    layout["height"] += 26
    return stamped


def export_drawing(figure: dict, title: str, width: int = WIDTH) -> dict:
    """As it is printed: with its title, on white, in a fixed width."""
    printed = deepcopy(figure)
    layout = printed["layout"]
    stamp = layout.get("title", {}).get("text")
    lines = [f"<b>{line}</b>" for line in wrap(title, width // 11)]
    extra = 24 * len(lines) + 16
    if stamp:
        lines.append(f'<span style="font-size:13px">{stamp}</span>')
    layout["margin"]["t"] += extra
    layout["height"] += extra
    # Of a title in one line plotly puts the top where it was told, of several lines the first baseline.
    top = 16 if len(lines) == 1 else 28
    place = {"y": 1 - top / layout["height"], "yref": "container", "yanchor": "top", "pad": {"t": 0, "l": 16}}
    layout["title"] = {"text": "<br>".join(lines), "font": {"size": 17, "color": INK}, **place}
    layout |= {"width": width, "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff", "font": {"family": PRINT_FONT}}
    return printed
