"""Pages with results. pandas and scipy come in with the first of them, never with the addresses."""

import json

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluation import reports
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.package.image_export import FORMATS, DrawingError, draw, why_not
from evaluation.pages.results_page import showing_of
from studies.access import study_page
from studies.models import Role

GROUPS = {
    "paper": "As in the paper",
    "precision": "How sure this is",
    "conclusions": "What can be concluded",
    "detail": "In detail",
    "objective": "Measured on the notes",
}


@require_safe
@study_page(Role.ANALYST)
def results(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    showing = showing_of(survey, AnswerFilter.of(request.GET))
    context = {"survey": survey, "showing": showing, "choice": showing.choice, **counts_of(survey)}
    if request.headers.get("X-Part") == "report":
        return render(request, "evaluation/report.html", context)
    if request.headers.get("X-Part") == "stand":
        return HttpResponse(showing.stand, content_type="text/plain")
    if not showing.has_answers:
        return render(request, "evaluation/empty.html", context)
    from evaluation.charts.theme import DARK

    grouped = {title: [one for one in showing.charts if one.group == group] for group, title in GROUPS.items()}
    concluding = GROUPS["conclusions"] if showing.concludes else ""
    more = {"grouped": grouped, "concluding": concluding, "dark": DARK, "why_no_pictures": why_not()}
    return render(request, "evaluation/results.html", context | more)


def counts_of(survey) -> dict[str, int]:
    people = survey.participants
    return {"people": people.people().count(), "robots": people.robots().count()}


@require_POST
@study_page(Role.ANALYST)
def order_report(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    choice = AnswerFilter.of(request.POST)
    showing = showing_of(survey, choice)
    if showing.has_answers and showing.concludes:
        reports.order(survey, **vars(choice))
    answer = redirect("evaluation:results", study.slug, survey.slug)
    answer["Location"] += f"{choice.query}#report"
    return answer


@require_safe
@study_page(Role.ANALYST)
def chart(request, study, survey, chart, kind):
    """One chart as a file: csv, json (plotly's), svg, png or pdf."""
    survey = get_object_or_404(study.surveys, slug=survey)
    choice = AnswerFilter.of(request.GET)
    showing = showing_of(survey, choice)
    found = next((one for one in showing.charts if one.key == chart), None) if showing.has_answers else None
    if found is None or kind not in ("csv", "json", *FORMATS):
        raise Http404(f"There is no chart {chart}.{kind} here.")
    from evaluation.pages.live_results import name_of

    back = reverse("evaluation:results", args=[study.slug, survey.slug]) + choice.query
    return chart_file(request, found, kind, name=name_of(survey, choice), back=back)


def chart_file(request, chart, kind: str, *, name: str, back: str) -> HttpResponse:
    """A chart for keeping; where no picture can be drawn, a page that says why and leads back."""
    file = f"{name}-{chart.key}.{kind}"
    if kind == "csv":
        return download(chart.csv(), "text/csv; charset=utf-8", file)
    if kind == "json":
        return download(json.dumps(chart.printed()), "application/json", file)
    try:
        return download(draw([chart], [kind])[f"{chart.key}.{kind}"], FORMATS[kind], file)
    except DrawingError as error:
        return render(request, "evaluation/no_picture.html", {"why": error, "back": back}, status=503)


def download(content: str | bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
