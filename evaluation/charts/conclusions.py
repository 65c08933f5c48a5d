"""What the mixed models conclude: differences with their intervals, how well models are told apart, what varies."""

import math

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.hearing import roc
from evaluation.charts.means import HALO
from evaluation.statistics.analysis import Analysis, AspectAnalysis
from evaluation.statistics.comparisons import Comparison
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import Reason, quantity
from evaluation.statistics.verdicts import Detection, VerdictFit

SURE = 0.05
ZERO = {"zeroline": True, "zerolinecolor": theme.INK_SOFT, "zerolinewidth": 1.5}
ROW = 30
BAND = "rgba(122,150,150,0.16)"  # where a difference counts as nothing
PARTS = {
    "source": ("Models", "#0072b2"),
    "clip": ("Clips of a model", "#56b4e8"),
    "participant": ("Listeners", "#d55e00"),
    "taste": ("Listeners' taste for a model", "#e69f01"),
    "rest": ("Everything else", "#d0cec9"),
}
DIFFERENCE_COLUMNS = {
    "aspect": Column("Aspect"),
    "difference": Column("Difference"),
    "estimate": Column("Points", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "t": Column("t", "mean"),
    "df": Column("df", "mean"),
    "p_holm": Column("p (Holm)", "p"),
    "delta": Column("Cliff's δ", "mean"),
    "negligible": Column("Shown to be negligible"),
}
DETECTION_COLUMNS = {
    "source": Column("Model"),
    "d_prime": Column("d′", "mean"),
    "low": Column("95 % from", "mean"),
    "high": Column("to", "mean"),
    "p": Column("p", "p"),
    "hits": Column("Hits", "share"),
    "false_alarms": Column("False alarms", "share"),
    "criterion": Column("c", "mean"),
    "balanced_accuracy": Column("Balanced accuracy", "share"),
    "negligible": Column("Shown not to be told apart"),
}
VARIANCE_COLUMNS = {
    "label": Column("Aspect"),
    **{name: Column(text, "share") for name, (text, _) in PARTS.items()},
    "alpha": Column("Krippendorff's α", "mean"),
    "single": Column("Reliability of one rating", "mean"),
    "mean": Column("of a clip's mean", "mean"),
}


def conclusion_charts(results: RatingResults, analysis: Analysis) -> list[Chart]:
    """Every chart that the analysis fills."""
    judged = analysis.verdicts
    fits = [] if judged is None or isinstance(judged, Reason) or not judged.detections else [judged]
    compared = [aspect for aspect in analysis.aspects.values() if aspect.comparisons]
    charts = [differences(compared)] if compared else []
    charts += [chart for fit in fits for chart in (detection(results, fit), roc(results, fit))]
    charts += [variances([aspect for aspect in compared if aspect.variance])] if compared else []
    return [chart.stamp() for chart in charts] if results.table.rehearsal else charts


def differences(aspects: list[AspectAnalysis]) -> Chart:
    """A forest plot: a row for each pair of models, filled where the difference is sure after Holm's correction."""
    rows = [row_label(pair.label) for pair in max((aspect.comparisons for aspect in aspects), key=len)]
    heights = [len(aspect.comparisons) * _row_height(rows) for aspect in aspects]
    places, total = panels.stack_panels(heights, gap=62, first=64)
    figure = panels.figure_of(places, total, bottom=56)
    panels.head(figure, [(aspect.aspect.label, place) for aspect, place in zip(aspects, places, strict=True)], total)
    panels.note(figure, "● sure after Holm's correction   ○ not sure   grey: counts as no difference")
    reach = max(max(abs(pair.difference.low), abs(pair.difference.high)) for a in aspects for pair in a.comparisons)
    for number, aspect in enumerate(aspects, 1):
        figure["data"] += [trace | panels.axes(number) for pair in aspect.comparisons for trace in _forest_row(pair)]
        figure["layout"]["shapes"] += _band(aspect.bound, number)
        names = [row_label(pair.label) for pair in aspect.comparisons]
        panels.set_axis(figure, number, "y", **_rows(names))
        panels.set_axis(figure, number, "x", range=[-1.08 * reach, 1.08 * reach], **ZERO)
    panels.set_axis(figure, len(aspects), "x", title={"text": "Difference in rating points"})
    table = pd.DataFrame([_difference(aspect, pair) for aspect in aspects for pair in aspect.comparisons])
    return Chart(
        key="differences",
        group="conclusions",
        title="Differences between models with 95 % intervals",
        drawing=figure,
        table=table,
        columns=DIFFERENCE_COLUMNS,
        summary=_difference_words(table),
    )


def row_label(label: str) -> str:
    """ "LSTM - Originals" in two lines at most, for an axis."""
    return theme.break_lines(label.replace(" - ", " \N{MINUS SIGN} "), 34)


def _row_height(names: list[str]) -> float:
    return max(max(ROW, 18 * (name.count("<br>") + 1) + 8) for name in names)


def _rows(names: list[str]) -> dict:
    order = {"type": "category", "categoryorder": "array", "categoryarray": names}
    return order | {"range": [len(names) - 0.4, -0.6], "gridcolor": theme.LINE}


def _forest_row(pair: Comparison) -> list[dict]:
    difference, name = pair.difference, row_label(pair.label)
    line = {"color": theme.INK, "width": 2.5}
    ends = {"type": "scatter", "mode": "lines", "x": [difference.low, difference.high], "y": [name, name], "line": line}
    filled = theme.INK if difference.p_holm < SURE else theme.PAPER
    symbol = {"symbol": "circle", "size": 11, "color": filled, "line": {"color": theme.INK, "width": 2}}
    text = f"{difference.estimate:.2f}, 95 % interval {difference.low:.2f} to {difference.high:.2f}"
    dot = {"type": "scatter", "mode": "markers", "x": [difference.estimate], "y": [name], "marker": symbol}
    return [ends | {"hoverinfo": "skip"}, dot | {"hovertemplate": f"{name}: {text}<extra></extra>"}]


def _band(bound: float, number: int) -> list[dict]:
    """Around 0 what counts as no difference."""
    x, y = panels.axes(number).values()
    band = {"type": "rect", "xref": x, "x0": -bound, "x1": bound, "yref": f"{y} domain", "y0": 0, "y1": 1}
    return [band | {"fillcolor": BAND, "line": {"width": 0}, "layer": "below"}]


def _difference(aspect: AspectAnalysis, pair: Comparison) -> dict:
    difference = pair.difference
    return {
        "aspect": aspect.aspect.label,
        "difference": pair.label,
        "estimate": difference.estimate,
        "low": difference.low,
        "high": difference.high,
        "t": difference.t,
        "df": difference.df,
        "p_holm": difference.p_holm,
        "delta": pair.delta.delta,
        "negligible": "yes" if pair.equivalence.holds else "no",
        "bound": aspect.bound,
    }


def _difference_words(table: pd.DataFrame) -> str:
    sentences = []
    for aspect, part in table.groupby("aspect", sort=False):
        sure = part[part["p_holm"] < SURE]
        if len(sure):
            most = sure.loc[sure["estimate"].abs().idxmax()]
            pair = most.difference.replace(" - ", " \N{MINUS SIGN} ")
            size = f"the largest: {pair}, {words.mean(most.estimate)}{words.interval(most, words.mean)}"
            text = f"{len(sure)} of {quantity(len(part), 'difference')} sure after Holm's correction, {size}"
        else:
            text = f"none of {quantity(len(part), 'difference')} is sure, which does not show that there is none"
        none = int((part["negligible"] == "yes").sum())
        shown = f"; {none} shown to be negligible" if none else ""
        sentences.append(f"{aspect}: {text}{shown}.")
    return " ".join(sentences)


def detection(results: RatingResults, fit: VerdictFit) -> Chart:
    """d' of each model: how well its clips are told from human ones; around 0 what counts as not to be told apart."""
    looks = theme.source_looks(results.table.sources)
    names = {result.source: theme.break_lines(result.source) for result in fit.detections}
    places, total = panels.stack_panels([len(names) * _row_height(list(names.values()))], gap=0, first=36)
    figure = panels.figure_of(places, total, bottom=56)
    for result in fit.detections:
        name, look, d_prime = names[result.source], looks[result.source], result.d_prime
        line = {"color": look.colour, "width": 2.5}
        ends = {"type": "scatter", "mode": "lines", "x": [d_prime.low, d_prime.high], "y": [name, name], "line": line}
        symbol = {"symbol": look.symbol, "size": 12, "color": look.colour, "line": HALO}
        dot = {"type": "scatter", "mode": "markers", "x": [d_prime.estimate], "y": [name], "marker": symbol}
        figure["data"] += [ends | {"hoverinfo": "skip"}, dot | {"hovertemplate": "d′ %{x:.2f}<extra></extra>"}]
    bound = fit.detections[0].equivalence.bound
    figure["layout"]["shapes"] += _band(bound, 1)
    ends = [end for result in fit.detections for end in (result.d_prime.low, result.d_prime.high)]
    low, high = min(-0.5, *ends), max(1.5, *ends)
    panels.set_axis(figure, 1, "x", range=[low * 1.05, high * 1.05], title={"text": "d′"}, **ZERO)
    panels.note(figure, "0: taken for AI as often as human music   grey: counts as not told apart")
    panels.set_axis(figure, 1, "y", **_rows(list(names.values())))
    table = pd.DataFrame([_detection_row(result) for result in fit.detections])
    return Chart(
        key="detection",
        group="conclusions",
        title="Discrimination of each model from human music",
        drawing=figure,
        table=table,
        columns=DETECTION_COLUMNS,
        summary=_detection_words(fit),
    )


def _detection_row(result: Detection) -> dict:
    return {
        "source": result.source,
        "d_prime": result.d_prime.estimate,
        "low": result.d_prime.low,
        "high": result.d_prime.high,
        "p": result.d_prime.p,
        "hits": result.hit_rate.value,
        "false_alarms": result.false_alarm_rate.value,
        "criterion": result.criterion.estimate,
        "balanced_accuracy": result.balanced_accuracy.value,
        "negligible": "yes" if result.equivalence.holds else "no",
    }


def _detection_words(fit: VerdictFit) -> str:
    first = fit.detections[0].false_alarm_rate
    sentences = [f"Human clips are taken for AI in {words.share(first.value)}."]
    for result in fit.detections:
        d_prime = result.d_prime
        judged = "is told from human music" if d_prime.p < SURE and d_prime.estimate > 0 else "is not surely told apart"
        judged = "is shown not to be told from human music" if result.equivalence.holds else judged
        numbers = f"d′ {words.mean(d_prime.estimate)}{words.interval(d_prime, words.mean)}"
        sentences.append(f"{result.source} {judged}: {numbers}, hits {words.share(result.hit_rate.value)}.")
    return " ".join(sentences)


def variances(aspects: list[AspectAnalysis]) -> Chart:
    """A bar for each aspect: where the differences between ratings come from."""
    table = pd.DataFrame([_shares(aspect) for aspect in aspects])
    names = [theme.break_lines(label) for label in table["label"]]
    places, total = panels.stack_panels([len(names) * 44], gap=0, first=56)
    figure = panels.figure_of(places, total, bottom=44)
    for part, (text, colour) in PARTS.items():
        bar = {"type": "bar", "orientation": "h", "x": table[part].tolist(), "y": names, "name": text}
        inside = {"textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "constraintext": "none"}
        written = {"text": [words.share(share) if share >= 0.05 else "" for share in table[part]]}
        hover = {"hovertemplate": f"{text}: %{{x:.0%}}<extra></extra>"}
        figure["data"].append(bar | inside | written | hover | {"marker": {"color": colour}})
    panels.set_axis(figure, 1, "x", range=[0, 1], tickvals=[0, 0.5, 1], ticktext=["0 %", "50 %", "100 %"])
    panels.set_axis(figure, 1, "y", **_rows(names))
    figure["layout"] |= {"barmode": "stack", "showlegend": True}
    figure["layout"]["legend"] = {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False}
    return Chart(
        key="variances",
        group="conclusions",
        title="Components of variance in ratings",
        drawing=figure,
        table=table,
        columns=VARIANCE_COLUMNS,
        summary=_variance_words(table),
    )


def _shares(aspect: AspectAnalysis) -> dict:
    parts = {name: getattr(aspect.variance, name) for name in PARTS}
    alpha = math.nan if isinstance(aspect.agreement, Reason) else aspect.agreement.alpha
    known = None if isinstance(aspect.reliability, Reason) else aspect.reliability
    single, mean = (known.single, known.mean) if known else (math.nan, math.nan)
    return {"label": aspect.aspect.label, **parts, "alpha": alpha, "single": single, "mean": mean}


def _variance_words(table: pd.DataFrame) -> str:
    sentences = []
    for row in table.itertuples(index=False):
        parts = {text: getattr(row, name) for name, (text, _) in PARTS.items() if name != "rest"}
        largest = max(parts, key=parts.get)
        reliable = "" if math.isnan(row.mean) else f"; a clip's mean over its listeners is reliable to {row.mean:.2f}"
        sentences.append(f"{row.label}: {largest} {words.share(parts[largest])}, the most{reliable}.")
    return " ".join(sentences)
