"""Sample size: a page that answers before anything is filled in, and its chart as a file."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluation.charts.theme import DARK
from evaluation.package.image_export import why_not
from evaluation.pages.results import chart_file
from evaluation.power import PowerForm, analyse_power
from studies.access import study_page
from studies.models import Role


@require_safe
@study_page(Role.VIEWER)
def planning(request, study):
    survey = _survey(request, study)
    form = PowerForm(request.GET, survey=survey)
    context = {
        "survey": survey,
        "surveys": study.surveys.all(),
        "form": form,
        "weighed": analyse_power(form),
        "choice": {"query": f"?{request.GET.urlencode()}" if request.GET else ""},
        "dark": DARK,
        "why_no_pictures": why_not(),
    }
    return render(request, "evaluation/planning.html", context)


@require_safe
@study_page(Role.VIEWER)
def planning_chart(request, study, chart, kind):
    charts = analyse_power(PowerForm(request.GET, survey=_survey(request, study))).charts
    back = reverse("evaluation:planning", args=[study.slug]) + f"?{request.GET.urlencode()}"
    return chart_file(request, charts, chart, kind, stem="planning", back=back)


def _survey(request, study):
    slug = request.GET.get("survey")
    return get_object_or_404(study.surveys, slug=slug) if slug else None
