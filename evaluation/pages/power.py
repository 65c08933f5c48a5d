"""How many listeners, how many clips: a page that answers before anything is filled in, and its chart as a file."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluation.package.image_export import FORMATS, why_not
from evaluation.pages.results import chart_file
from evaluation.power import SizingForm, weigh
from studies.access import study_page
from studies.models import Role


@require_safe
@study_page(Role.VIEWER)
def planning(request, study):
    from evaluation.charts.theme import DARK

    survey = _survey(request, study)
    form = SizingForm(request.GET, survey=survey)
    context = {
        "survey": survey,
        "surveys": study.surveys.all(),
        "form": form,
        "weighed": weigh(form),
        "choice": {"query": f"?{request.GET.urlencode()}" if request.GET else ""},
        "dark": DARK,
        "why_no_pictures": why_not(),
    }
    return render(request, "evaluation/planning.html", context)


@require_safe
@study_page(Role.VIEWER)
def planning_chart(request, study, chart, kind):
    charts = weigh(SizingForm(request.GET, survey=_survey(request, study))).charts
    found = next((one for one in charts if one.key == chart), None)
    if found is None or kind not in ("csv", "json", *FORMATS):
        raise Http404(f"There is no chart {chart}.{kind} here.")
    back = reverse("evaluation:planning", args=[study.slug]) + f"?{request.GET.urlencode()}"
    return chart_file(request, found, kind, name="planning", back=back)


def _survey(request, study):
    slug = request.GET.get("survey")
    return get_object_or_404(study.surveys, slug=slug) if slug else None
