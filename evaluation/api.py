"""What the API answers about results. Imported with its first request; pandas and scipy with the first result."""

from typing import TYPE_CHECKING

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from evaluation.answers.answer_filter import AnswerFilter
from studies.api import STUDY, study_for
from studies.lazy_import import lazy_module
from studies.models import Role
from surveys.lookup import find_survey

if TYPE_CHECKING:
    from evaluation.results_page import ResultsPage

build = lazy_module("evaluation.package.build")
results_page = lazy_module("evaluation.results_page")

router = Router(tags=["Surveys and results"])

REHEARSAL = Query(False, description="Answers of simulated participants, marked as such.")
FLAGGED = Query(False, description="Exclude flagged participants.")


@router.get("/surveys/{slug}/results.zip", response={200: bytes, 202: dict})
def package(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """The data package of the current answers: tables, charts and every number, as export_results writes them. A worker
    builds it; until it is ready the response is 202, so ask again. Needs the analyst role."""
    survey = results_of(request, study, slug, AnswerFilter(rehearsal, without_flagged)).survey
    made = build.order(survey, rehearsal=rehearsal, without_flagged=without_flagged)
    if not made.made:
        made.refresh_from_db()
    if made.made:
        return FileResponse(made.file.open("rb"), as_attachment=True, filename=f"{made.name}.zip")
    said = "The package is being made: ask again." if made.is_going_on else made.job.message
    return JsonResponse({"said": said, "job": made.job_id}, status=202)


@router.get("/surveys/{slug}/results.json", response={200: dict})
def numbers(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """Every number unrounded, each fit under its formula in R's notation. Needs the analyst role."""
    page = results_of(request, study, slug, AnswerFilter(rehearsal, without_flagged))
    evaluation = page.evaluation.fit() if page.is_live else page.evaluation
    return HttpResponse(evaluation.results_json(), content_type="application/json")


def results_of(request, study: str, slug: str, answer_filter: AnswerFilter) -> "ResultsPage":
    """What the results page would show; 404 while it would be empty."""
    survey = find_survey(study_for(request, study, Role.ANALYST), slug)
    page = results_page.ResultsPage(survey, answer_filter)
    if page.has_answers:
        return page
    message = _('Nobody has answered "%(survey)s" yet.') % {"survey": survey}
    hint = "" if answer_filter.rehearsal else _(" For simulated participants add rehearsal=true.")
    raise Http404(message + hint)
