"""Are the clips of the sources alike in what is not to be judged?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generation.catalogue.fairness import ComparedClips, clips_of, compare_clips, report_csv, report_html
from studies.access import study_page
from studies.http import attachment
from studies.models import Role


@require_safe
@study_page(Role.VIEWER)
def fairness(request, study):
    """Of the sources named in the address (`?sources=a&sources=b`, slugs or names with commas), or of all."""
    chosen = sources_chosen(request, study)
    found = compare_clips(clips_of(chosen))
    return answer(request, found, of=study.name, called=study.slug, sources=study.sources.all(), chosen=chosen)


def answer(request, found: ComparedClips, *, of: str, called: str, **context) -> HttpResponse:
    """The report on a page, or as the file that the address asks for."""
    form = request.GET.get("format")
    if form == "csv":
        return attachment(report_csv(found), "text/csv; charset=utf-8", f"{called}-fairness.csv")
    if form == "html":
        return attachment(report_html(found, of=of), "text/html; charset=utf-8", f"{called}-fairness.html")
    query = request.GET.copy()
    query.pop("format", None)
    return render(request, "generation/fairness.html", found.page() | {"query": query.urlencode()} | context)


def sources_chosen(request, study) -> list:
    named = {name.strip() for value in request.GET.getlist("sources") for name in value.split(",")} - {""}
    sources = list(study.sources.all())
    return [source for source in sources if not named or named & {source.slug, source.name}]
