"""What listeners hear and believe: hits against false alarms, belief and liking, and how sure they are."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.means import HALO, rated_aspects
from evaluation.statistics.belief import mean_by_verdict
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.verdicts import VerdictFit

CURVES = (0.5, 1.0, 2.0)  # values of d' whose curves are drawn
PERCENT = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"]}
CELLS = {  # what a clip is, and what it was taken for
    ("human", "human"): ("Human, taken for human", "circle", theme.NO),
    ("human", "ai"): ("Human, taken for AI", "circle-open", theme.NO),
    ("ai", "human"): ("AI, taken for human", "square-open", theme.YES),
    ("ai", "ai"): ("AI, taken for AI", "square", theme.YES),
}
ROC_COLUMNS = {
    "source": Column("Model"),
    "false_alarms": Column("False alarms", "share"),
    "hits": Column("Hits", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
    "d_prime": Column("d′", "mean"),
    "criterion": Column("c", "mean"),
}
BELIEF_COLUMNS = {
    "label": Column("Aspect"),
    "is": Column("Clips are"),
    "taken_for": Column("taken for"),
    "ratings": Column("Ratings", "count"),
    "mean": Column("Mean", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
}
CALIBRATION_COLUMNS = {
    "confidence": Column("Confidence", "mean"),
    "verdicts": Column("Verdicts", "count"),
    "right": Column("Right", "count"),
    "share": Column("Share right", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
}


def roc(results: RatingResults, fit: VerdictFit) -> Chart:
    """The plane of hits and false alarms: the diagonal is guessing, and curves join points of one d'."""
    looks = theme.source_looks(results.table.sources)
    places, total = panels.stack_panels([420], gap=0, first=28)
    figure = panels.figure_of(places, total, bottom=60, left=60)
    figure["data"] += [_curve(d_prime) for d_prime in (0.0, *CURVES)]
    for detection in fit.detections:
        look, hits, false_alarms = looks[detection.source], detection.hit_rate, detection.false_alarm_rate
        line = {"color": look.colour, "width": 2}
        for x, y in (
            ([false_alarms.value] * 2, [hits.low, hits.high]),
            ([false_alarms.low, false_alarms.high], [hits.value] * 2),
        ):
            cross = {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}
            figure["data"].append(cross | {"showlegend": False})
        symbol = {"symbol": look.symbol, "size": 13, "color": look.colour, "line": HALO}
        dot = {"type": "scatter", "mode": "markers", "x": [false_alarms.value], "y": [hits.value], "marker": symbol}
        hover = f"{detection.source}: hits %{{y:.0%}}, false alarms %{{x:.0%}}, d′ {detection.d_prime.estimate:.2f}"
        figure["data"].append(dot | {"name": detection.source, "hovertemplate": f"{hover}<extra></extra>"})
    axis = {"range": [-0.02, 1.02], **PERCENT}
    panels.set_axis(figure, 1, "x", **axis, title={"text": "False alarms: human clips taken for AI"})
    panels.set_axis(figure, 1, "y", **axis, title={"text": "Hits: the model's clips taken for AI"})
    figure["layout"] |= {"showlegend": True}
    table = pd.DataFrame([_point(detection) for detection in fit.detections])
    return Chart(
        key="roc",
        group="conclusions",
        title="ROC: hits against false alarms",
        drawing=figure,
        table=table,
        columns=ROC_COLUMNS,
        summary=_roc_words(table),
        width=640,
    )


def _curve(d_prime: float) -> dict:
    """Everything that listeners of one d' can get, by how readily they say AI."""
    x = np.concatenate([[0], ndtr(np.linspace(-3.5, 3.5, 61)), [1]])
    y = ndtr(ndtri(x) + d_prime)
    line = {"color": theme.LINE_STRONG, "width": 1.5, "dash": "dash" if d_prime == 0 else "dot"}
    name = "guessing" if d_prime == 0 else f"d′ = {d_prime:g}"
    label = {"mode": "lines+text", "textposition": "top left", "textfont": {"size": 11, "color": theme.INK_SOFT}}
    text = [""] * len(x)
    text[int(np.argmin(np.abs(ndtri(np.clip(x, 1e-9, 1 - 1e-9)) + d_prime / 2)))] = name
    curve = {"type": "scatter", "x": x.tolist(), "y": y.tolist(), "line": line, "text": text, "hoverinfo": "skip"}
    return curve | label | {"showlegend": False}


def _point(detection) -> dict:
    return {
        "source": detection.source,
        "false_alarms": detection.false_alarm_rate.value,
        "hits": detection.hit_rate.value,
        "low": detection.hit_rate.low,
        "high": detection.hit_rate.high,
        "d_prime": detection.d_prime.estimate,
        "criterion": detection.criterion.estimate,
    }


def _roc_words(table: pd.DataFrame) -> str:
    sentences = [
        f"{row.source}: hits {words.share(row.hits)} against {words.share(row.false_alarms)} false alarms."
        for row in table.itertuples(index=False)
    ]
    return " ".join([*sentences, "On the dashed line, hits equal false alarms: listeners hear no difference."])


def belief(results: RatingResults) -> Chart | None:
    """A panel for each aspect: how clips are rated by what they are and by what they are taken for."""
    table = results.beliefs
    if table.empty:
        return None
    aspects = [aspect for aspect in rated_aspects(results) if (table["aspect"] == aspect.key).any()]
    rows = [name for name, _, _ in CELLS.values()]
    places, total = panels.stack_panels([28 * len(rows)] * len(aspects), gap=62)
    figure = panels.figure_of(places, total, bottom=40)
    panels.head(figure, [(aspect.label, place) for aspect, place in zip(aspects, places, strict=True)], total)
    order = {"type": "category", "categoryorder": "array", "categoryarray": rows}
    panels.set_axes(figure, "y", **order, range=[len(rows) - 0.4, -0.6], gridcolor=theme.LINE)
    for number, aspect in enumerate(aspects, 1):
        for row in table[table["aspect"] == aspect.key].itertuples(index=False):
            figure["data"] += [trace | panels.axes(number) for trace in _cell(row)]
        margin = 0.03 * (aspect.highest - aspect.lowest)
        ticks = {"tickvals": aspect.points} if aspect.points else {}
        panels.set_axis(figure, number, "x", range=[aspect.lowest - margin, aspect.highest + margin], **ticks)
    labels = {aspect.key: aspect.label for aspect in aspects}
    shown = table.assign(
        label=table["aspect"].map(labels),
        **{"is": table["origin"].map(_origin_label)},
        taken_for=table["verdict"].map(_origin_label),
    )
    return Chart(
        key="belief",
        group="detail",
        title="Ratings by verdict",
        drawing=figure,
        table=shown,
        columns=BELIEF_COLUMNS,
        summary=_belief_words(results, labels),
    )


def _origin_label(origin: str) -> str:
    return {"human": "human", "ai": "AI"}[origin]


def _cell(row) -> list[dict]:
    name, symbol, colour = CELLS[row.origin, row.verdict]
    traces = []
    if not pd.isna(row.low):
        line = {"color": colour, "width": 2.5}
        ends = {"type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [name, name], "line": line}
        traces.append(ends | {"hoverinfo": "skip"})
    marker = {"symbol": symbol, "size": 11, "color": colour, "line": {"color": colour, "width": 2}}
    dot = {"type": "scatter", "mode": "markers", "x": [row.mean], "y": [name], "marker": marker}
    return [*traces, dot | {"hovertemplate": f"{name}: %{{x:.2f}} ({row.ratings} ratings)<extra></extra>"}]


def _belief_words(results: RatingResults, labels: dict[str, str]) -> str:
    sentences = []
    for key, label in labels.items():
        part = results.beliefs[results.beliefs["aspect"] == key]
        taken = mean_by_verdict(part)
        if len(taken) == 2:
            sentences.append(
                f"{label}: {words.mean(taken['human'])} for clips taken for human, {words.mean(taken['ai'])} for clips "
                "taken for AI."
            )
    for row in results.clip_beliefs.itertuples(index=False):
        if row.aspect in labels and not pd.isna(row.rho):
            sentences.append(
                f"{labels[row.aspect]} and the share judged AI, clip by clip: ρ = {words.mean(row.rho)}"
                f"{words.interval(row, words.mean)}."
            )
    return " ".join(
        [*sentences, "Verdicts and ratings come from the same hearing, so ratings are not adjusted for verdicts."]
    )


def calibration(results: RatingResults) -> Chart | None:
    """How often verdicts are right, by how sure their givers were."""
    table = results.calibration
    if table.empty:
        return None
    places, total = panels.stack_panels([260], gap=0, first=24)
    figure = panels.figure_of(places, total, bottom=56, left=56)
    line = {"color": theme.YES, "width": 2}
    for row in table.itertuples(index=False):
        if not pd.isna(row.low):
            ends = {
                "type": "scatter",
                "mode": "lines",
                "x": [row.confidence] * 2,
                "y": [row.low, row.high],
                "line": line,
            }
            figure["data"].append(ends | {"hoverinfo": "skip"})
    dots = {"type": "scatter", "mode": "lines+markers", "x": table["confidence"].tolist(), "y": table["share"].tolist()}
    marker = {"marker": {"size": 11, "color": theme.YES, "line": HALO}, "line": line | {"dash": "dot"}}
    figure["data"].append(dots | marker | {"hovertemplate": "confidence %{x:.2g}: %{y:.0%} right<extra></extra>"})
    panels.set_axis(figure, 1, "y", range=[0, 1.02], **PERCENT, title={"text": "Verdicts that are right"})
    ticks = {"tickvals": table["confidence"].tolist(), "tickformat": ".3~g"}
    panels.set_axis(figure, 1, "x", **ticks, title={"text": "How sure the listener was"})
    least, most = table.iloc[0], table.iloc[-1]
    return Chart(
        key="calibration",
        group="detail",
        title="Accuracy of verdicts by confidence",
        drawing=figure,
        table=table,
        columns=CALIBRATION_COLUMNS,
        summary=f"Least confident ({least.confidence:g}): {words.share(least.share)} of {least.verdicts:,} verdicts "
        f"correct; most confident ({most.confidence:g}): {words.share(most.share)} of {most.verdicts:,}.",
        width=640,
    )
