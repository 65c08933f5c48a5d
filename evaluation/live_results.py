"""Results of a survey as they are now, worked out once and kept in this process until an answer comes or goes."""

from functools import lru_cache

from evaluation.answers.answer_filter import PEOPLE, AnswerFilter
from evaluation.answers.version import answers_version
from evaluation.pipeline import Evaluation, evaluate_survey
from surveys.models import Survey

# A quarter of a million answers take some 40 MB.
MOST_KEPT = 4


def current_evaluation(survey: Survey, answer_filter: AnswerFilter = PEOPLE) -> Evaluation:
    """Described, without models: those take longer than a page may."""
    version = answers_version(survey, rehearsal=answer_filter.rehearsal)
    measured = survey.clips.exclude(measured={}).count()
    return _evaluation(survey.pk, answer_filter, (version, measured))


@lru_cache(maxsize=MOST_KEPT)
def _evaluation(survey: int, answer_filter: AnswerFilter, version: tuple[str, int]) -> Evaluation:
    return evaluate_survey(Survey.objects.get(pk=survey), answer_filter)


def file_stem(survey: Survey, answer_filter: AnswerFilter) -> str:
    """How the names of files with these results begin."""
    parts = [
        survey.slug,
        "rehearsal" if answer_filter.rehearsal else "",
        "without-flagged" if answer_filter.without_flagged else "",
    ]
    return "-".join(part for part in parts if part)
