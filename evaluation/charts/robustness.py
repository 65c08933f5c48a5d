"""Sensitivity analyses The differences under each other way to ask, and what was said twice."""

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.conclusions import ZERO
from evaluation.statistics.analysis import Analysis, AspectAnalysis
from evaluation.statistics.linear import LinearFit
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import Reason, quantity

ROW = 30
COLUMNS = {
    "aspect": Column("Aspect"),
    "difference": Column("Difference"),
    "what": Column("Asked"),
    "estimate": Column("Points", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "p_holm": Column("p (Holm)", "p"),
}
REPEAT_COLUMNS = {
    "label": Column("Aspect"),
    "pairs": Column("Answered twice", "count"),
    "same": Column("The same twice", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
    "near": Column("At most 1 apart", "share"),
    "difference": Column("Points apart", "mean"),
    "shift": Column("Higher the second time", "mean"),
    "reliability": Column("r", "mean"),
}


def sensitivity(analysis: Analysis) -> Chart | None:
    """Differences from the reference under each other way to ask: a panel for each aspect."""
    varied = {aspect.aspect.label: _rows(aspect) for aspect in analysis.aspects.values()}
    varied = {label: rows for label, rows in varied.items() if len(rows) and rows["what"].nunique() > 1}
    if not varied:
        return None
    heights = [ROW * len(rows) for rows in varied.values()]
    places, total = panels.stack_panels(heights, gap=62, first=44)
    figure = panels.figure_of(places, total, bottom=52)
    panels.head(figure, list(zip(varied, places, strict=True)), total)
    reach = max(rows[["low", "high"]].abs().to_numpy().max() for rows in varied.values())
    for number, rows in enumerate(varied.values(), 1):
        labels = [f"{row.difference}, {row.what}".replace(" - ", " \N{MINUS SIGN} ") for row in rows.itertuples()]
        names = [theme.break_lines(text, 44) for text in labels]
        for name, row in zip(names, rows.itertuples(), strict=True):
            main = row.what == MAIN
            line = {"color": theme.INK if main else theme.INK_SOFT, "width": 3 if main else 2}
            ends = {"type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [name, name], "line": line}
            filled = theme.INK if row.p_holm < 0.05 else theme.PAPER
            marker = {"size": 10 if main else 8, "color": filled, "line": {"color": line["color"], "width": 2}}
            dot = {"type": "scatter", "mode": "markers", "x": [row.estimate], "y": [name], "marker": marker}
            figure["data"].append(ends | {"hoverinfo": "skip"} | panels.axes(number))
            figure["data"].append(dot | {"hovertemplate": f"{name}: %{{x:.2f}}<extra></extra>"} | panels.axes(number))
        order = {"type": "category", "categoryorder": "array", "categoryarray": names, "gridcolor": theme.LINE}
        panels.set_axis(figure, number, "y", **order, range=[len(names) - 0.4, -0.6], tickfont={"size": 11})
        panels.set_axis(figure, number, "x", range=[-1.08 * reach, 1.08 * reach], **ZERO)
    panels.set_axis(figure, len(varied), "x", title={"text": "Difference in rating points"})
    table = pd.concat([rows.assign(aspect=label) for label, rows in varied.items()], ignore_index=True)
    return Chart(
        key="sensitivity",
        group="conclusions",
        title="Sensitivity analyses",
        drawing=figure,
        table=table,
        columns=COLUMNS,
        summary=_words(table),
    )


MAIN = "as asked"


def _rows(aspect: AspectAnalysis) -> pd.DataFrame:
    """Differences of each source from the reference: by the main model, with the third factor, by each variation."""
    if isinstance(aspect.linear, Reason):
        return pd.DataFrame()
    fits = [(MAIN, aspect.linear), ("listeners' tastes vary", aspect.third)]
    fits += [(variation.what, variation.fit) for variation in aspect.sensitivity]
    rows = []
    for source in aspect.linear.sources[1:]:
        label = f"{source} - {aspect.linear.sources[0]}"
        for what, fit in fits:
            pairs = fit.pairs() if isinstance(fit, LinearFit) else ()
            for pair in (pair for pair in pairs if pair.label == label):
                numbers = {name: getattr(pair, name) for name in ("estimate", "low", "high", "p_holm")}
                rows.append({"difference": label, "what": what} | numbers)
    return pd.DataFrame(rows)


def _words(table: pd.DataFrame) -> str:
    sentences, alike = [], []
    for aspect, part in table.groupby("aspect", sort=False):
        turned = []
        for difference, rows in part.groupby("difference", sort=False):
            main = rows[rows["what"] == MAIN].iloc[0]
            other = rows[(rows["p_holm"] < 0.05) != (main.p_holm < 0.05)]
            turned += [f"{difference} {row.what}" for row in other.itertuples()]
        if turned:
            sentences.append(f"{aspect} changes with: {'; '.join(turned)}.")
        else:
            alike.append(aspect)
    if alike:
        sentences.append(f"Unchanged in all analyses: {', '.join(alike)}.")
    return " ".join(sentences)


def repeats(results: RatingResults) -> Chart | None:
    """How often listeners said the same to a clip that they heard a second time."""
    table = results.repeated
    if table.empty:
        return None
    labels = {aspect.key: aspect.label for aspect in results.table.aspects} | {"verdict": "Human or AI"}
    names = [labels[aspect] for aspect in table["aspect"]]
    places, total = panels.stack_panels([30 * len(names)], gap=0, first=16)
    figure = panels.figure_of(places, total, bottom=52)
    for name, row in zip(names, table.itertuples(), strict=True):
        line = {"color": theme.YES, "width": 2.5}
        ends = {"type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [name, name], "line": line}
        marker = {"size": 11, "color": theme.YES}
        dot = {"type": "scatter", "mode": "markers", "x": [row.same], "y": [name], "marker": marker}
        figure["data"] += [ends | {"hoverinfo": "skip"}, dot | {"hovertemplate": f"{name}: %{{x:.0%}}<extra></extra>"}]
    ticks = {"tickvals": [0, 0.5, 1], "ticktext": ["0 %", "50 %", "100 %"]}
    panels.set_axis(figure, 1, "x", range=[-0.02, 1.02], **ticks, title={"text": "The same answer twice"})
    order = {"type": "category", "categoryorder": "array", "categoryarray": names, "gridcolor": theme.LINE}
    panels.set_axis(figure, 1, "y", **order, range=[len(names) - 0.4, -0.6])
    each = "; ".join(f"{name} {words.share(row.same)}" for name, row in zip(names, table.itertuples(), strict=True))
    return Chart(
        key="repeats",
        group="detail",
        title="Consistency of repeated ratings",
        drawing=figure,
        table=table.assign(label=names),
        columns=REPEAT_COLUMNS,
        summary=f"Same answer both times: {each} ({quantity(int(table['pairs'].max()), 'clip')} heard twice).",
    )
