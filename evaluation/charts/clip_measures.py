"""What is measured on the notes: model beside model, clip by clip beside ratings, and how alike sets of clips are."""

import math

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.distributions import DIVERGING, ON_LIGHT
from evaluation.charts.means import HALO, rated_aspects
from evaluation.statistics import clip_measures
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import SAID_AI, RatingResults
from evaluation.statistics.reasons import quantity

ACROSS = 3
GAP = 0.07
ROW = 22
MEASURE_COLUMNS = {
    "title": Column("Measure"),
    "source": Column("Model"),
    "clips": Column("Clips", "count"),
    "mean": Column("Mean", "mean"),
    "sd": Column("SD", "mean"),
    "lowest": Column("Lowest", "mean"),
    "median": Column("Median", "mean"),
    "highest": Column("Highest", "mean"),
}
CORRELATION_COLUMNS = {
    "label": Column("Aspect"),
    "title": Column("Measure"),
    "clips": Column("Clips", "count"),
    "rho": Column("ρ", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "p_holm": Column("p (Holm)", "p"),
    "within": Column("ρ within models", "mean"),
    "within_low": Column("95 % from", "mean"),
    "within_high": Column("to", "mean"),
}
CLIP_COLUMNS = {
    "title": Column("Measure"),
    "source": Column("Model"),
    "clip": Column("Clip"),
    "value": Column("Measured", "mean"),
    "mean": Column("Mean rating", "mean"),
}
OVERLAP_COLUMNS = {
    "title": Column("Measure"),
    "source": Column("Model"),
    "area": Column("Overlap", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "human": Column("Human clips", "count"),
    "clips": Column("Clips", "count"),
}


def measure_charts(results: RatingResults) -> list[Chart]:
    """What needs no models."""
    if results.measures.empty:
        return []
    charts = [measures(results)]
    if len(results.correlations):
        charts += [measures_and_ratings(results), correlations(results)]
    return charts


def _titles(results: RatingResults) -> dict[str, str]:
    return {key: f"{title}, {unit}" if unit else title for key, (title, unit) in results.table.measure_words.items()}


def _grid(count: int, height: float, first: float = 52) -> tuple[list[panels.Panel], float]:
    """Places for so many small panels, in rows of `ACROSS`."""
    step = (1 + GAP) / ACROSS
    places = []
    for number in range(count):
        row, column = divmod(number, ACROSS)
        places.append(panels.Panel(first + row * (height + 66), height, column * step, column * step + step - GAP))
    return places, places[-1].top + height


def _points(results: RatingResults, keys: list[str]) -> pd.DataFrame:
    """One row for each clip and measure: ``source``, ``clip``, ``measure``, ``value``."""
    clips = results.table.clips[["clip", "source"]].astype(str)
    both = clips.merge(results.table.measures.astype({"clip": str}), on="clip")
    long = both.melt(id_vars=["clip", "source"], value_vars=keys, var_name="measure", value_name="value")
    return long.dropna(subset="value")


def measures(results: RatingResults) -> Chart:
    """A small panel for each measure: a thin mark for each clip, the model's symbol at their mean."""
    titles, looks = _titles(results), theme.source_looks(results.table.sources)
    keys = [key for key in titles if (results.measures["measure"] == key).any()]
    sources = [str(name) for name in results.table.sources["source"]]
    rows = [theme.break_lines(source, 18) for source in sources]
    places, total = _grid(len(keys), ROW * len(sources))
    figure = panels.figure_of(places, total, bottom=36)
    heads = [(theme.break_lines(titles[key], 22), place) for key, place in zip(keys, places, strict=True)]
    panels.head(figure, heads, total, size=12)
    points = _points(results, keys)
    for number, key in enumerate(keys, 1):
        part = results.measures[results.measures["measure"] == key]
        for row in part.itertuples(index=False):
            name, look = rows[sources.index(row.source)], looks[row.source]
            own = points[(points["measure"] == key) & (points["source"] == row.source)]
            thin = {"symbol": "line-ns", "size": 11, "opacity": 0.45, "line": {"color": look.colour, "width": 1.5}}
            marks = {"type": "scatter", "mode": "markers", "x": own["value"].tolist(), "y": [name] * len(own)}
            hover = {"text": own["clip"].tolist(), "hovertemplate": "%{text}: %{x:.3g}<extra></extra>"}
            symbol = {"symbol": look.symbol, "size": 10, "color": look.colour, "line": HALO}
            dot = {"type": "scatter", "mode": "markers", "x": [row.mean], "y": [name], "marker": symbol}
            figure["data"].append(marks | hover | {"marker": thin} | panels.axes(number))
            figure["data"].append(
                dot | {"hovertemplate": f"{row.source}: %{{x:.3g}}<extra></extra>"} | panels.axes(number)
            )
        order = {"type": "category", "categoryorder": "array", "categoryarray": rows}
        panels.set_axis(
            figure, number, "y", **order, range=[len(rows) - 0.4, -0.6], showticklabels=number % ACROSS == 1
        )
        panels.set_axis(figure, number, "x", nticks=4, tickfont={"size": 11})
    table = results.measures.assign(title=results.measures["measure"].map(titles))
    return Chart(
        key="measures",
        group="objective",
        title="Measures of the notes, by model",
        drawing=figure,
        table=table,
        columns=MEASURE_COLUMNS,
        summary=f"{quantity(len(keys), 'measure')} of {quantity(points['clip'].nunique(), 'clip')}: a thin mark "
        "for each clip, the model's symbol at their mean.",
    )


def measures_and_ratings(results: RatingResults) -> Chart:
    """A small panel for each measure: a point for each clip, what was measured across, its mean rating up."""
    titles, looks = _titles(results), theme.source_looks(results.table.sources)
    aspect = next((one for one in rated_aspects(results) if one.key == "enjoyment"), None) or rated_aspects(results)[0]
    aspect_rows = results.correlations[results.correlations["aspect"] == aspect.key]
    keys = aspect_rows.loc[aspect_rows["rho"].notna(), "measure"].tolist() or aspect_rows["measure"].tolist()
    points = _points(results, keys)
    rated = results.clip_ratings[results.clip_ratings["aspect"] == aspect.key].astype({"clip": str})
    points = points.merge(rated[["clip", "mean"]], on="clip")
    anchors = results.table.sources.query("origin == 'anchor'")["source"]
    points = points[~points["source"].isin(anchors)]
    places, total = _grid(len(keys), 130, 84)
    figure = panels.figure_of(places, total, bottom=36)
    rhos = aspect_rows.set_index("measure")["rho"]
    heads = [
        (f"{theme.break_lines(titles[key], 24)}<br>ρ = {_rho(rhos[key])}", place)
        for key, place in zip(keys, places, strict=True)
    ]
    panels.head(figure, heads, total, size=12, bold=False)
    for number, key in enumerate(keys, 1):
        for source, own in points[points["measure"] == key].groupby("source", sort=False):
            look = looks[source]
            marker = {"symbol": look.symbol, "size": 8, "color": look.colour, "opacity": 0.8}
            dots = {"type": "scatter", "mode": "markers", "x": own["value"].tolist(), "y": own["mean"].tolist()}
            hover = {"text": own["clip"].tolist(), "hovertemplate": "%{text}: %{x:.3g}, rated %{y:.2f}<extra></extra>"}
            legend = {"name": source, "legendgroup": source, "showlegend": number == 1}
            figure["data"].append(dots | hover | legend | {"marker": marker} | panels.axes(number))
        panels.set_axis(figure, number, "x", nticks=4, tickfont={"size": 11})
        panels.set_axis(figure, number, "y", nticks=4, tickfont={"size": 11})
    figure["layout"] |= {"showlegend": True}
    figure["layout"]["legend"] = {"itemclick": False, "itemdoubleclick": False}
    clips = points["clip"].nunique()
    return Chart(
        key="measures-and-ratings",
        group="objective",
        title=f"{aspect.label} against each measure, by clip",
        drawing=figure,
        table=points.assign(title=points["measure"].map(titles)),
        columns=CLIP_COLUMNS,
        summary=clip_measures.caution(clips),
    )


def _rho(value: float) -> str:
    return "–" if math.isnan(value) else words.mean(value).replace("-", "\N{MINUS SIGN}")


def correlations(results: RatingResults) -> Chart:
    """Two heat maps, measure by aspect: over all clips, and within models."""
    titles = _titles(results)
    labels = {aspect.key: aspect.label for aspect in rated_aspects(results)} | {SAID_AI: "Judged AI"}
    table = results.correlations
    keys = [key for key in titles if (table["measure"] == key).any()]
    height = ROW * len(keys)
    half = (1 - GAP) / 2
    places = [panels.Panel(84, height, 0, half), panels.Panel(84, height, half + GAP, 1)]
    figure = panels.figure_of(places, 84 + height, bottom=12)
    heads = [("Over all clips", panels.Panel(26, 0)), ("Within models", panels.Panel(26, 0, places[1].left))]
    panels.head(figure, heads, 84 + height)
    aspects = [key for key in labels if (table["aspect"] == key).any()]
    for number, column in enumerate(("rho", "within"), 1):
        cells = table.pivot(index="measure", columns="aspect", values=column).reindex(index=keys[::-1], columns=aspects)
        heat = {
            "type": "heatmap",
            "z": [[None if pd.isna(value) else value for value in line] for line in cells.to_numpy().tolist()],
            "x": [theme.break_lines(labels[key], 12) for key in aspects],
            "y": [titles[key] for key in keys[::-1]],
            "coloraxis": "coloraxis",
            "xgap": 2,
            "ygap": 2,
            "texttemplate": "%{z:.2f}",
            "textfont": {"color": ON_LIGHT, "size": 11},
            "hovertemplate": "%{y}, %{x}: %{z:.2f}<extra></extra>",
        }
        figure["data"].append(heat | panels.axes(number))
        panels.set_axis(figure, number, "x", type="category", side="top", showgrid=False, tickfont={"size": 11})
        labelled = {"showticklabels": number == 1, "tickfont": {"size": 11}}
        panels.set_axis(figure, number, "y", type="category", showgrid=False, **labelled)
    scale = [[place / 4, colour] for place, colour in enumerate(DIVERGING)]
    figure["layout"]["coloraxis"] = {"cmin": -1, "cmax": 1, "colorscale": scale, "showscale": False}
    sure = table[table["p_holm"] < 0.05]
    named = ", ".join(
        f"{titles[row.measure]} with {labels[row.aspect].lower()}" for row in sure.itertuples(index=False)
    )
    clips = int(table["clips"].max())
    return Chart(
        key="correlations",
        group="objective",
        title="Correlation of measures with ratings, by clip (Spearman's ρ)",
        drawing=figure,
        table=table.assign(title=table["measure"].map(titles), label=table["aspect"].map(labels)),
        columns=CORRELATION_COLUMNS,
        summary=f"{f'Significant after Holm: {named}.' if named else 'No correlation is significant after Holm.'} "
        f"{clip_measures.caution(clips)}",
    )


def overlaps(results: RatingResults, analysis: Analysis) -> Chart | None:
    """A row for each measure: how alike each model's clips are to the human ones, with intervals."""
    table = analysis.overlaps
    if table is None or table["area"].isna().all():
        return None
    titles, looks = _titles(results), theme.source_looks(results.table.sources)
    table = table.dropna(subset="area")
    sources = list(dict.fromkeys(table["source"]))
    keys = [key for key in titles if (table["measure"] == key).any()]
    height = 14 * len(sources) + 12
    places, total = panels.stack_panels([height * len(keys)], gap=0, first=40)
    figure = panels.figure_of(places, total, bottom=48)
    for place, source in enumerate(sources):
        own, look = table[table["source"] == source].set_index("measure"), looks[source]
        shift = (place - (len(sources) - 1) / 2) * 14 / height
        shown = [key for key in keys if key in own.index]
        y = [keys.index(key) + shift for key in shown]
        ends = {"x": [], "y": []}
        for key, at in zip(shown, y, strict=True):
            ends["x"] += [own.at[key, "low"], own.at[key, "high"], None]
            ends["y"] += [at, at, None]
        line = {"type": "scatter", "mode": "lines", "line": {"color": look.colour, "width": 2}, "hoverinfo": "skip"}
        symbol = {"symbol": look.symbol, "size": 9, "color": look.colour, "line": HALO}
        areas = [own.at[key, "area"] for key in shown]
        dots = {"type": "scatter", "mode": "markers", "x": areas, "y": y, "marker": symbol, "name": source}
        hover = {
            "text": [titles[key] for key in shown],
            "hovertemplate": f"{source}, %{{text}}: %{{x:.2f}}<extra></extra>",
        }
        figure["data"] += [line | ends | {"showlegend": False}, dots | hover]
    panels.set_axis(figure, 1, "x", range=[0, 1.02], title={"text": "Overlapping area with human clips"})
    ticks = {"tickvals": list(range(len(keys))), "ticktext": [titles[key] for key in keys]}
    panels.set_axis(figure, 1, "y", range=[len(keys) - 0.4, -0.6], **ticks)
    figure["layout"] |= {"showlegend": True}
    means = table.groupby("source", sort=False)["area"].mean()
    each = "; ".join(f"{source} {words.mean(area)}" for source, area in means.items())
    chart = Chart(
        key="overlaps",
        group="objective",
        title="Similarity of each model's clips to human clips, by measure",
        drawing=figure,
        table=table.assign(title=table["measure"].map(titles)),
        columns=OVERLAP_COLUMNS,
        summary=f"1: as similar to the human clips as they are to each other; 0: nothing in common. On average "
        f"over the measures: {each}. With few clips, these values are uncertain: check the intervals.",
    )
    return chart
