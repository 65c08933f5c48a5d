"""How large a survey must be: the smallest difference found, by listeners and by clips."""

from collections.abc import Sequence
from math import log10

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.statistics.power import LISTENERS, table
from evaluation.statistics.reasons import quantity
from evaluation.statistics.sample_size import Wish

CLIPS = (2, 3, 4, 6, 8, 12, 20, 40)
PLAN = "#d55e00"  # the plan itself
HIGHEST = 1.6  # times what is wished for; above it a line says only "not in this way"


def smallest_differences(wish: Wish) -> Chart:
    """A line for each number of clips of a model, over listeners; the wish as a level, the plan as a mark."""
    plan = wish.plan
    listeners = sorted({*LISTENERS, plan.listeners})
    clips = sorted({*CLIPS, plan.clips})
    smallest = table(
        wish.spread, listeners=listeners, clips=clips, sources=plan.sources, heard=plan.heard, power=wish.power
    )
    places, total = panels.stack_panels([380], gap=0, first=30)
    figure = panels.figure_of(places, total, bottom=56)
    figure["layout"]["margin"]["r"] = 88
    for number, row in enumerate(clips):
        own = row == plan.clips
        shade = theme.AMOUNTS[number * len(theme.AMOUNTS) // len(clips)]
        figure["data"].append(_line(smallest.loc[row], row, PLAN if own else shade, width=3 if own else 1.6, wish=wish))
    figure["data"].append(_mark(wish, smallest.loc[plan.clips, plan.listeners]))
    figure["layout"]["shapes"].append(_level(wish))
    figure["layout"]["annotations"] += [_end(smallest.loc[row], row, own=row == plan.clips) for row in clips]
    highest = max(wish.difference * HIGHEST, float(smallest.loc[plan.clips].iloc[0]) * 1.1)
    ticks = [number for number in listeners if number in LISTENERS]
    room = [log10(0.92 * listeners[0]), log10(1.08 * listeners[-1])]
    panels.set_axis(figure, 1, "x", type="log", tickvals=ticks, ticktext=[f"{n:,}" for n in ticks], range=room)
    panels.set_axis(figure, 1, "x", title={"text": "Listeners"})
    panels.set_axis(figure, 1, "y", range=[0, highest], title={"text": f"Smallest detectable difference ({wish.unit})"})
    panels.note(
        figure,
        f"dashed: the difference to detect   ● the plan   power {words.share(wish.power)}",
    )
    return Chart(
        key="smallest-difference",
        group="planning",
        title="Smallest detectable difference",
        drawing=figure,
        table=_wide_table(smallest),
        columns={"clips": Column("Clips of each model", "count"), **_headings(listeners)},
        summary=_summary(wish, smallest),
    )


def _line(row: pd.Series, clips: int, colour: str, *, width: float, wish: Wish) -> dict:
    hover = f"{clips} clips of each model, %{{x}} listeners: %{{y:.2f}} {wish.unit}<extra></extra>"
    line = {"type": "scatter", "mode": "lines", "x": row.index.tolist(), "y": row.tolist()}
    return line | {"line": {"color": colour, "width": width, "shape": "spline"}, "hovertemplate": hover}


def _mark(wish: Wish, smallest: float) -> dict:
    look = {"symbol": "circle", "size": 12, "color": PLAN, "line": {"color": theme.PAPER, "width": 1.5}}
    dot = {"type": "scatter", "mode": "markers", "x": [wish.plan.listeners], "y": [smallest], "marker": look}
    return dot | {"hovertemplate": f"the plan: {smallest:.2f} {wish.unit}<extra></extra>"}


def _level(wish: Wish) -> dict:
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": wish.difference, "y1": wish.difference}
    return across | {"line": {"color": theme.INK_SOFT, "width": 1.5, "dash": "dash"}, "layer": "below"}


def _end(row: pd.Series, clips: int, *, own: bool) -> dict:
    """How many clips, at the line's right end; what lies close together is told apart by the table."""
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": row.iloc[-1], "yanchor": "middle"}
    text = f"<b>{clips} clips</b>" if own else f"{clips}"
    return place | {"text": text, "font": {"size": 12, "color": PLAN if own else theme.INK_SOFT}, "showarrow": False}


def _wide_table(smallest: pd.DataFrame) -> pd.DataFrame:
    return smallest.rename(columns=str).rename_axis(columns=None).reset_index()


def _headings(listeners: Sequence[int]) -> dict[str, Column]:
    first, *others = listeners
    return {str(first): Column(f"{first:,} listeners", "mean")} | {str(n): Column(f"{n:,}", "mean") for n in others}


def _summary(wish: Wish, smallest: pd.DataFrame) -> str:
    own = smallest.loc[wish.plan.clips]
    few, many = own.index[0], own.index[-1]
    return (
        f"With {quantity(wish.plan.clips, 'clip')} of each model, {few:,} listeners find {words.mean(own[few])} "
        f"{wish.unit}, {many:,} listeners {words.mean(own[many])}: more listeners alone go no further."
    )
