"""Pages about what leaves the house: the package of a snapshot, and the plan before the first answer."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation import preregistration as planned
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.models import Package, Preregistration
from evaluation.package import build
from evaluation.pages.results import counts_of, download
from evaluation.pages.results_page import Showing, showing_of
from generation.pages.partials import may_edit
from studies.access import study_page
from studies.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.ANALYST)
def package(request, study, survey):
    """What is in a package, whom it may give away, those that were made; and a button to have one made."""
    survey = get_object_or_404(study.surveys, slug=survey)
    if request.method == "POST":
        return _ordered(request, study, survey)
    choice = AnswerFilter.of(request.GET)
    found = _made_of(survey, choice)
    context = {"survey": survey, "choice": choice, "packages": found, "on_package": True, **counts_of(survey)}
    if request.headers.get("X-Part") == "packages":
        return render(request, "evaluation/packages.html", context)
    showing = showing_of(survey, choice)
    if not showing.has_answers:
        return render(request, "evaluation/empty.html", context)
    return render(request, "evaluation/package.html", context | _inside(showing))


def _ordered(request, study, survey):
    choice = AnswerFilter.of(request.POST)
    if pk := request.POST.get("again"):
        build.have_made(get_object_or_404(Package, pk=pk, snapshot__survey=survey))
    else:
        build.order(survey, **vars(choice))
    answer = redirect("evaluation:package", study.slug, survey.slug)
    answer["Location"] += choice.query
    return answer


def _made_of(survey, choice: AnswerFilter) -> list[Package]:
    """Newest first, at most ten; each told how far it is."""
    chosen = {"snapshot__rehearsal": choice.rehearsal, "without_flagged": choice.without_flagged}
    packages = Package.objects.filter(snapshot__survey=survey, **chosen)
    found = list(packages.select_related("snapshot__survey__study", "errand")[:10])
    for one in found:
        if one.errand:
            one.errand.settle()
    return found


def _inside(showing: Showing) -> dict:
    """What is in it, and by what somebody could be recognised; read only while that takes no time."""
    from evaluation.package.readme import FILES

    if showing.survey.compares:
        from evaluation.package.pair_package import FILES
        from evaluation.pages.live_results import current_preferred

        pairs = current_preferred(showing.survey, **vars(showing.choice)).table
        return {"files": FILES, "warned": [], "asked": (), "fingerprint": pairs.fingerprint()}
    if not showing.is_live:
        return {"files": FILES, "warned": [], "asked": None}
    from evaluation.pages.live_results import current_results
    from evaluation.statistics.privacy import warnings

    answer_table = current_results(showing.survey, **vars(showing.choice)).table
    return {
        "files": FILES,
        "warned": warnings(answer_table.answers, answer_table.background),
        "asked": answer_table.background,
        "fingerprint": answer_table.fingerprint(),
    }


@require_safe
@study_page(Role.ANALYST)
def package_file(request, study, survey, pk):
    found = get_object_or_404(Package, pk=pk, snapshot__survey__slug=survey, snapshot__survey__study=study)
    if not found.made:
        raise Http404("This package is not made, or was deleted because somebody withdrew.")
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=f"{found.name}.zip")


class PlanForm(forms.ModelForm):
    class Meta:
        model = Preregistration
        fields = ["hypotheses", "listeners"]
        widgets = {"hypotheses": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **more):
        super().__init__(*args, label_suffix="", **more)
        self.fields["listeners"].min_value = 1


@require_http_methods(["GET", "HEAD", "POST"])
@study_page(Role.VIEWER)
def preregistration(request, study, survey):
    """The plan as it stands; its own words can be changed until it is fixed."""
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
        context | {"text": planned.text_of(survey), "answered": planned.answered(survey)},
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
    name = f"{survey.slug}-preregistration.md"
    return download(planned.text_of(survey), "text/markdown; charset=utf-8", name)
