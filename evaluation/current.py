"""Results of a survey as it stands now, worked out once and kept in this process until an answer comes or goes."""

from functools import lru_cache

from evaluation.answers import collect, stand
from evaluation.charts import Chart, charts_of
from evaluation.results import Results, work_out
from surveys.models import Survey

# A quarter of a million answers take some 40 MB.
KEPT = 4


def current_results(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> Results:
    return _results(survey.pk, rehearsal, without_flagged, stand(survey, rehearsal=rehearsal))


def current_charts(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> list[Chart]:
    return _charts(survey.pk, rehearsal, without_flagged, stand(survey, rehearsal=rehearsal))


@lru_cache(maxsize=KEPT)
def _results(survey: int, rehearsal: bool, without_flagged: bool, stand: tuple) -> Results:
    collected = collect(Survey.objects.get(pk=survey), rehearsal=rehearsal)
    return work_out(collected, without_flagged=without_flagged)


@lru_cache(maxsize=KEPT)
def _charts(survey: int, rehearsal: bool, without_flagged: bool, stand: tuple) -> list[Chart]:
    return charts_of(_results(survey, rehearsal, without_flagged, stand))
