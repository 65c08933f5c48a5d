"""Corpora: what there is to learn from."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, render

from studies.access import study_page
from studies.models import Role


@study_page(Role.VIEWER)
def corpora(request, study):
    return render(
        request, "generation/corpora.html", {"corpora": study.corpora.annotate(sources_count=Count("sources"))}
    )


@study_page(Role.VIEWER)
def corpus(request, study, corpus):
    return render(request, "generation/corpus.html", {"corpus": get_object_or_404(study.corpora, slug=corpus)})
