"""Every chart that a survey's results can fill, in the order in which a page and a package show them."""

import re

from evaluation.charts.chart import Chart
from evaluation.charts.clip_measures import measure_charts, overlaps
from evaluation.charts.conclusions import conclusion_charts
from evaluation.charts.distributions import answers, clips_and_aspects
from evaluation.charts.hearing import belief, calibration
from evaluation.charts.listeners import listener_overview
from evaluation.charts.means import means, share_judged_ai
from evaluation.charts.paper import source_averages, verdicts_by_clip
from evaluation.charts.robustness import repeats, sensitivity
from evaluation.statistics.analysis import Analysis
from evaluation.statistics.rating_results import RatingResults


def rating_charts(results: RatingResults, analysis: Analysis | None = None) -> list[Chart]:
    """Every chart that these results can fill, the paper's five figures first; a rehearsal is stamped on each.

    With the `analysis` (`evaluation.statistics.rating_results.fit_models`) also what the mixed models conclude.
    """
    charts = []
    if len(results.clip_verdicts):
        charts.append(verdicts_by_clip(results))
    if len(results.ratings):
        rated = set(results.ratings["source"].astype(str))
        keys = source_keys(results.table.sources["source"])
        charts += [source_averages(results, source, key) for source, key in keys.items() if source in rated]
        charts.append(means(results))
    if len(results.verdicts):
        charts.append(share_judged_ai(results))
    if len(results.ratings):
        charts += [answers(results), clips_and_aspects(results), belief(results), calibration(results)]
        charts += [repeats(results), listener_overview(results), *measure_charts(results)]
    charts = [chart for chart in charts if chart]
    charts = [chart.stamp() for chart in charts] if results.table.rehearsal else charts
    return charts + (model_charts(results, analysis) if analysis else [])


def model_charts(results: RatingResults, analysis: Analysis) -> list[Chart]:
    """What the models conclude, whether it holds when asked otherwise, and what takes as long to work out."""
    more = [sensitivity(analysis), overlaps(results, analysis)]
    more = [chart.stamp() if results.table.rehearsal else chart for chart in more if chart]
    return conclusion_charts(results, analysis) + more


def source_keys(sources) -> dict[str, str]:
    """A short word for each source, fit for an address and a file's name; no two alike."""
    keys: dict[str, str] = {}
    for source in sources:
        base = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:40] or "model"
        key, number = base, 2
        while key in keys.values():
            key, number = f"{base}-{number}", number + 1
        keys[source] = key
    return keys
