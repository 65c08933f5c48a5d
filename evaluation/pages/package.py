"""Pages about what is published: the package of a snapshot, and the preregistration before the first answer."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation import preregistration as planned
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.models import Package, Preregistration
from evaluation.package import build
from evaluation.pages.results import count_participants
from evaluation.results_page import ResultsPage
from evaluation.statistics.privacy import warnings
from studies.access import may_edit, study_page
from studies.http import attachment
from studies.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.ANALYST)
def package(request, study, survey):
    """What is in a package, whom it may give away, those that were made; and a button to have one made."""
    survey = get_object_or_404(study.surveys, slug=survey)
    if request.method == "POST":
        return _order(request, study, survey)
    answer_filter = AnswerFilter.from_query(request.GET)
    context = {"survey": survey, "choice": answer_filter, "packages": _recent_packages(survey, answer_filter)}
    context |= {"on_package": True, **count_participants(survey)}
    if request.headers.get("X-Part") == "packages":
        return render(request, "evaluation/packages.html", context)
    page = ResultsPage(survey, answer_filter)
    if not page.has_answers:
        return render(request, "evaluation/empty.html", context)
    return render(request, "evaluation/package.html", context | _contents(page))


def _order(request, study, survey):
    answer_filter = AnswerFilter.from_query(request.POST)
    if pk := request.POST.get("again"):
        build.have_made(get_object_or_404(Package, pk=pk, snapshot__survey=survey))
    else:
        build.order(survey, **vars(answer_filter))
    response = redirect("evaluation:package", study.slug, survey.slug)
    response["Location"] += answer_filter.query
    return response


def _recent_packages(survey, answer_filter: AnswerFilter) -> list[Package]:
    """Newest first, at most ten; each knows how far it is."""
    packages = Package.objects.filter(
        snapshot__survey=survey,
        snapshot__rehearsal=answer_filter.rehearsal,
        without_flagged=answer_filter.without_flagged,
    )
    return list(packages.select_related("snapshot__survey__study", "job__study")[:10])


def _contents(page: ResultsPage) -> dict:
    """What is in it, and by what somebody could be recognised; read only while that takes no time."""
    files = page.instrument.package_contents
    if not page.is_live:
        return {"files": files, "warned": [], "asked": None}
    evaluation = page.evaluation
    background = evaluation.instrument.background(evaluation.results)
    return {
        "files": files,
        "warned": warnings(evaluation.table.participants, background),
        "asked": background,
        "fingerprint": evaluation.table.fingerprint(),
    }


@require_safe
@study_page(Role.ANALYST)
def package_file(request, study, survey, pk):
    package = get_object_or_404(Package, pk=pk, snapshot__survey__slug=survey, snapshot__survey__study=study)
    if not package.made:
        raise Http404(_("This package has not been built, or was deleted because a participant withdrew."))
    return FileResponse(package.file.open("rb"), as_attachment=True, filename=f"{package.name}.zip")


class PlanForm(forms.ModelForm):
    class Meta:
        model = Preregistration
        fields = ["hypotheses", "listeners"]
        labels = {"hypotheses": gettext_lazy("Hypotheses"), "listeners": gettext_lazy("Participants")}
        help_texts = {
            "hypotheses": gettext_lazy("In your own words, one per line."),
            "listeners": gettext_lazy("How many people you plan to recruit."),
        }
        widgets = {"hypotheses": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)
        self.fields["listeners"].min_value = 1


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.VIEWER)
def preregistration(request, study, survey):
    """The plan as it is now; its own words can be changed until it is fixed."""
    survey = get_object_or_404(study.surveys, slug=survey)
    plan = planned.plan_of(survey)
    form = PlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and may_edit(request) and not plan.fixed and form.is_valid():
        form.save()
        return redirect("evaluation:preregistration", study.slug, survey.slug)
    context = {"survey": survey, "plan": planned.plan_of(survey), "form": form, "may_edit": may_edit(request)}
    return render(
        request,
        "evaluation/preregistration.html",
        context | {"text": planned.text_of(survey), "answered": planned.count_answers(survey)},
    )


@require_POST
@study_page(Role.EDITOR)
def fix(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    try:
        planned.fix(survey)
    except planned.TooLateError as error:
        messages.error(request, str(error))
    return redirect("evaluation:preregistration", study.slug, survey.slug)


@require_safe
@study_page(Role.VIEWER)
def plan(request, study, survey):
    survey = get_object_or_404(study.surveys, slug=survey)
    return attachment(planned.text_of(survey), "text/markdown; charset=utf-8", f"{survey.slug}-preregistration.md")
