"""Listeners: all of them at a glance, and one beside the others. Pseudonyms only."""

import pandas as pd

from evaluation.charts import panels, theme
from evaluation.charts.chart import Chart, Column
from evaluation.charts.means import HALO
from evaluation.statistics.listeners import answers_of, listeners
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import quantity

COLUMNS = {
    "participant": Column("Listener"),
    "answers": Column("Answers", "count"),
    "above": Column("Rates above the others", "mean"),
    "spread": Column("SD of own ratings", "mean"),
    "agreement": Column("ρ with the others", "mean"),
    "seconds": Column("Median seconds", "mean"),
    "said_ai": Column("Said AI", "share"),
    "reasons": Column("What was noticed"),
}
OWN_COLUMNS = {
    "position": Column("Place", "count"),
    "clip": Column("Clip"),
    "source": Column("Model"),
    "label": Column("Aspect"),
    "rating": Column("Rating", "mean"),
    "others": Column("Others' mean", "mean"),
    "verdict": Column("Verdict"),
    "seconds": Column("Seconds", "mean"),
}
OTHERS = {"symbol": "line-ns", "size": 13, "line": {"color": theme.INK_SOFT, "width": 2}}
MOST_ROWS = 3_000  # listeners in the picture and its table; the participants' file has all


def listener_overview(results: RatingResults) -> Chart | None:
    """A point for each listener: how much above or below the others they rate, and how much their own ratings vary."""
    if len(results.flags) > MOST_ROWS:
        return None
    table = listeners(results.table.answers, results.table.aspects, results.flags)
    shown = table.dropna(subset=["above", "spread"])
    if len(shown) < 2:
        return None
    places, total = panels.stack_panels([320], gap=0, first=28)
    figure = panels.figure_of(places, total, bottom=56, left=56)
    for flagged, name, marker in (
        (False, "not flagged", {"symbol": "circle", "color": theme.YES, "opacity": 0.7, "line": HALO}),
        (True, "flagged", {"symbol": "x", "color": theme.NO, "line": HALO}),
    ):
        own = shown[shown["flagged"] == flagged]
        if len(own):
            dots = {"type": "scatter", "mode": "markers", "x": own["above"].tolist(), "y": own["spread"].tolist()}
            hover = {
                "text": own["participant"].tolist(),
                "hovertemplate": "%{text}: %{x:+.2f}, SD %{y:.2f}<extra></extra>",
            }
            figure["data"].append(dots | hover | {"name": name, "marker": marker | {"size": 10}})
    zero = {"zeroline": True, "zerolinecolor": theme.INK_SOFT}
    panels.set_axis(figure, 1, "x", title={"text": "Rates above (+) or below the others, in points"}, **zero)
    panels.set_axis(figure, 1, "y", title={"text": "SD of own ratings"}, rangemode="tozero")
    figure["layout"] |= {"showlegend": len(figure["data"]) > 1}
    return Chart(
        key="listeners",
        group="detail",
        title="Rating style of each listener",
        drawing=figure,
        table=table.sort_values("above", ignore_index=True),
        columns=COLUMNS,
        summary=_words(shown),
        width=700,
    )


def _words(table: pd.DataFrame) -> str:
    least, most = table["above"].min(), table["above"].max()
    flagged = int(table["flagged"].sum())
    same = int((table["spread"] == 0).sum())
    return (
        f"{quantity(len(table), 'listener')}, from {least:+.2f} to {most:+.2f} points relative to the others' means of "
        f"the same clips; {flagged} flagged{f', {same} gave one rating only' if same else ''}."
    )


def listener_charts(results: RatingResults, participant: str) -> list[Chart]:
    """What one listener said beside the others, and how long it took; nothing if nobody is called so."""
    aspects = results.table.aspects
    own = answers_of(results.table.answers, aspects, participant)
    if own.empty:
        return []
    labels = {aspect.key: aspect.label for aspect in aspects}
    table = own.assign(label=own["aspect"].map(labels))
    charts = [_ratings(results, table, participant)]
    if table["seconds"].notna().any():
        charts.append(_speed(table, participant))
    return [chart.stamp() for chart in charts] if results.table.rehearsal else charts


def _ratings(results: RatingResults, table: pd.DataFrame, participant: str) -> Chart:
    """A panel for each aspect, a row for each clip: the listener's rating as a dot, the others' mean as a mark."""
    looks = theme.source_looks(results.table.sources)
    aspects = [aspect for aspect in results.table.aspects if (table["aspect"] == aspect.key).any()]
    clips = list(dict.fromkeys(table["clip"]))
    across = min(2, len(aspects))
    step = 1.06 / across
    height = 20 * len(clips)
    places = []
    for number in range(len(aspects)):
        row, column = divmod(number, across)
        places.append(panels.Panel(56 + row * (height + 84), height, column * step, column * step + step - 0.06))
    total = places[-1].top + height
    figure = panels.figure_of(places, total, bottom=36)
    panels.head(figure, [(aspect.label, place) for aspect, place in zip(aspects, places, strict=True)], total)
    panels.note(figure, "symbol: this listener   line: the mean of all others")
    order = {"type": "category", "categoryorder": "array", "categoryarray": clips, "gridcolor": theme.LINE}
    for number, aspect in enumerate(aspects, 1):
        part = table[table["aspect"] == aspect.key]
        others = {"type": "scatter", "mode": "markers", "x": part["others"].tolist(), "y": part["clip"].tolist()}
        hover = {"hovertemplate": "the others: %{x:.2f}<extra></extra>", "marker": OTHERS}
        figure["data"].append(others | hover | panels.axes(number))
        for source, own in part.groupby("source", sort=False):
            look = looks[source]
            marker = {"symbol": look.symbol, "size": 10, "color": look.colour, "line": HALO}
            dots = {"type": "scatter", "mode": "markers", "x": own["rating"].tolist(), "y": own["clip"].tolist()}
            figure["data"].append(
                dots | {"marker": marker, "hovertemplate": f"{source}: %{{x:g}}<extra></extra>"} | panels.axes(number)
            )
        labelled = {"showticklabels": (number - 1) % across == 0, "tickfont": {"size": 11}}
        panels.set_axis(figure, number, "y", **order, range=[len(clips) - 0.4, -0.6], **labelled)
        margin = 0.05 * (aspect.highest - aspect.lowest)
        ticks = {"tickvals": aspect.points} if aspect.points else {}
        panels.set_axis(figure, number, "x", range=[aspect.lowest - margin, aspect.highest + margin], **ticks)
    away = (table["rating"] - table["others"]).abs().mean()
    return Chart(
        key="ratings",
        group="listener",
        title=f"{participant}: ratings compared with other listeners",
        drawing=figure,
        table=table,
        columns=OWN_COLUMNS,
        summary=f"{quantity(table['clip'].nunique(), 'clip')}, in the order in which they were heard; on average "
        f"{away:.2f} points from the mean of the others.",
    )


def _speed(table: pd.DataFrame, participant: str) -> Chart:
    """Seconds for each answer, in the order of hearing."""
    each = table.drop_duplicates("clip")
    places, total = panels.stack_panels([180], gap=0, first=16)
    figure = panels.figure_of(places, total, bottom=52, left=56)
    bars = {
        "type": "bar",
        "x": each["position"].tolist(),
        "y": each["seconds"].tolist(),
        "marker": {"color": theme.YES},
    }
    hover = {
        "text": each["clip"].tolist(),
        "textposition": "none",
        "hovertemplate": "%{text}: %{y:.1f} s<extra></extra>",
    }
    figure["data"].append(bars | hover)
    panels.set_axis(figure, 1, "x", title={"text": "Place in the sequence"}, dtick=max(1, len(each) // 12))
    panels.set_axis(figure, 1, "y", title={"text": "Seconds"}, rangemode="tozero")
    return Chart(
        key="speed",
        group="listener",
        title=f"{participant}: response times",
        drawing=figure,
        table=each,
        columns={name: OWN_COLUMNS[name] for name in ("position", "clip", "seconds")},
        summary=f"Median {each['seconds'].median():.0f} s, from {each['seconds'].min():.0f} to "
        f"{each['seconds'].max():.0f} s.",
    )
