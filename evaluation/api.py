"""What programs may ask about results. Comes in with the first question; pandas and scipy with the first result."""

from django.http import Http404, HttpResponse
from ninja import Query, Router

from evaluation.showing import Choice, showing_of
from studies.api import STUDY, study_for
from studies.models import Role
from surveys.api import survey_of

router = Router(tags=["Surveys and results"])

REHEARSAL = Query(False, description="What robots said, stamped as such.")
FLAGGED = Query(False, description="Without listeners whose answers were flagged.")


@router.get("/surveys/{slug}/results.zip", response={200: bytes})
def package(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """Tables, charts and every number, as export_results writes them. For analysts."""
    from evaluation.package.writing import as_zip

    name, files = files_for(request, study, slug, Choice(rehearsal, without_flagged))
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return HttpResponse(as_zip(files, name), content_type="application/zip", headers=headers)


@router.get("/surveys/{slug}/results.json", response={200: dict})
def numbers(
    request, slug: str, study: str = STUDY, rehearsal: bool = REHEARSAL, without_flagged: bool = FLAGGED
) -> HttpResponse:
    """Every number unrounded, each fit under its formula in R's notation. For analysts."""
    _, files = files_for(request, study, slug, Choice(rehearsal, without_flagged), pictures=False)
    return HttpResponse(files["results.json"], content_type="application/json")


def files_for(request, study: str, slug: str, choice: Choice, *, pictures: bool = True) -> tuple[str, dict[str, bytes]]:
    from evaluation.current import current_files

    survey = survey_of(study_for(request, study, Role.ANALYST), slug)
    showing = showing_of(survey, choice)
    if not showing.has_answers:
        raise Http404(
            f'Nobody has answered "{survey}" yet{"" if choice.rehearsal else "; for robots add rehearsal=true"}.'
        )
    return current_files(survey, choice, analysed=showing.is_live, pictures=pictures)
