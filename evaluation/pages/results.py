"""The results page, and its charts as files."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from evaluation import reports
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.charts.chart import Chart
from evaluation.charts.theme import DARK
from evaluation.live_results import file_stem
from evaluation.package.image_export import FORMATS, DrawingError, draw, why_not
from evaluation.results_page import ResultsPage
from evaluation.statistics.quality import NobodyLeftError
from studies.access import study_page
from studies.http import attachment
from studies.models import Role

GROUPS = {
    "paper": gettext_lazy("Main figures"),
    "precision": gettext_lazy("Precision"),
    "conclusions": gettext_lazy("Conclusions"),
    "detail": gettext_lazy("Details"),
    "objective": gettext_lazy("Clip measures"),
}


@require_safe
@study_page(Role.ANALYST)
def results(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    page = ResultsPage(survey, AnswerFilter.from_query(request.GET))
    context = {"survey": survey, "showing": page, "choice": page.answer_filter, **count_participants(survey)}
    if request.headers.get("X-Part") == "report":
        return render(request, "evaluation/report.html", context)
    if unchanged := get_conditional_response(request, etag=quote_etag(page.version)):
        return unchanged
    if not page.has_answers:
        return render(request, "evaluation/empty.html", context)
    try:
        charts = page.charts
    except NobodyLeftError as error:
        return render(request, "evaluation/empty.html", context | {"why_empty": error})
    grouped = {title: [chart for chart in charts if chart.group == group] for group, title in GROUPS.items()}
    concluding = GROUPS["conclusions"] if page.concludes else ""
    more = {"grouped": grouped, "concluding": concluding, "dark": DARK, "why_no_pictures": why_not()}
    return render(request, "evaluation/results.html", context | more)


def count_participants(survey) -> dict[str, int]:
    participants = survey.participants
    return {"people": participants.people().count(), "robots": participants.robots().count()}


@require_POST
@study_page(Role.ANALYST)
def order_report(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    answer_filter = AnswerFilter.from_query(request.POST)
    page = ResultsPage(survey, answer_filter)
    if page.has_answers and page.concludes:
        reports.order(survey, **vars(answer_filter))
    response = redirect("evaluation:results", study.slug, survey.slug)
    response["Location"] += f"{answer_filter.query}#report"
    return response


@require_safe
@study_page(Role.ANALYST)
def chart(request, study, survey, chart, kind):
    """One chart as a file: csv, json (plotly's), svg, png or pdf."""
    survey = get_object_or_404(study.surveys, slug=survey)
    answer_filter = AnswerFilter.from_query(request.GET)
    page = ResultsPage(survey, answer_filter)
    back = reverse("evaluation:results", args=[study.slug, survey.slug]) + answer_filter.query
    try:
        charts = page.charts if page.has_answers else []
    except NobodyLeftError as error:
        raise Http404(str(error)) from error
    return chart_file(request, charts, chart, kind, stem=file_stem(survey, answer_filter), back=back)


def chart_file(request: HttpRequest, charts: list[Chart], key: str, kind: str, *, stem: str, back: str) -> HttpResponse:
    """One of these charts as a file to keep; where no picture can be drawn, a page that says why and leads back."""
    chart = next((chart for chart in charts if chart.key == key), None)
    if chart is None or kind not in ("csv", "json", *FORMATS):
        raise Http404(_("There is no chart %(name)s here.") % {"name": f"{key}.{kind}"})
    filename = f"{stem}-{chart.key}.{kind}"
    if kind == "csv":
        return attachment(chart.csv(), "text/csv; charset=utf-8", filename)
    if kind == "json":
        return attachment(json.dumps(chart.export_drawing()), "application/json", filename)
    try:
        return attachment(draw([chart], [kind])[f"{chart.key}.{kind}"], FORMATS[kind], filename)
    except DrawingError as error:
        return render(request, "evaluation/no_picture.html", {"why": error, "back": back}, status=503)
