"""Which of two? How often each model was chosen against each other one, and how sure that is."""

from itertools import combinations

import pandas as pd

from evaluation.charts import panels, theme, words
from evaluation.charts.chart import Chart, Column
from evaluation.charts.conclusions import SURE, row_label
from evaluation.statistics.bradley_terry import PreferenceFit
from evaluation.statistics.pair_results import PairResults
from evaluation.statistics.reasons import quantity

FIRST, SECOND, TIE = "#0072b2", "#d55e00", "#d0cec9"
ROW = 44
TELLING = 0.07  # a share below it has no room for its number
PERCENT = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"]}
CHOSEN_COLUMNS = {
    "label": Column("Question"),
    "first": Column("Model"),
    "second": Column("against"),
    "choices": Column("Choices", "count"),
    "first_won": Column("Chosen", "count"),
    "ties": Column("No difference", "count"),
    "second_won": Column("Other chosen", "count"),
    "share": Column("Share, ties half", "share"),
}
CHANCE_COLUMNS = {
    "label": Column("Question"),
    "first": Column("Model"),
    "second": Column("against"),
    "chance": Column("Chance of being preferred", "share"),
    "low": Column("95 % from", "share"),
    "high": Column("to", "share"),
    "estimate": Column("Log-odds", "mean"),
    "se": Column("SE", "mean"),
    "t": Column("t", "mean"),
    "df": Column("df", "mean"),
    "p_holm": Column("p (Holm)", "p"),
}


def pair_charts(results: PairResults) -> list[Chart]:
    """Every chart that these choices can fill; a rehearsal is stamped on each."""
    fitted = {key: fit for key, fit in results.fits.items() if isinstance(fit, PreferenceFit)}
    charts = [chances(results, fitted)] if fitted else []
    charts += [choice_shares(results)] if len(results.wins) else []
    return [chart.stamp() for chart in charts] if results.table.rehearsal else charts


def choice_shares(results: PairResults) -> Chart:
    """A bar for each two models: left the share of the one, right that of the other, between them no difference."""
    labels = {aspect.key: aspect.question or aspect.label for aspect in results.table.aspects}
    table = results.wins.assign(label=results.wins["aspect"].map(labels))
    parts = dict(list(table.groupby("aspect", sort=False)))
    places, total = panels.stack_panels([len(part) * ROW for part in parts.values()], gap=62, first=70)
    figure = panels.figure_of(places, total, bottom=44)
    panels.head(figure, [(labels[key], place) for key, place in zip(parts, places, strict=True)], total)
    for number, part in enumerate(parts.values(), 1):
        rows = [_versus(first, second) for first, second in zip(part["first"], part["second"], strict=True)]
        for column, name, colour in (
            ("first_won", "the first is preferred", FIRST),
            ("ties", "no difference", TIE),
            ("second_won", "the second is preferred", SECOND),
        ):
            figure["data"].append(_bar(part, column, name, colour, rows, number) | panels.axes(number))
        order = {"type": "category", "categoryorder": "array", "categoryarray": rows}
        panels.set_axis(figure, number, "y", **order, range=[len(rows) - 0.4, -0.6], showgrid=False)
        panels.set_axis(figure, number, "x", **PERCENT)
    figure["layout"] |= {"barmode": "stack", "showlegend": True}
    figure["layout"]["legend"] = {"traceorder": "normal", "itemclick": False, "itemdoubleclick": False}
    return Chart(
        key="chosen",
        group="detail",
        title="How often each model was preferred",
        drawing=figure,
        table=table,
        columns=CHOSEN_COLUMNS,
        summary=_chosen_words(table),
    )


def _versus(first: str, second: str) -> str:
    return theme.break_lines(f"{first} or {second}", 34)


def _bar(part: pd.DataFrame, column: str, name: str, colour: str, rows: list[str], number: int) -> dict:
    shares = (part[column] / part["choices"]).tolist()
    inside = {"textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "constraintext": "none"}
    bar = {"type": "bar", "orientation": "h", "x": shares, "y": rows, "name": name, "marker": {"color": colour}}
    written = {"text": [words.share(share) if share >= TELLING else "" for share in shares]}
    hover = {"hovertemplate": f"{name}: %{{x:.0%}}<extra></extra>"}
    return bar | inside | written | hover | {"legendgroup": column, "showlegend": number == 1}


def _chosen_words(table: pd.DataFrame) -> str:
    return " ".join(
        f"{row.first} was preferred to {row.second} in {words.share(row.first_won / row.choices)} of "
        f"{quantity(row.choices, 'choice')}, {row.second} in {words.share(row.second_won / row.choices)}."
        for row in table.itertuples(index=False)
    )


def chances(results: PairResults, fitted: dict[str, PreferenceFit]) -> Chart:
    """A row for each two models: the chance that the first is preferred, with its interval; in the middle, neither."""
    labels = {aspect.key: aspect.question or aspect.label for aspect in results.table.aspects}
    table = pd.DataFrame([row for key, fit in fitted.items() for row in _rows(labels[key], fit)])
    parts = dict(list(table.groupby("label", sort=False)))
    places, total = panels.stack_panels([len(part) * ROW for part in parts.values()], gap=70, first=64)
    figure = panels.figure_of(places, total, bottom=56)
    panels.head(figure, [(label, place) for label, place in zip(parts, places, strict=True)], total)
    panels.note(figure, "● sure after Holm's correction   ○ not sure   in the middle: both are preferred equally often")
    for number, part in enumerate(parts.values(), 1):
        names = [row_label(f"{row.first} against {row.second}") for row in part.itertuples()]
        for name, row in zip(names, part.itertuples(), strict=True):
            figure["data"] += [trace | panels.axes(number) for trace in _forest_row(name, row)]
        order = {"type": "category", "categoryorder": "array", "categoryarray": names}
        panels.set_axis(figure, number, "y", **order, range=[len(names) - 0.4, -0.6])
        panels.set_axis(figure, number, "x", **PERCENT)
        x, y = panels.axes(number).values()
        half = {"type": "line", "xref": x, "x0": 0.5, "x1": 0.5, "yref": f"{y} domain", "y0": 0, "y1": 1}
        figure["layout"]["shapes"].append(half | {"line": {"color": theme.INK_SOFT, "width": 1.5}, "layer": "below"})
    panels.set_axis(figure, len(parts), "x", title={"text": "Chance of being preferred, no difference counted half"})
    return Chart(
        key="chances",
        group="conclusions",
        title="Probability of being preferred, with 95 % intervals",
        drawing=figure,
        table=table,
        columns=CHANCE_COLUMNS,
        summary=_chance_words(table, fitted),
    )


def _rows(label: str, fit: PreferenceFit) -> list[dict]:
    """The earlier source against the later; the fit's own pairs say it the other way round."""
    return [
        {
            **{"label": label, "first": first, "second": second},
            **{"chance": 1 - chance.value, "low": 1 - chance.high, "high": 1 - chance.low},
            **{"estimate": -pair.estimate, "se": pair.se, "t": -pair.t, "df": pair.df, "p_holm": pair.p_holm},
        }
        for (first, second), pair, chance in zip(combinations(fit.sources, 2), fit.pairs, fit.chances, strict=True)
    ]


def _forest_row(name: str, row) -> list[dict]:
    line = {"color": theme.INK, "width": 2.5}
    ends = {"type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [name, name], "line": line}
    filled = theme.INK if row.p_holm < SURE else theme.PAPER
    symbol = {"symbol": "circle", "size": 11, "color": filled, "line": {"color": theme.INK, "width": 2}}
    text = f"{words.share(row.chance)}{words.interval(row, words.share)}"
    dot = {"type": "scatter", "mode": "markers", "x": [row.chance], "y": [name], "marker": symbol}
    return [ends | {"hoverinfo": "skip"}, dot | {"hovertemplate": f"{name}: {text}<extra></extra>"}]


def _chance_words(table: pd.DataFrame, fitted: dict[str, PreferenceFit]) -> str:
    sentences = []
    for row in table.itertuples(index=False):
        better, worse = (row.first, row.second) if row.chance >= 0.5 else (row.second, row.first)
        ends = (row.chance, row.low, row.high) if row.chance >= 0.5 else (1 - row.chance, 1 - row.high, 1 - row.low)
        chance = f"{words.share(ends[0])} (95 % interval {words.share(ends[1])} to {words.share(ends[2])})"
        sure = "is preferred" if row.p_holm < SURE else "is not surely preferred"
        sentences.append(f"{better} {sure} to {worse}: chance {chance}.")
    order = " ".join(_order(fit) for fit in fitted.values())
    return f"{order} {' '.join(sentences)}"


def _order(fit: PreferenceFit) -> str:
    strengths = {fit.sources[0]: 0.0} | {strength.label: strength.estimate for strength in fit.strengths}
    ranked = sorted(strengths, key=strengths.get, reverse=True)
    return f"From the most to the least preferred: {', '.join(ranked)}."
