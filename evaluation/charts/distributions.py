"""How the answers spread: over the points of the scale, and over the clips."""

import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.means import room, row_names
from evaluation.charts.paper import clip_names
from evaluation.results import Results

# Brown to green over grey: told apart by everybody, and the middle belongs to neither side.
DIVERGING = ["#a6611a", "#dfc27d", "#d0cec9", "#80cdc1", "#018571"]
LIGHT_TO_DARK = [[0, "#f6f3ec"], [0.5, "#b9dbd6"], [1, "#63b3ad"]]
ON_LIGHT = "#22201d"  # in the dark, too: the cells stay light
TELLING = 0.06  # a share below it has no room for its number
MOST_CLIPS = 60  # with numbers in the cells
COLUMNS = {
    "label": Column("Aspect"),
    "source": Column("Model"),
    "value": Column("Rating", "count"),
    "ratings": Column("Chosen", "count"),
    "share": Column("Share", "share"),
}


def answers(results: Results) -> Chart | None:
    """Diverging stacked bars: how often each point of the scale was chosen, low ones to the left, high to the right."""
    table = results.categories
    if table.empty:
        return None
    aspects = [aspect for aspect in results.collected.aspects if (table["aspect"] == aspect.key).any()]
    rows = row_names(results)
    places, total = panels.stacked([room(rows)] * len(aspects), gap=62, first=70)
    figure = go.Figure()
    points = max((aspect.points for aspect in aspects), key=len)
    for number, aspect in enumerate(aspects, 1):
        _bars(figure, table[table["aspect"] == aspect.key], aspect, rows, number, legend=aspect.points == points)
    panels.lay_out(figure, places, total, bottom=44)
    headed = zip(aspects, places, strict=True)
    panels.headings(figure, [(f"<b>{aspect.label}</b>", place) for aspect, place in headed], total)
    figure.update_xaxes(range=[-1, 1], tickvals=[-1, -0.5, 0, 0.5, 1], ticktext=["100 %", "50 %", "0", "50 %", "100 %"])
    names = list(rows.values())
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=names, range=[len(names) - 0.4, -0.6], showgrid=False
    )
    figure.update_layout(barmode="overlay", bargap=0.25, showlegend=True)
    figure.update_layout(
        legend={"y": 1, "yanchor": "top", "x": 0, "traceorder": "normal", "itemclick": False, "itemdoubleclick": False}
    )
    labels = {aspect.key: aspect.label for aspect in aspects}
    return Chart(
        key="answers",
        group="detail",
        title="How often each rating was given",
        figure=figure,
        table=table.assign(label=table["aspect"].map(labels)),
        columns=COLUMNS,
        summary=_words(results, labels),
    )


def _bars(figure, table: pd.DataFrame, aspect, rows: dict[str, str], number: int, *, legend: bool) -> None:
    colours = _colours(len(aspect.points))
    shown = {part.legendgroup for part in figure.data}
    for point, colour in zip(aspect.points, colours, strict=True):
        part = table[table["value"] == point]
        figure.add_bar(
            orientation="h",
            x=part["share"],
            base=part["start"],
            y=[rows[source] for source in part["source"]],
            name=f"{point}",
            legendgroup=f"{point}",
            showlegend=legend and f"{point}" not in shown,
            marker={"color": colour, "line": {"width": 0}},
            text=[words.share(share) if share >= TELLING else "" for share in part["share"]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont_size=11,
            hovertemplate=f"{aspect.label}, rating {point}: %{{x:.0%}}<extra></extra>",
            **panels.axes(number),
        )


def _colours(points: int) -> list[str]:
    return DIVERGING if points == 5 else sample_colorscale(DIVERGING, [place / (points - 1) for place in range(points)])


def _words(results: Results, labels: dict[str, str]) -> str:
    sentences = []
    for key, label in labels.items():
        part = results.upper[results.upper["aspect"] == key]
        most, least = words.extremes(part, "share")
        sentence = (
            f"{label}: {words.share(most.share)} of the ratings of {most.source} lie in the upper half of the scale"
        )
        less = f", {words.share(least.share)} of those of {least.source}" if len(part) > 1 else ""
        sentences.append(f"{sentence}{less}.")
    return " ".join(sentences)


def clips_and_aspects(results: Results) -> Chart:
    """A heat map: a row for each clip under its model, a column for each aspect, light for low, dark for high."""
    labels = {aspect.key: aspect.label for aspect in results.collected.aspects}
    wide = results.clip_ratings.pivot(index=["source", "clip"], columns="aspect", values="mean").dropna(how="all")
    wide = wide[[key for key in labels if key in wide]]
    groups = [(source, part) for source, part in wide.groupby("source", observed=True)]
    few = len(wide) <= MOST_CLIPS
    row = 24 if few else 12
    places, total = panels.stacked([row * len(part) for _, part in groups], gap=40, first=72)
    figure, names = go.Figure(), clip_names(results)
    for number, (source, part) in enumerate(groups, 1):
        part = part.droplevel("source").iloc[::-1]
        figure.add_heatmap(
            z=part.to_numpy(),
            x=[theme.in_lines(labels[key], 14) for key in part.columns],
            y=[names[clip] for clip in part.index],
            coloraxis="coloraxis",
            texttemplate="%{z:.2f}" if few else None,
            textfont={"color": ON_LIGHT, "size": 12},
            xgap=2,
            ygap=2 if few else 1,
            hovertemplate=f"{source}, %{{y}}, %{{x}}: %{{z:.2f}}<extra></extra>",
            **panels.axes(number),
        )
    panels.lay_out(figure, places, total, bottom=12)
    panels.headings(
        figure, [(f"<b>{source}</b>", place) for (source, _), place in zip(groups, places, strict=True)], total
    )
    figure.layout.annotations[0].yshift = 42  # above the names of the aspects
    figure.update_xaxes(type="category", showgrid=False, showticklabels=False)
    figure.update_yaxes(type="category", showgrid=False, tickfont_size=11 if few else 9)
    figure.update_layout(xaxis={"side": "top", "showticklabels": True}, coloraxis=_scale(results))
    return Chart(
        key="clips-and-aspects",
        group="detail",
        title="Average ratings of each clip",
        figure=figure,
        table=results.clip_ratings.assign(label=results.clip_ratings["aspect"].map(labels)),
        columns={
            "source": Column("Model"),
            "clip": Column("Clip"),
            "label": Column("Aspect"),
            "ratings": Column("Ratings", "count"),
            "mean": Column("Mean", "mean"),
            "sd": Column("SD", "mean"),
        },
        summary=_clip_words(results, labels),
    )


def _scale(results: Results) -> dict:
    lowest = min(aspect.lowest for aspect in results.collected.aspects)
    highest = max(aspect.highest for aspect in results.collected.aspects)
    bar = {"thickness": 10, "outlinewidth": 0, "len": 220, "lenmode": "pixels", "yanchor": "top", "y": 1}
    return {"cmin": lowest, "cmax": highest, "colorscale": LIGHT_TO_DARK, "colorbar": bar}


def _clip_words(results: Results, labels: dict[str, str]) -> str:
    sentences = []
    for key, label in labels.items():
        part = results.clip_ratings[results.clip_ratings["aspect"] == key]
        if len(part):
            most, least = words.extremes(part, "mean")
            sentences.append(
                f"{label}: from {words.mean(least['mean'])} ({least['clip']}) "
                f"to {words.mean(most['mean'])} ({most['clip']})."
            )
    return " ".join(sentences)
