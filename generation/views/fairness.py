"""Are the clips of the sources alike in what is not to be judged?"""

import csv
import math

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from generation.models import Clip
from generation.music.fairness import FEATURES, LEVEL, compare
from generation.music.strips import strips
from studies.access import study_page
from studies.models import Role

MOST_CLIPS = 1_000


@require_safe
@study_page(Role.VIEWER)
def fairness(request, study):
    """Of the sources named in the address (`?sources=a&sources=b`, slugs or names with commas), or of all."""
    chosen = sources_chosen(request, study)
    clips, complaints = features_of(chosen)
    if request.GET.get("format") == "csv":
        return as_csv(study, clips)
    report = compare([(clip.source.name, features) for clip, features in clips])
    context = {
        "sources": study.sources.all(),
        "chosen": chosen,
        "clips": len(clips),
        "report": report,
        "findings": [(finding, strip_of(finding)) for finding in report.findings if not finding.is_same_everywhere],
        "alike": [finding for finding in report.findings if finding.is_same_everywhere],
        "fewest": min((summary.count for finding in report.findings for summary in finding.summaries), default=0),
        "rows": [row_of(finding) for finding in report.findings],
        "complaints": complaints,
        "level": LEVEL,
        "query": request.GET.urlencode(),
    }
    return render(request, "generation/fairness.html", context)


def sources_chosen(request, study) -> list:
    named = {name.strip() for value in request.GET.getlist("sources") for name in value.split(",")} - {""}
    sources = list(study.sources.all())
    return [source for source in sources if not named or named & {source.slug, source.name}]


def features_of(sources) -> tuple[list[tuple[Clip, dict]], list[str]]:
    """What is measured on every clip that can be heard; and what kept one from being measured."""
    from generation import catalogue

    measured, complaints = [], []
    clips = Clip.objects.usable().filter(source__in=sources).select_related("source")
    for clip in clips.order_by("source__created", "number")[:MOST_CLIPS]:
        try:
            measured.append((clip, catalogue.features(clip)))
        except catalogue.ERRORS as error:
            complaints.append(str(error))
    return measured, complaints


def strip_of(finding) -> str:
    label = f"{finding.feature.title} of each clip, a row for each model"
    drawn = strips(finding.groups, label=label, span=4 * finding.feature.least)
    return mark_safe(drawn)  # noqa: S308 (names are escaped in there)


def row_of(finding) -> dict:
    """A line of the table, in words."""
    said = finding.said
    return {
        "title": finding.feature.title,
        "unit": finding.feature.unit,
        "p": "–" if math.isnan(finding.p) else f"{finding.p:.3f}",
        "cells": [
            {
                "median": said(one.median) if one.count else "–",
                "range": f"{said(one.low)} to {said(one.high)}" if one.count and one.low != one.high else "",
            }
            for one in finding.summaries
        ],
    }


def as_csv(study, clips: list[tuple[Clip, dict]]) -> HttpResponse:
    """One row for each clip, so that everything on the page can be computed again."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-fairness.csv"'
    rows = csv.writer(response)
    rows.writerow(["source", "origin", "clip", "title", *(feature.key for feature in FEATURES)])
    for clip, features in clips:
        values = [features.get(feature.key) for feature in FEATURES]
        title = clip.title if clip.title[:1] not in "=+-@" else f"'{clip.title}"  # no formula for a spreadsheet
        rows.writerow([clip.source.name, clip.source.origin, clip.number, title, *values])
    return response
