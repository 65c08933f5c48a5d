"""Results of a survey as it stands now, worked out once and kept in this process until an answer comes or goes."""

from functools import lru_cache

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.answers.answers import collect, stand
from evaluation.answers.pairs import collect_pairs
from evaluation.charts.chart import Chart
from evaluation.charts.gallery import rating_charts
from evaluation.charts.preferences import pair_charts
from evaluation.package.contents import files_of
from evaluation.package.pair_package import files_of_pairs
from evaluation.statistics.pair_results import PairResults, describe_pairs
from evaluation.statistics.rating_results import RatingResults, describe_ratings, fit_models
from surveys.models import Survey

# A quarter of a million answers take some 40 MB.
KEPT = 4


def current_results(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> RatingResults:
    return _results(survey.pk, rehearsal, without_flagged, _stand(survey, rehearsal))


def current_charts(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> list[Chart]:
    return _charts(survey.pk, rehearsal, without_flagged, _stand(survey, rehearsal))


def _stand(survey: Survey, rehearsal: bool) -> tuple:
    """Of the answers, and of what is known about the clips."""
    return *stand(survey, rehearsal=rehearsal), survey.clips.exclude(measured={}).count()


def current_files(
    survey: Survey, choice: AnswerFilter, *, analysed: bool, pictures: bool = True
) -> tuple[str, dict[str, bytes]]:
    """An export as it would be now, and its name; without mixed models unless `analysed`, where they take long."""
    if survey.compares:
        files = files_of_pairs(current_preferred(survey, **vars(choice)), pictures=pictures)
        return f"{name_of(survey, choice)}-results", files
    results = current_results(survey, **vars(choice))
    files = files_of(results, pictures=pictures, analysis=fit_models(results) if analysed else None)
    return f"{name_of(survey, choice)}-results", files


def name_of(survey: Survey, choice: AnswerFilter) -> str:
    parts = [survey.slug, "rehearsal" if choice.rehearsal else "", "without-flagged" if choice.without_flagged else ""]
    return "-".join(part for part in parts if part)


@lru_cache(maxsize=KEPT)
def _results(survey: int, rehearsal: bool, without_flagged: bool, stand: tuple) -> RatingResults:
    answer_table = collect(Survey.objects.get(pk=survey), rehearsal=rehearsal)
    return describe_ratings(answer_table, without_flagged=without_flagged)


@lru_cache(maxsize=KEPT)
def _charts(survey: int, rehearsal: bool, without_flagged: bool, stand: tuple) -> list[Chart]:
    return rating_charts(_results(survey, rehearsal, without_flagged, stand))


# --- Preference surveys ------------------------------------------------------------------------------


def current_preferred(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> PairResults:
    return _preferred(survey.pk, rehearsal, without_flagged, stand(survey, rehearsal=rehearsal))


def current_pair_charts(survey: Survey, rehearsal: bool = False, without_flagged: bool = False) -> list[Chart]:
    return pair_charts(current_preferred(survey, rehearsal, without_flagged))


@lru_cache(maxsize=KEPT)
def _preferred(survey: int, rehearsal: bool, without_flagged: bool, stand: tuple) -> PairResults:
    return describe_pairs(
        collect_pairs(Survey.objects.get(pk=survey), rehearsal=rehearsal), without_flagged=without_flagged
    )
