"""One participant next to the others, for researchers; by the pseudonym that is valid until the next answer arrives."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluation.answers.answer_filter import AnswerFilter
from evaluation.charts.chart import Chart
from evaluation.charts.theme import DARK
from evaluation.live_results import file_stem
from evaluation.package.image_export import why_not
from evaluation.pages.results import chart_file
from evaluation.results_page import ResultsPage, reason_words
from evaluation.statistics.quality import NobodyLeftError
from studies.access import study_page
from studies.models import Role, Study


@require_safe
@study_page(Role.ANALYST)
def listener(request, study, survey, listener):
    page, charts = _listener_page(request, study, survey, listener)
    flags = page.evaluation.results.flags.astype({"participant": str})
    names = flags["participant"].tolist()
    row = names.index(listener)
    own = flags.iloc[row].to_dict()
    context = {
        "survey": page.survey,
        "choice": page.answer_filter,
        "listener": listener,
        "charts": charts,
        "answers": int(own["answers"]),
        "reasons": "; ".join(reason_words(own)),
        "before": names[row - 1] if row else None,
        "after": names[row + 1] if row + 1 < len(names) else None,
        "dark": DARK,
        "why_no_pictures": why_not(),
    }
    return render(request, "evaluation/listener.html", context)


@require_safe
@study_page(Role.ANALYST)
def listener_chart(request, study, survey, listener, chart, kind):
    page, charts = _listener_page(request, study, survey, listener)
    address = reverse("evaluation:listener", args=[study.slug, page.survey.slug, listener])
    stem = f"{file_stem(page.survey, page.answer_filter)}-{listener}"
    return chart_file(request, charts, chart, kind, stem=stem, back=address + page.answer_filter.query)


def _listener_page(request, study: Study, survey: str, listener: str) -> tuple[ResultsPage, list[Chart]]:
    """The results that the listener is part of, and their own charts."""
    page = ResultsPage(get_object_or_404(study.surveys, slug=survey), AnswerFilter.from_query(request.GET))
    if not page.has_answers or not page.is_live:
        raise Http404(_("There are no answers, or too many to show one participant on a page."))
    try:
        charts = page.evaluation.listener_charts(listener)
    except NobodyLeftError as error:
        raise Http404(str(error)) from error
    if not charts:
        message = _("No participant is called %(name)s in these answers. Pseudonyms change with every new answer.")
        raise Http404(message % {"name": listener})
    return page, charts
