"""The public page of a survey, and the switch for it, which only owners have."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from evaluation import published_results
from evaluation.charts.theme import DARK
from evaluation.models import PublicPage
from studies.access import study_page
from studies.models import Role

FRESH = 60  # seconds that a browser may keep it


class PublicForm(forms.ModelForm):
    class Meta:
        model = PublicPage
        fields = ["address", "while_open", "indexed"]
        labels = {
            "address": gettext_lazy("Address"),
            "while_open": gettext_lazy("Show results while the survey is open"),
            "indexed": gettext_lazy("Let search engines list the page"),
        }
        help_texts = {
            "address": gettext_lazy("Letters, digits and hyphens. The suggested address cannot be guessed."),
            "while_open": gettext_lazy(
                "Results can influence people who have not answered yet. Comparing the page before and after an answer "
                "can reveal that answer."
            ),
            "indexed": gettext_lazy("If not, the page asks search engines not to list it."),
        }

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.OWNER)
def switch(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    page = PublicPage.objects.filter(survey=survey).first()
    if request.method == "POST" and "off" in request.POST:
        published_results.switch_off(survey)
        messages.success(request, _("The public page is off. Its address no longer works."))
        return redirect("evaluation:public", study.slug, survey.slug)
    form = PublicForm(request.POST or None, instance=page or PublicPage(survey=survey))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The public page is on."))
        return redirect("evaluation:public", study.slug, survey.slug)
    context = {
        "survey": survey,
        "page": page,
        "form": form,
        "link": request.build_absolute_uri(page.get_absolute_url()) if page else "",
        "fewest": published_results.FEWEST,
    }
    return render(request, "evaluation/public_switch.html", context)


@require_safe
@cache_control(max_age=FRESH)
def results(request, address):
    page = get_object_or_404(PublicPage.objects.select_related("survey"), address=address)
    survey = page.survey
    charts, dark = (), {}
    if page.is_shown:
        charts, dark = published_results.public_charts(survey), DARK
    context = {"survey": survey, "page": page, "charts": charts, "dark": dark, "is_public": True}
    context |= {"listeners": published_results.count_listeners(survey) if charts else 0}
    response = render(request, "evaluation/public.html", context)
    if not page.indexed:
        response["X-Robots-Tag"] = "noindex"
    return response
