"""Averages as dots with their intervals, model beside model, and each clip's own average behind them."""

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.rating_results import RatingResults

ROW = 30  # pixels for a model
QUARTERS = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"]}
HALO = {"color": theme.PAPER, "width": 1.5}
HALF = {"color": theme.INK_SOFT, "width": 1.5, "dash": "dash"}
COLUMNS = {
    "label": Column("Aspect"),
    "source": Column("Model"),
    "ratings": Column("Ratings", "count"),
    "clips": Column("Clips", "count"),
    "mean": Column("Mean", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "sd": Column("SD", "mean"),
    "median": Column("Median", "mean"),
}
SHARE_COLUMNS = {
    "source": Column("Model"),
    "origin": Column("Truth"),
    "verdicts": Column("Verdicts", "count"),
    "clips": Column("Clips", "count"),
    "ai": Column("Said AI", "count"),
    "share": Column("Judged AI", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
}


def means(results: RatingResults) -> Chart:
    """A panel for each aspect, a row for each model: mean, 95 % interval, and a small mark for each clip's mean."""
    aspects = rated_aspects(results)
    rows = row_names(results)
    places, total = panels.stack_panels([room(rows)] * len(aspects), gap=84)
    figure = panels.figure_of(places, total, bottom=52)
    panels.head(figure, [(aspect.label, place) for aspect, place in zip(aspects, places, strict=True)], total)
    panels.set_axes(figure, "y", **rows_axis(rows))
    for number, aspect in enumerate(aspects, 1):
        clips = results.clip_ratings[results.clip_ratings["aspect"] == aspect.key]
        table = results.ratings[results.ratings["aspect"] == aspect.key]
        figure["data"] += [trace | panels.axes(number) for trace in _dots(table, clips, "mean", results, ".2f")]
        panels.set_axis(figure, number, "x", **_scale(aspect))
    labels = {aspect.key: aspect.label for aspect in aspects}
    return Chart(
        key="means",
        group="precision",
        title="Average ratings" + interval_suffix(results.ratings),
        drawing=figure,
        table=results.ratings.assign(label=results.ratings["aspect"].map(labels)),
        columns=COLUMNS,
        summary=_mean_words(results, labels),
    )


def share_judged_ai(results: RatingResults) -> Chart:
    """A row for each model: the share of verdicts that said AI, with its interval and a small mark for each clip."""
    rows = row_names(results)
    places, total = panels.stack_panels([room(rows)], gap=0, first=24)
    figure = panels.figure_of(places, total, bottom=52)
    figure["data"] = _dots(results.verdicts, results.clip_verdicts, "share", results, ".0%")
    # The grid is drawn by hand: the half is another line than the quarters.
    panels.set_axis(figure, 1, "x", range=[-0.02, 1.02], **QUARTERS, title={"text": "Judged to be AI"}, showgrid=False)
    panels.set_axis(figure, 1, "y", **rows_axis(rows))
    across = {"type": "line", "y0": 0, "y1": 1, "yref": "y domain", "layer": "below"}
    for x in QUARTERS["tickvals"]:
        line = HALF if x == 0.5 else {"color": theme.LINE, "width": 1}
        figure["layout"]["shapes"].append({**across, "x0": x, "x1": x, "line": line})
    note = {"x": 0.5, "y": 1, "yref": "y domain", "yanchor": "bottom", "text": "half of the verdicts"}
    soft = {"font": {"size": 12, "color": theme.INK_SOFT}, "showarrow": False}
    figure["layout"]["annotations"].append(note | soft)
    return Chart(
        key="share-judged-ai",
        group="precision",
        title="Share judged to be AI" + interval_suffix(results.verdicts),
        drawing=figure,
        table=results.verdicts,
        columns=SHARE_COLUMNS,
        summary=_share_words(results.verdicts),
    )


def _dots(table: pd.DataFrame, clips: pd.DataFrame, column: str, results: RatingResults, number: str) -> list[dict]:
    """Each clip's value as a thin mark, the interval as a line, the value as the model's symbol."""
    rows, looks = row_names(results), theme.source_looks(results.table.sources)
    traces = []
    for row in table.itertuples(index=False):
        name, look = rows[row.source], looks[row.source]
        own = clips[clips["source"].astype(str) == row.source]
        thin = {"symbol": "line-ns", "size": 12, "opacity": 0.45, "line": {"color": look.colour, "width": 1.5}}
        marks = {
            "type": "scatter",
            "mode": "markers",
            "x": own[column].tolist(),
            "y": [name] * len(own),
            "marker": thin,
        }
        hover = f"%{{text}}: %{{x:{number}}}<extra></extra>"
        traces.append(marks | {"text": own["clip"].astype(str).tolist(), "hovertemplate": hover})
        if not pd.isna(row.low):
            line = {"color": look.colour, "width": 2.5}
            ends = {"type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [name, name], "line": line}
            traces.append(ends | {"hoverinfo": "skip"})
        symbol = {"symbol": look.symbol, "size": 12, "color": look.colour, "line": HALO}
        dot = {"type": "scatter", "mode": "markers", "x": [getattr(row, column)], "y": [name], "marker": symbol}
        interval = words.interval(row, lambda value: format(value, number))
        traces.append(
            dot | {"name": row.source, "hovertemplate": f"{row.source}: %{{x:{number}}}{interval}<extra></extra>"}
        )
    return traces


def rated_aspects(results: RatingResults) -> list[Aspect]:
    return [aspect for aspect in results.table.aspects if (results.ratings["aspect"] == aspect.key).any()]


def interval_suffix(table: pd.DataFrame) -> str:
    return " with 95 % intervals" if table["low"].notna().any() else ""


def row_names(results: RatingResults) -> dict[str, str]:
    """How a model is called beside its row: in lines, and an anchor said to be one."""
    names = {}
    for source, origin in results.table.sources[["source", "origin"]].itertuples(index=False):
        names[source] = theme.break_lines(source) + ("<br>(low anchor)" if origin == "anchor" else "")
    return names


def room(rows: dict[str, str]) -> float:
    """Pixels for all rows, alike: as many as the longest name's lines need."""
    return len(rows) * max(max(ROW, 18 * (name.count("<br>") + 1) + 8) for name in rows.values())


def rows_axis(rows: dict[str, str]) -> dict:
    """The axis of models: first on top, a thin line through each row."""
    names = list(rows.values())
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "range": [len(names) - 0.4, -0.6],
        "gridcolor": theme.LINE,
    }


def _scale(aspect: Aspect) -> dict:
    """The axis of ratings: always the whole scale, its ends in words."""
    ticks = aspect.points or [aspect.lowest, (aspect.lowest + aspect.highest) / 2, aspect.highest]
    texts = [f"{tick:g}" for tick in ticks]
    for end, word in ((0, aspect.low), (-1, aspect.high)):
        texts[end] += f"<br>{theme.break_lines(word, 14)}" if word else ""
    margin = (aspect.highest - aspect.lowest) * 0.03
    return {"range": [aspect.lowest - margin, aspect.highest + margin], "tickvals": ticks, "ticktext": texts}


def _mean_words(results: RatingResults, labels: dict[str, str]) -> str:
    sentences = []
    for key, label in labels.items():
        table = results.ratings[results.ratings["aspect"] == key]
        most, least = words.extremes(table, "mean")
        if len(table) == 1:
            sentences.append(f"{label}: {most.source} {words.mean(most['mean'])}{words.interval(most, words.mean)}.")
        else:
            sentences.append(
                f"{label}: highest for {most.source}, {words.mean(most['mean'])}{words.interval(most, words.mean)}, "
                f"lowest for {least.source}, {words.mean(least['mean'])}{words.interval(least, words.mean)}."
            )
    return " ".join(sentences)


def _share_words(table: pd.DataFrame) -> str:
    each = "; ".join(
        f"{row.source}, {words.share(row.share)}{words.interval(row, words.share)}"
        for row in table.itertuples(index=False)
    )
    return f"Share of verdicts that said AI: {each}."
