"""The paper's five figures: verdicts clip by clip (Fig. 1), and the aspects' averages of one model (Figs. 2 to 5)."""

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.panels import Panel
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import quantity

ACROSS = 6  # panels in one row
MOST_PANELS = 60  # beyond: one narrow bar for each clip
PANEL_HEIGHT = 96
GAP = 0.03  # of the width, between two panels
PERCENT = {"tickvals": [0, 0.5, 1], "ticktext": ["0 %", "50 %", "100 %"]}
CLIP_COLUMNS = {
    "source": Column("Model"),
    "clip": Column("Clip"),
    "verdicts": Column("Verdicts", "count"),
    "human": Column("Human", "count"),
    "ai": Column("AI", "count"),
    "share": Column("Judged AI", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
}
AVERAGE_COLUMNS = {
    "label": Column("Aspect"),
    "ratings": Column("Ratings", "count"),
    "mean": Column("Mean", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "sd": Column("SD", "mean"),
    "median": Column("Median", "mean"),
    "q1": Column("1st quartile", "mean"),
    "q3": Column("3rd quartile", "mean"),
}


def verdicts_by_clip(results: RatingResults) -> Chart:
    """A row for each model, a panel for each of its clips: how many said No and how many said Yes."""
    table = results.clip_verdicts
    draw = _panels if len(table) <= MOST_PANELS else _strips
    question = results.table.verdict_question
    return Chart(
        key="verdicts-by-clip",
        group="paper",
        title=f"Verdicts on each clip: “{question}”" if question else "Verdicts on each clip",
        drawing=draw(table, results),
        table=table,
        columns=CLIP_COLUMNS,
        summary=_verdict_words(results),
    )


def _panels(table: pd.DataFrame, results: RatingResults) -> dict:
    names, (no, yes) = clip_names(results), results.table.verdict_words
    places, heads, total = _grid(table)
    figure = panels.figure_of(places, total, bottom=12, left=52)
    titles = []
    for number, (clip, place) in enumerate(zip(table.itertuples(), places, strict=True), 1):
        titles.append((f"{names[clip.clip]}, n = {clip.verdicts}", place))
        bars = {
            "type": "bar",
            "x": [no, yes],
            "y": [clip.share_human, clip.share],
            "marker": {"color": [theme.NO, theme.YES]},
            "text": [words.share(clip.share_human), words.share(clip.share)],
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": f"{clip.source}, {names[clip.clip]}: %{{x}} %{{y:.0%}}<extra></extra>",
        }
        figure["data"].append(bars | panels.axes(number))
    panels.head(figure, heads, total)
    panels.head(figure, titles, total, size=11, bold=False)
    panels.set_axes(figure, "y", range=[0, 1.18], **PERCENT, showticklabels=False, automargin=False)
    panels.set_axes(figure, "x", tickfont={"size": 12}, automargin=False)
    for number, place in enumerate(places, 1):
        if place.left == 0:
            panels.set_axis(figure, number, "y", showticklabels=True, tickfont={"size": 10})
    figure["layout"]["bargap"] = 0.25
    return figure


def _grid(table: pd.DataFrame) -> tuple[list[Panel], list[tuple[str, Panel]], float]:
    """A place for each clip, six in a row; a heading for each source; the height of all."""
    across = min(ACROSS, table.groupby("source", observed=True).size().max())
    step = (1 + GAP) / across
    places, heads, top = [], [], 0.0
    for source, clips in table.groupby("source", observed=True):
        heads.append((source, Panel(top + 22, 0)))
        for number in range(len(clips)):
            row, column = divmod(number, across)
            left = column * step
            places.append(Panel(top + 48 + row * (PANEL_HEIGHT + 44), PANEL_HEIGHT, left, left + step - GAP))
        top = places[-1].top + PANEL_HEIGHT + 36
    return places, heads, top


def _strips(table: pd.DataFrame, results: RatingResults) -> dict:
    """Many clips: a row for each model, a narrow bar for each clip, blue from below for Yes, red on top for No."""
    names, (no, yes) = clip_names(results), results.table.verdict_words
    groups = list(table.groupby("source", observed=True))
    places, total = panels.stack_panels([110] * len(groups), gap=58, first=56)
    figure = panels.figure_of(places, total)
    for number, (source, clips) in enumerate(groups, 1):
        for word, column, colour in ((yes, "share", theme.YES), (no, "share_human", theme.NO)):
            bars = {
                "type": "bar",
                "x": [names[clip] for clip in clips["clip"]],
                "y": clips[column].tolist(),
                "name": word,
                "marker": {"color": colour},
                "showlegend": number == 1,
                "hovertemplate": f"{source}, %{{x}}: {word} %{{y:.0%}}<extra></extra>",
            }
            figure["data"].append(bars | panels.axes(number))
    panels.head(figure, [(source, place) for (source, _), place in zip(groups, places, strict=True)], total)
    panels.set_axes(figure, "y", range=[0, 1], **PERCENT)
    panels.set_axes(figure, "x", type="category", tickfont={"size": 10})
    figure["layout"] |= {"barmode": "stack", "bargap": 0.15, "showlegend": True}
    return figure


def _verdict_words(results: RatingResults) -> str:
    table = results.verdicts
    counted = quantity(int(table["verdicts"].sum()), "verdict")
    counted += " on " + quantity(int(table["clips"].sum()), "clip")
    if len(table) == 1:
        only = table.iloc[0]
        return f"{counted}: {only.source} was taken for AI in {words.share(only.share)} of them."
    most, least = words.extremes(table, "share")
    return (
        f"{counted}. Taken for AI most often: {most.source}, in {words.share(most.share)} of its verdicts; "
        f"least often: {least.source}, in {words.share(least.share)}."
    )


def clip_names(results: RatingResults) -> dict[str, str]:
    """A short name for each clip under the heading of its model: "Clip 3", or what the file called it."""
    clips = results.table.clips
    if "number" in clips:
        return {clip: f"Clip {number}" for clip, number in zip(clips["clip"], clips["number"], strict=True)}
    return {clip: clip if len(clip) <= 14 else f"{clip[:13]}…" for clip in clips["clip"].astype(str)}


def source_averages(results: RatingResults, source: str, key: str) -> Chart:
    """Bars of the aspects' averages over all clips of one model, from the scale's lowest point up."""
    labels = {aspect.key: aspect.label for aspect in results.table.aspects}
    table = results.ratings[results.ratings["source"].astype(str) == source]
    table = table.assign(label=table["aspect"].map(labels))
    look = theme.source_looks(results.table.sources)[source]
    return Chart(
        key=f"averages-{key}",
        group="paper",
        title=f"Average ratings: {source}",
        drawing=_bars(table, look, results.table.aspects[0]),
        table=table,
        columns=AVERAGE_COLUMNS,
        summary=_average_words(table, source),
        width=560,
    )


def _bars(table: pd.DataFrame, look: theme.Look, aspect: Aspect) -> dict:
    places, total = panels.stack_panels([268], gap=0, first=8)
    figure = panels.figure_of(places, total, bottom=64)
    rows = list(table.itertuples(index=False))
    ticks = [f"{theme.break_lines(row.label, 14)}<br><b>{words.mean(row.mean)}</b>" for row in rows]
    filled = {"color": look.colour, "opacity": 0.55, "line": {"color": look.colour, "width": 2}}
    bars = {"type": "bar", "x": ticks, "y": table["mean"].tolist(), "width": 0.56, "marker": filled}
    figure["data"].append(bars | {"hovertemplate": "%{y:.2f}<extra></extra>"})
    line = {"color": theme.INK, "width": 2}
    for tick, row in zip(ticks, rows, strict=True):
        if not pd.isna(row.low):
            ends = {"type": "scatter", "x": [tick, tick], "y": [row.low, row.high], "mode": "lines+markers"}
            ends |= {"line": line, "marker": {"symbol": "line-ew", "size": 12, "line": line}, "hoverinfo": "skip"}
            figure["data"].append(ends)
    panels.set_axis(figure, 1, "x", tickangle=0, type="category")
    panels.set_axis(
        figure,
        1,
        "y",
        range=[aspect.lowest, aspect.highest + 0.02 * (aspect.highest - aspect.lowest)],
        title={"text": f"Mean rating, {aspect.lowest:g} to {aspect.highest:g}"},
        **({"tickvals": aspect.points} if aspect.points else {}),
    )
    return figure


def _average_words(table: pd.DataFrame, source: str) -> str:
    means = "; ".join(
        f"{row.label} {words.mean(row.mean)}{words.interval(row, words.mean)}" for row in table.itertuples(index=False)
    )
    most = table.loc[table["ratings"].idxmax()]
    why = next((f" There is {row.why}." for row in table.itertuples(index=False) if row.why), "")
    heard = f"{quantity(int(most.clips), 'clip')} by {quantity(int(most.listeners), 'listener')}"
    return f"{source}: {means}; {heard}.{why}"
