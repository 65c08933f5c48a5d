"""The public page of a survey, and the switch for it, which only owners have."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from evaluation import published_results
from evaluation.models import PublicPage
from studies.access import study_page
from studies.models import Role

FRESH = 60  # seconds that a browser may keep it


class PublicForm(forms.ModelForm):
    class Meta:
        model = PublicPage
        fields = ["address", "while_open", "indexed"]
        labels = {"while_open": "Also while the survey is open", "indexed": "Search engines may list it"}
        help_texts = {
            "address": "Letters, digits and hyphens. What is suggested cannot be guessed.",
            "while_open": "Whoever reads results before answering answers otherwise; and from two looks in a row one "
            "could tell what the person between them said.",
            "indexed": "Otherwise they are asked not to.",
        }

    def __init__(self, *args, **more):
        super().__init__(*args, label_suffix="", **more)


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.OWNER)
def switch(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    page = PublicPage.objects.filter(survey=survey).first()
    if request.method == "POST" and "off" in request.POST:
        published_results.switch_off(survey)
        messages.success(request, "The public page is off: its address leads nowhere.")
        return redirect("evaluation:public", study.slug, survey.slug)
    form = PublicForm(request.POST or None, instance=page or PublicPage(survey=survey))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The public page is on.")
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
        from evaluation.charts.theme import DARK

        charts, dark = published_results.public_charts(survey), DARK
    context = {"survey": survey, "page": page, "charts": charts, "dark": dark, "is_public": True}
    context |= {"listeners": published_results.listeners(survey) if charts else 0}
    answer = render(request, "evaluation/public.html", context)
    if not page.indexed:
        answer["X-Robots-Tag"] = "noindex"
    return answer
