"""Averages as dots with their intervals, model beside model, and each clip's own average behind them."""

import pandas as pd
import plotly.graph_objects as go

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.results import Results

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


def means(results: Results) -> Chart:
    """A panel for each aspect, a row for each model: mean, 95 % interval, and a small mark for each clip's mean."""
    collected = results.collected
    aspects = [aspect for aspect in collected.aspects if (results.ratings["aspect"] == aspect.key).any()]
    rows = row_names(results)
    height = room(rows)
    places, total = panels.stacked([height] * len(aspects), gap=84)
    figure = go.Figure()
    for number, aspect in enumerate(aspects, 1):
        clips = results.clip_ratings[results.clip_ratings["aspect"] == aspect.key]
        table = results.ratings[results.ratings["aspect"] == aspect.key]
        _dots(figure, table, clips, "mean", results, panels.axes(number), ":.2f")
    panels.lay_out(figure, places, total, bottom=52)
    headed = zip(aspects, places, strict=True)
    panels.headings(figure, [(f"<b>{aspect.label}</b>", place) for aspect, place in headed], total)
    for number, aspect in enumerate(aspects, 1):
        figure.layout[panels.axis(number, "x")].update(_scale(aspect))
        figure.layout[panels.axis(number, "y")].update(_rows(rows))
    labels = {aspect.key: aspect.label for aspect in aspects}
    return Chart(
        key="means",
        group="precision",
        title="Average ratings" + with_intervals(results.ratings),
        figure=figure,
        table=results.ratings.assign(label=results.ratings["aspect"].map(labels)),
        columns=COLUMNS,
        summary=_mean_words(results, labels),
    )


def share_judged_ai(results: Results) -> Chart:
    """A row for each model: the share of verdicts that said AI, with its interval and a small mark for each clip."""
    rows = row_names(results)
    places, total = panels.stacked([room(rows)], gap=0, first=24)
    figure = go.Figure()
    _dots(figure, results.verdicts, results.clip_verdicts, "share", results, panels.axes(1), ":.0%")
    panels.lay_out(figure, places, total, bottom=52)
    figure.update_xaxes(range=[-0.02, 1.02], **QUARTERS, title="Judged to be AI")
    figure.update_yaxes(**_rows(rows))
    figure.update_xaxes(showgrid=False)  # drawn by hand: the half is another line than the quarters
    for x in QUARTERS["tickvals"]:
        line = HALF if x == 0.5 else {"color": theme.LINE, "width": 1}
        figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="y domain", layer="below", line=line)
    figure.add_annotation(
        x=0.5,
        y=1,
        yref="y domain",
        yanchor="bottom",
        text="half of the verdicts",
        font={"size": 12, "color": theme.INK_SOFT},
    )
    return Chart(
        key="share-judged-ai",
        group="precision",
        title="Share judged to be AI" + with_intervals(results.verdicts),
        figure=figure,
        table=results.verdicts,
        columns=SHARE_COLUMNS,
        summary=_share_words(results.verdicts),
    )


def _dots(figure, table, clips, column, results, axes, number) -> None:
    """Each clip's value as a thin mark, the interval as a line, the value as the model's symbol."""
    rows = row_names(results)
    looks = theme.looks_of(results.collected.sources)
    for row in table.itertuples(index=False):
        name, look = rows[row.source], looks[row.source]
        own = clips[clips["source"].astype(str) == row.source]
        figure.add_scatter(
            x=own[column], y=[name] * len(own), mode="markers", text=own["clip"].astype(str),
            marker={"symbol": "line-ns", "size": 12, "opacity": 0.45, "line": {"color": look.colour, "width": 1.5}},
            hovertemplate=f"%{{text}}: %{{x{number}}}<extra></extra>", **axes,
        )  # fmt: skip
        if not pd.isna(row.low):
            figure.add_scatter(
                x=[row.low, row.high], y=[name, name], mode="lines", hoverinfo="skip",
                line={"color": look.colour, "width": 2.5}, **axes,
            )  # fmt: skip
        figure.add_scatter(
            x=[getattr(row, column)], y=[name], mode="markers", name=row.source,
            marker={"symbol": look.symbol, "size": 12, "color": look.colour, "line": HALO},
            hovertemplate=f"{row.source}: %{{x{number}}}{_hover(row, number)}<extra></extra>", **axes,
        )  # fmt: skip


def _hover(row, number: str) -> str:
    return "" if pd.isna(row.low) else words.interval(row, lambda value: format(value, number[1:]))


def with_intervals(table: pd.DataFrame) -> str:
    return " with 95 % intervals" if table["low"].notna().any() else ""


def row_names(results: Results) -> dict[str, str]:
    """How a model is called beside its row: in lines, and an anchor said to be one."""
    names = {}
    for source, origin in results.collected.sources[["source", "origin"]].itertuples(index=False):
        names[source] = theme.in_lines(source) + ("<br>(low anchor)" if origin == "anchor" else "")
    return names


def room(rows: dict[str, str]) -> float:
    """Pixels for all rows, alike: as many as the longest name's lines need."""
    return len(rows) * max(max(ROW, 18 * (name.count("<br>") + 1) + 8) for name in rows.values())


def _rows(rows: dict[str, str]) -> dict:
    """The axis of models: first on top, a thin line through each row."""
    names = list(rows.values())
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "range": [len(names) - 0.4, -0.6],
        "gridcolor": theme.LINE,
    }


def _scale(aspect) -> dict:
    """The axis of ratings: always the whole scale, its ends in words."""
    ticks = aspect.points or [aspect.lowest, (aspect.lowest + aspect.highest) / 2, aspect.highest]
    texts = [f"{tick:g}" for tick in ticks]
    for end, word in ((0, aspect.low), (-1, aspect.high)):
        texts[end] += f"<br>{theme.in_lines(word, 14)}" if word else ""
    margin = (aspect.highest - aspect.lowest) * 0.03
    return {"range": [aspect.lowest - margin, aspect.highest + margin], "tickvals": ticks, "ticktext": texts}


def _mean_words(results: Results, labels: dict[str, str]) -> str:
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
