"""What programs may ask about results. Comes in with the first question; pandas and scipy with the first result."""

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from ninja import Query, Router

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.pages.results_page import showing_of
from studies.api import STUDY, study_for
from studies.models import Role
from surveys.api import survey_of
from surveys.models import Survey

router = Router(tags=["Surveys and results"])

REHEARSAL = Query(False, description="What robots said, stamped as such.")
FLAGGED = Query(False, description="Without listeners whose answers were flagged.")


@router.get("/surveys/{slug}/results.zip", response={200: bytes, 202: dict})
def package(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """Tables, charts and every number, as export_results writes them; made by a worker of the answers as they are now.
    Until it is there the answer is 202: ask again. For analysts."""
    from evaluation.package import build

    survey = with_answers(request, study, slug, AnswerFilter(rehearsal, without_flagged))
    made = build.order(survey, rehearsal=rehearsal, without_flagged=without_flagged)
    if not made.made:
        made.refresh_from_db()
    if made.made:
        return FileResponse(made.file.open("rb"), as_attachment=True, filename=f"{made.name}.zip")
    said = made.errand.message or "The package is being made: ask again."
    return JsonResponse({"said": said, "errand": made.errand_id}, status=202)


@router.get("/surveys/{slug}/results.json", response={200: dict})
def numbers(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """Every number unrounded, each fit under its formula in R's notation. For analysts."""
    from evaluation.pages.live_results import current_files

    choice = AnswerFilter(rehearsal, without_flagged)
    survey = with_answers(request, study, slug, choice)
    _, files = current_files(survey, choice, analysed=showing_of(survey, choice).is_live, pictures=False)
    return HttpResponse(files["results.json"], content_type="application/json")


def with_answers(request, study: str, slug: str, choice: AnswerFilter) -> Survey:
    survey = survey_of(study_for(request, study, Role.ANALYST), slug)
    if not showing_of(survey, choice).has_answers:
        raise Http404(
            f'Nobody has answered "{survey}" yet{"" if choice.rehearsal else "; for robots add rehearsal=true"}.'
        )
    return survey
