"""Tables for a paper: LaTeX (booktabs) and Markdown, rounded as APA style rounds. No Django."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.charts.theme import REHEARSAL
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import RatingResults
from evaluation.statistics.reasons import Reason
from evaluation.statistics.verdicts import VerdictFit

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class PaperTable:
    """A table as it is printed."""

    key: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [self.headings, ("---", *("---:" for _ in self.headings[1:])), *self.rows]
        table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        return f"{self.caption}\n\n{table}\n"

    def latex(self) -> str:
        """To be put in with `\\input`; needs the package booktabs."""
        line = " & ".join
        body = [line(map(escape_latex, row)) + r" \\" for row in self.rows]
        return "\n".join(
            [
                r"\begin{table}",
                r"\centering",
                rf"\caption{{{escape_latex(self.caption)}}}",
                rf"\label{{tab:{self.key}}}",
                rf"\begin{{tabular}}{{l{'r' * (len(self.headings) - 1)}}}",
                r"\toprule",
                line(map(escape_latex, self.headings)) + r" \\",
                r"\midrule",
                *body,
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}",
                "",
            ]
        )


SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"$<$",
        ">": r"$>$",
        MINUS: "$-$",
        "δ": r"$\delta$",
        "Δ": r"$\Delta$",
        "′": "$'$",
        "–": "--",
    }
)


def escape_latex(text: str) -> str:
    return text.translate(SPECIAL)


def number(value: float | None, digits: int = 2) -> str:
    """3.42, with a real minus; an unknown number is a dash."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text.replace("-", "")


def apa_decimal(value: float | None, digits: int = 2) -> str:
    """ ".42": a number that cannot pass 1 is written without its zero."""
    return number(value, digits).replace("0.", ".", 1) if value is None or abs(value) < 1 else number(value, digits)


def p_value(value: float | None) -> str:
    """ ".012", "< .001"."""
    if value is None or not math.isfinite(value):
        return "–"
    return "< .001" if value < 0.001 else apa_decimal(value, 3)


def interval(low: float, high: float, write=number) -> str:
    return "–" if low is None or not math.isfinite(low) else f"[{write(low)}, {write(high)}]"


def percent(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{100 * value:.0f}"


def paper_tables(results: RatingResults, analysis: Analysis | None = None) -> list[PaperTable]:
    """Every table that these results fill; those with comparisons need the analysis."""
    tables = [_ratings(results), _verdicts(results)]
    if analysis:
        tables += [_comparisons(analysis), _discrimination(analysis)]
    mark = f" {REHEARSAL}." if results.table.rehearsal else ""
    return [
        PaperTable(table.key, table.caption + mark, table.headings, table.rows)
        for table in tables
        if table and table.rows
    ]


def _ratings(results: RatingResults) -> PaperTable:
    labels = {aspect.key: aspect.label for aspect in results.table.aspects}
    rows = []
    for row in results.ratings.itertuples():
        counts = (labels[row.aspect], str(row.source), str(row.clips), str(row.ratings))
        rows.append((*counts, number(row.mean), interval(row.low, row.high), number(row.sd), number(row.median, 1)))
    return PaperTable(
        "ratings",
        "Average ratings. Intervals: two-way bootstrap of listeners and clips.",
        ("Aspect", "Model", "Clips", "Ratings", "M", "95 % CI", "SD", "Mdn"),
        tuple(rows),
    )


def _verdicts(results: RatingResults) -> PaperTable:
    rows = []
    for row in results.verdicts.itertuples():
        counts = (str(row.source), row.origin, str(row.clips), str(row.verdicts))
        rows.append((*counts, percent(row.share), interval(row.low, row.high, percent)))
    return PaperTable(
        "verdicts",
        "Share judged to be AI, in per cent. Intervals: two-way bootstrap of listeners and clips.",
        ("Model", "Truth", "Clips", "Verdicts", "Judged AI", "95 % CI"),
        tuple(rows),
    )


def _comparisons(analysis: Analysis) -> PaperTable:
    return PaperTable(
        "comparisons",
        "Differences between models: linear mixed models with crossed random intercepts of listeners and clips, "
        "Satterthwaite's degrees of freedom, p after Holm's correction within an aspect; Cliff's δ.",
        ("Aspect", "Difference", "Δ", "95 % CI", "t", "df", "p", "δ", "95 % CI"),
        tuple(_comparison_rows(analysis)),
    )


def _comparison_rows(analysis: Analysis) -> Iterable[tuple[str, ...]]:
    for aspect in analysis.aspects.values():
        for pair in aspect.comparisons:
            difference, delta = pair.difference, pair.delta
            yield (
                aspect.aspect.label,
                pair.label.replace(" - ", f" {MINUS} "),
                number(difference.estimate),
                interval(difference.low, difference.high),
                number(difference.t),
                number(difference.df, 1),
                p_value(difference.p_holm),
                apa_decimal(delta.delta),
                interval(delta.low, delta.high, apa_decimal),
            )


def _discrimination(analysis: Analysis) -> PaperTable | None:
    if analysis.verdicts is None or isinstance(analysis.verdicts, Reason):
        return None
    fit: VerdictFit = analysis.verdicts
    rows = []
    for detection in fit.detections:
        rates = (
            detection.source,
            apa_decimal(detection.hit_rate.value),
            apa_decimal(detection.false_alarm_rate.value),
        )
        d_prime = detection.d_prime
        apart = (number(d_prime.estimate), interval(d_prime.low, d_prime.high), p_value(d_prime.p))
        bias, accuracy = number(detection.criterion.estimate), apa_decimal(detection.balanced_accuracy.value)
        rows.append((*rates, *apart, bias, accuracy))
    return PaperTable(
        "discrimination",
        "How well models are told from human music: mixed probit model with crossed random intercepts of listeners "
        f"and clips, t tests with {fit.df:g} degrees of freedom.",
        ("Model", "Hits", "False alarms", "d′", "95 % CI", "p", "c", "Balanced accuracy"),
        tuple(rows),
    )
