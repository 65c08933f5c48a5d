"""One listener beside the others, for researchers; by the pseudonym that holds until the next answer comes."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.package.image_export import FORMATS, why_not
from evaluation.pages.results import chart_file
from evaluation.pages.results_page import Showing
from studies.access import study_page
from studies.models import Role


@require_safe
@study_page(Role.ANALYST)
def listener(request, study, survey, listener):
    survey, choice, results, charts = _found(request, study, survey, listener)
    from evaluation.charts.theme import DARK

    flags = results.flags.astype({"participant": str}).set_index("participant").loc[listener]
    people = results.flags["participant"].astype(str).tolist()
    place = people.index(listener)
    context = {
        "survey": survey,
        "choice": choice,
        "listener": listener,
        "charts": charts,
        "answers": int(flags["answers"]),
        "reasons": flags["reasons"],
        "before": people[place - 1] if place else None,
        "after": people[place + 1] if place + 1 < len(people) else None,
        "dark": DARK,
        "why_no_pictures": why_not(),
    }
    return render(request, "evaluation/listener.html", context)


@require_safe
@study_page(Role.ANALYST)
def listener_chart(request, study, survey, listener, chart, kind):
    survey, choice, _, charts = _found(request, study, survey, listener)
    found = next((one for one in charts if one.key == chart), None)
    if found is None or kind not in ("csv", "json", *FORMATS):
        raise Http404(f"There is no chart {chart}.{kind} here.")
    from evaluation.pages.live_results import name_of

    back = reverse("evaluation:listener", args=[study.slug, survey.slug, listener]) + choice.query
    return chart_file(request, found, kind, name=f"{name_of(survey, choice)}-{listener}", back=back)


def _found(request, study, survey, listener: str):
    """The survey, whose answers, their results, and this listener's charts."""
    survey = get_object_or_404(study.surveys, slug=survey)
    choice = AnswerFilter.of(request.GET)
    showing = Showing(survey, choice)
    if not showing.has_answers or not showing.is_live:
        raise Http404("There are no answers, or too many to look at one listener on a page.")
    from evaluation.charts.listeners import one_listener
    from evaluation.pages.live_results import current_results

    results = current_results(survey, **vars(choice))
    charts = one_listener(results, listener)
    if not charts:
        raise Http404(f"Nobody is called {listener} in these answers: pseudonyms change with every answer that comes.")
    return survey, choice, results, charts
