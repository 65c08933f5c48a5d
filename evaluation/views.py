"""Pages with results. pandas and scipy come in with the first of them, never with the addresses."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from evaluation.drawing import FORMATS, DrawingError, draw, why_not
from studies.access import study_page
from studies.models import Role
from surveys.models import Survey

GROUPS = {
    "paper": "As in the paper",
    "precision": "How sure this is",
    "detail": "In detail",
}


@require_safe
@study_page(Role.ANALYST)
def results(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    rehearsal = is_rehearsal(request)
    context = {
        "survey": survey,
        "rehearsal": rehearsal,
        "people": survey.participants.people().count(),
        "robots": survey.participants.robots().count(),
        "query": "?rehearsal=1" if rehearsal else "",
    }
    if not answers_of(survey, rehearsal).exists():
        return render(request, "evaluation/empty.html", context)
    from evaluation.charts.theme import DARK
    from evaluation.current import current_charts, current_results

    charts = current_charts(survey, rehearsal)
    grouped = [(title, [chart for chart in charts if chart.group == group]) for group, title in GROUPS.items()]
    return render(
        request,
        "evaluation/results.html",
        {
            **context,
            "results": current_results(survey, rehearsal),
            "groups": [(title, group) for title, group in grouped if group],
            "dark": DARK,
            "why_no_pictures": why_not(),
        },
    )


@require_safe
@study_page(Role.ANALYST)
def chart(request, study, survey, chart, kind):
    """One chart as a file: csv, json (plotly's), svg, png or pdf."""
    from evaluation.current import current_charts

    survey = get_object_or_404(study.surveys, slug=survey)
    found = next((one for one in current_charts(survey, is_rehearsal(request)) if one.key == chart), None)
    if found is None or kind not in ("csv", "json", *FORMATS):
        raise Http404(f"There is no chart {chart}.{kind} here.")
    name = f"{survey.slug}-{'rehearsal-' if is_rehearsal(request) else ''}{chart}.{kind}"
    if kind == "csv":
        return download(found.csv(), "text/csv; charset=utf-8", name)
    if kind == "json":
        return download(json.dumps(found.printed()), "application/json", name)
    try:
        return download(draw([found], [kind])[f"{chart}.{kind}"], FORMATS[kind], name)
    except DrawingError as error:
        return render(request, "evaluation/no_picture.html", {"survey": survey, "why": error}, status=503)


@require_safe
@study_page(Role.ANALYST)
def package(request, study, survey):
    """Everything as one zip; without pictures where none can be drawn."""
    from evaluation.current import current_results
    from evaluation.exports import as_zip, files_of

    survey = get_object_or_404(study.surveys, slug=survey)
    if not answers_of(survey, is_rehearsal(request)).exists():
        raise Http404("There are no answers yet.")
    name = f"{survey.slug}-{'rehearsal-' if is_rehearsal(request) else ''}results"
    files = files_of(current_results(survey, is_rehearsal(request)))
    return download(as_zip(files, name), "application/zip", f"{name}.zip")


def is_rehearsal(request) -> bool:
    return request.GET.get("rehearsal") == "1"


def answers_of(survey: Survey, rehearsal: bool):
    return survey.trials.filter(robot=rehearsal, kind="rating").answered()


def download(content: str | bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
