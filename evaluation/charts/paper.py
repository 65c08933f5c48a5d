"""The paper's five figures: verdicts clip by clip (Fig. 1), and the aspects' averages of one model (Figs. 2 to 5)."""

import pandas as pd
import plotly.graph_objects as go

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.panels import Panel
from evaluation.results import Results
from evaluation.statistics.collected import Aspect

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


def verdicts_by_clip(results: Results) -> Chart:
    """A row for each model, a panel for each of its clips: how many said No and how many said Yes."""
    table = results.clip_verdicts.assign(no=lambda table: 1 - table["share"])
    draw = _panels if len(table) <= MOST_PANELS else _strips
    question = results.collected.verdict_question
    return Chart(
        key="verdicts-by-clip",
        group="paper",
        title=f"Verdicts on each clip: “{question}”" if question else "Verdicts on each clip",
        figure=draw(table, results),
        table=table.drop(columns="no"),
        columns=CLIP_COLUMNS,
        summary=_verdict_words(results),
    )


def _panels(table: pd.DataFrame, results: Results) -> go.Figure:
    names, words_said = clip_names(results), results.collected.verdict_words
    across = min(ACROSS, table.groupby("source", observed=True).size().max())
    figure, places, heads, titles, top = go.Figure(), [], [], [], 0.0
    step = (1 + GAP) / across
    for source, clips in table.groupby("source", observed=True):
        heads.append((f"<b>{source}</b>", Panel(top + 22, 0)))
        for number, clip in enumerate(clips.itertuples()):
            row, column = divmod(number, across)
            place = Panel(top + 48 + row * (PANEL_HEIGHT + 44), PANEL_HEIGHT, column * step, column * step + step - GAP)
            places.append(place)
            titles.append((f"{names[clip.clip]}, n = {clip.verdicts}", place))
            figure.add_bar(
                x=words_said,
                y=[clip.no, clip.share],
                marker_color=[theme.NO, theme.YES],
                text=[words.share(clip.no), words.share(clip.share)],
                textposition="outside",
                cliponaxis=False,
                hovertemplate=f"{source}, {names[clip.clip]}: %{{x}} %{{y:.0%}}<extra></extra>",
                **panels.axes(len(places)),
            )
        top = places[-1].top + PANEL_HEIGHT + 36
    panels.lay_out(figure, places, top, bottom=12)
    panels.headings(figure, heads, top, size=14)
    panels.headings(figure, titles, top, size=11)
    figure.update_yaxes(range=[0, 1.18], **PERCENT, showticklabels=False, automargin=False)
    figure.update_xaxes(tickfont_size=12, automargin=False)
    for number, place in enumerate(places, 1):
        if place.left == 0:
            figure.layout[panels.axis(number, "y")].update(showticklabels=True, tickfont_size=10)
    return figure.update_layout(bargap=0.25, margin_l=52)


def _strips(table: pd.DataFrame, results: Results) -> go.Figure:
    """Many clips: a row for each model, a narrow bar for each clip, blue from below for Yes, red on top for No."""
    names, (no, yes) = clip_names(results), results.collected.verdict_words
    groups = list(table.groupby("source", observed=True))
    places, total = panels.stacked([110] * len(groups), gap=58, first=56)
    figure = go.Figure()
    for number, (source, clips) in enumerate(groups, 1):
        labels = [names[clip] for clip in clips["clip"]]
        for word, column, colour in ((yes, "share", theme.YES), (no, "no", theme.NO)):
            figure.add_bar(
                x=labels,
                y=clips[column],
                name=word,
                marker_color=colour,
                showlegend=number == 1,
                hovertemplate=f"{source}, %{{x}}: {word} %{{y:.0%}}<extra></extra>",
                **panels.axes(number),
            )
    panels.lay_out(figure, places, total)
    panels.headings(
        figure, [(f"<b>{source}</b>", place) for (source, _), place in zip(groups, places, strict=True)], total
    )
    figure.update_yaxes(range=[0, 1], **PERCENT)
    figure.update_xaxes(type="category", tickfont_size=10)
    return figure.update_layout(barmode="stack", bargap=0.15, showlegend=True, legend_y=1, legend_yanchor="top")


def _verdict_words(results: Results) -> str:
    table = results.verdicts
    counted = (
        words.count(int(table["verdicts"].sum()), "verdict") + " on " + words.count(int(table["clips"].sum()), "clip")
    )
    if len(table) == 1:
        only = table.iloc[0]
        return f"{counted}: {only.source} was taken for AI in {words.share(only.share)} of them."
    most, least = words.extremes(table, "share")
    return (
        f"{counted}. Taken for AI most often: {most.source}, in {words.share(most.share)} of its verdicts; "
        f"least often: {least.source}, in {words.share(least.share)}."
    )


def clip_names(results: Results) -> dict[str, str]:
    """A short name for each clip under the heading of its model: "Clip 3", or what the file called it."""
    clips = results.collected.clips
    if "number" in clips:
        return {clip: f"Clip {number}" for clip, number in zip(clips["clip"], clips["number"], strict=True)}
    return {clip: clip if len(clip) <= 14 else f"{clip[:13]}…" for clip in clips["clip"].astype(str)}


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


def averages_of(results: Results, source: str, key: str) -> Chart:
    """Bars of the aspects' averages over all clips of one model, from the scale's lowest point up."""
    labels = {aspect.key: aspect.label for aspect in results.collected.aspects}
    table = results.ratings[results.ratings["source"].astype(str) == source]
    table = table.assign(label=table["aspect"].map(labels))
    look = theme.looks_of(results.collected.sources)[source]
    return Chart(
        key=f"averages-{key}",
        group="paper",
        title=f"Average ratings: {source}",
        figure=_bars(table, look, results.collected.aspects[0]),
        table=table,
        columns=AVERAGE_COLUMNS,
        summary=_average_words(table, source),
        width=560,
    )


def _bars(table: pd.DataFrame, look: theme.Look, aspect: Aspect) -> go.Figure:
    rows = list(table.itertuples(index=False))
    ticks = [f"{theme.in_lines(row.label, 14)}<br><b>{words.mean(row.mean)}</b>" for row in rows]
    filled = {"color": look.colour, "opacity": 0.55, "line": {"color": look.colour, "width": 2}}
    ends = {"symbol": "line-ew", "size": 12, "line": {"color": theme.INK, "width": 2}}
    figure = go.Figure()
    figure.add_bar(x=ticks, y=table["mean"], width=0.56, marker=filled, hovertemplate="%{y:.2f}<extra></extra>")
    for tick, row in zip(ticks, rows, strict=True):
        if not pd.isna(row.low):
            figure.add_scatter(
                x=[tick, tick],
                y=[row.low, row.high],
                mode="lines+markers",
                line={"color": theme.INK, "width": 2},
                marker=ends,
                hoverinfo="skip",
            )
    figure.update_layout(template=theme.template(), height=340, showlegend=False)
    figure.update_layout(margin={"l": 16, "r": 16, "t": 16, "b": 16})
    figure.update_xaxes(tickangle=0)
    figure.update_yaxes(
        range=[aspect.lowest, aspect.highest + 0.02 * (aspect.highest - aspect.lowest)],
        tickvals=aspect.points or None,
        title=f"Mean rating, {aspect.lowest:g} to {aspect.highest:g}",
    )
    return figure


def _average_words(table: pd.DataFrame, source: str) -> str:
    means = "; ".join(
        f"{row.label} {words.mean(row.mean)}{words.interval(row, words.mean)}" for row in table.itertuples(index=False)
    )
    most = table.loc[table["ratings"].idxmax()]
    why = next((f" There is {row.why}." for row in table.itertuples(index=False) if row.why), "")
    heard = f"{words.count(int(most.clips), 'clip')} by {words.count(int(most.listeners), 'listener')}"
    return f"{source}: {means}; {heard}.{why}"
