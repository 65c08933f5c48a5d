"""How the answers spread: over the points of the scale, and over the clips."""

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.means import rated_aspects, room, row_names, rows_axis
from evaluation.charts.paper import clip_names
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.rating_results import RatingResults

# Brown to green over grey: told apart by everybody, and the middle belongs to neither side.
DIVERGING = ("#a6611a", "#dfc27d", "#d0cec9", "#80cdc1", "#018571")
LIGHT_TO_DARK = [[0, "#f6f3ec"], [0.5, "#b9dbd6"], [1, "#63b3ad"]]
ON_LIGHT = "#22201d"  # in the dark, too: the cells stay light
TELLING = 0.06  # a share below it has no room for its number
MOST_CLIPS = 60  # with numbers in the cells
BOTH_WAYS = {"tickvals": [-1, -0.5, 0, 0.5, 1], "ticktext": ["100 %", "50 %", "0", "50 %", "100 %"]}
COLUMNS = {
    "label": Column("Aspect"),
    "source": Column("Model"),
    "value": Column("Rating", "count"),
    "ratings": Column("Chosen", "count"),
    "share": Column("Share", "share"),
}
CLIP_COLUMNS = {
    "source": Column("Model"),
    "clip": Column("Clip"),
    "label": Column("Aspect"),
    "ratings": Column("Ratings", "count"),
    "mean": Column("Mean", "mean"),
    "sd": Column("SD", "mean"),
}


def answers(results: RatingResults) -> Chart | None:
    """Diverging stacked bars: how often each point of the scale was chosen, low ones to the left, high to the right."""
    table = results.categories
    if table.empty:
        return None
    aspects = [aspect for aspect in rated_aspects(results) if aspect.points]
    rows = row_names(results)
    places, total = panels.stack_panels([room(rows)] * len(aspects), gap=62, first=70)
    figure = panels.figure_of(places, total, bottom=44)
    panels.head(figure, [(aspect.label, place) for aspect, place in zip(aspects, places, strict=True)], total)
    panels.set_axes(figure, "x", range=[-1, 1], **BOTH_WAYS)
    panels.set_axes(figure, "y", **rows_axis(rows) | {"showgrid": False})
    for number, aspect in enumerate(aspects, 1):
        bars = _bars(table[table["aspect"] == aspect.key], aspect, rows)
        figure["data"] += [bar | panels.axes(number) | {"showlegend": number == 1} for bar in bars]
    figure["layout"] |= {"barmode": "overlay", "bargap": 0.25, "showlegend": True}
    figure["layout"]["legend"] = {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False}
    labels = {aspect.key: aspect.label for aspect in aspects}
    return Chart(
        key="answers",
        group="detail",
        title="Distribution of ratings",
        drawing=figure,
        table=table.assign(label=table["aspect"].map(labels)),
        columns=COLUMNS,
        summary=_words(results, labels),
    )


def _bars(table: pd.DataFrame, aspect: Aspect, rows: dict[str, str]) -> list[dict]:
    """One trace for each point of the scale, a piece of each model's bar."""
    inside = {"textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "constraintext": "none"}
    bars = []
    for point, colour in zip(aspect.points, _colours(len(aspect.points)), strict=True):
        part = table[table["value"] == point]
        bar = {
            "type": "bar",
            "orientation": "h",
            "x": part["share"].tolist(),
            "base": part["start"].tolist(),
            "y": [rows[source] for source in part["source"]],
            "name": f"{point}",
            "legendgroup": f"{point}",
            "marker": {"color": colour, "line": {"width": 0}},
            "text": [words.share(share) if share >= TELLING else "" for share in part["share"]],
            "textfont": {"size": 11},
            "hovertemplate": f"{aspect.label}, rating {point}: %{{x:.0%}}<extra></extra>",
        }
        bars.append(bar | inside)
    return bars


def _colours(points: int) -> list[str]:
    """As many colours as the scale has points, from the diverging five."""
    stops = [[int(code[place : place + 2], 16) for place in (1, 3, 5)] for code in DIVERGING]
    colours = []
    for number in range(points):
        place = number / max(points - 1, 1) * (len(stops) - 1)
        left = min(int(place), len(stops) - 2)
        mixed = (round(a + (b - a) * (place - left)) for a, b in zip(stops[left], stops[left + 1], strict=True))
        colours.append("#" + "".join(f"{part:02x}" for part in mixed))
    return colours


def _words(results: RatingResults, labels: dict[str, str]) -> str:
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


def clips_and_aspects(results: RatingResults) -> Chart:
    """A heat map: a row for each clip under its model, a column for each aspect, light for low, dark for high."""
    labels = {aspect.key: aspect.label for aspect in rated_aspects(results)}
    wide = results.clip_ratings.pivot(index=["source", "clip"], columns="aspect", values="mean").dropna(how="all")
    groups = [(source, part[list(labels)]) for source, part in wide.groupby("source", observed=True)]
    few = len(wide) <= MOST_CLIPS
    row = 24 if few else 12
    places, total = panels.stack_panels([row * len(part) for _, part in groups], gap=40, first=72)
    figure = panels.figure_of(places, total, bottom=12)
    panels.head(figure, [(source, place) for (source, _), place in zip(groups, places, strict=True)], total)
    figure["layout"]["annotations"][0]["yshift"] = 42  # above the names of the aspects
    names = clip_names(results)
    for number, (source, part) in enumerate(groups, 1):
        cells = part.droplevel("source").iloc[::-1]  # plotly counts rows from below
        heat = {
            "type": "heatmap",
            "z": [[None if pd.isna(value) else value for value in line] for line in cells.to_numpy().tolist()],
            "x": [theme.break_lines(label, 14) for label in labels.values()],
            "y": [names[clip] for clip in cells.index],
            "coloraxis": "coloraxis",
            "xgap": 2,
            "ygap": 2 if few else 1,
            "hovertemplate": f"{source}, %{{y}}, %{{x}}: %{{z:.2f}}<extra></extra>",
        }
        written = {"texttemplate": "%{z:.2f}", "textfont": {"color": ON_LIGHT, "size": 12}} if few else {}
        figure["data"].append(heat | written | panels.axes(number))
    panels.set_axes(figure, "x", type="category", showgrid=False, showticklabels=False)
    panels.set_axes(figure, "y", type="category", showgrid=False, tickfont={"size": 11 if few else 9})
    panels.set_axis(figure, 1, "x", side="top", showticklabels=True)
    figure["layout"]["coloraxis"] = _colour_axis(results)
    table = results.clip_ratings.assign(label=results.clip_ratings["aspect"].map(labels))
    return Chart(
        key="clips-and-aspects",
        group="detail",
        title="Average ratings by clip",
        drawing=figure,
        table=table,
        columns=CLIP_COLUMNS,
        summary=_clip_words(table, labels),
    )


def _colour_axis(results: RatingResults) -> dict:
    lowest = min(aspect.lowest for aspect in results.table.aspects)
    highest = max(aspect.highest for aspect in results.table.aspects)
    bar = {"thickness": 10, "outlinewidth": 0, "len": 220, "lenmode": "pixels", "yanchor": "top", "y": 1}
    return {"cmin": lowest, "cmax": highest, "colorscale": LIGHT_TO_DARK, "colorbar": bar}


def _clip_words(table: pd.DataFrame, labels: dict[str, str]) -> str:
    sentences = []
    for key, label in labels.items():
        most, least = words.extremes(table[table["aspect"] == key], "mean")
        sentences.append(
            f"{label}: from {words.mean(least['mean'])} ({least['clip']}) "
            f"to {words.mean(most['mean'])} ({most['clip']})."
        )
    return " ".join(sentences)
