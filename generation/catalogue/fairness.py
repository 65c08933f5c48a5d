"""Clips side by side: what is measured on each, whether their models differ in it, and the report as files."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from generation.catalogue.clip_measures import features, heard_notes
from generation.catalogue.errors import CatalogueError
from generation.models import Clip, Source
from generation.music.analysis.fairness import FEATURES, LEVEL, Finding, Report, compare
from generation.music.analysis.measures import describe
from generation.music.pictures.dot_plot import dot_plot
from studies.errors import EarwitnessError

MOST_CLIPS = 1_000
STYLES = ("css/theme.css", "css/base.css", "css/studio.css", "css/clips.css")


@dataclass(frozen=True)
class ComparedClips:
    """Clips with what is measured on each of them, and the report on their models."""

    clips: list[tuple[Clip, dict]]
    report: Report
    complaints: list[str] = field(default_factory=list)  # what kept a clip from being measured

    @property
    def sources(self) -> list[Source]:
        return list(dict.fromkeys(clip.source for clip, _features in self.clips))

    def page(self) -> dict:
        """What the template of the report shows."""
        findings = self.report.findings
        return {
            "clips": len(self.clips),
            "models": len(self.sources),
            "report": self.report,
            "findings": [(finding, strip_of(finding)) for finding in findings if not finding.is_same_everywhere],
            "alike": [finding for finding in findings if finding.is_same_everywhere],
            "fewest": min((summary.count for finding in findings for summary in finding.summaries), default=0),
            "rows": [row_of(finding) for finding in findings],
            "complaints": self.complaints,
            "level": LEVEL,
        }


def compare_clips(clips: Iterable[Clip]) -> ComparedClips:
    measured, complaints = [], []
    clips = list(clips)
    for clip in clips[:MOST_CLIPS]:
        try:
            measured.append((clip, features(clip)))
        except EarwitnessError as error:
            complaints.append(str(error))
    if len(clips) > MOST_CLIPS:
        complaints.append(
            _("Only the first %(most)s of %(count)s clips were compared.")
            % {"most": f"{MOST_CLIPS:,}", "count": f"{len(clips):,}"}
        )
    return ComparedClips(measured, compare([(clip.source.name, values) for clip, values in measured]), complaints)


def clips_of(sources: Iterable[Source]) -> Iterable[Clip]:
    clips = Clip.objects.usable().filter(source__in=sources)
    return clips.select_related("source").order_by("source__created", "number")


def strip_of(finding: Finding) -> SafeString:
    label = _("%(feature)s of each clip, with one row per model") % {"feature": finding.feature.title}
    picture = dot_plot(finding.groups, label=label, span=4 * finding.feature.least)
    return mark_safe(picture)  # noqa: S308 (names are escaped in there)


def row_of(finding: Finding) -> dict:
    """A line of the table, in words."""
    worded = finding.format_value
    return {
        "title": finding.feature.title,
        "unit": finding.feature.unit,
        "p": "–" if math.isnan(finding.p) else f"{finding.p:.3f}",
        "cells": [
            {
                "median": worded(summary.median) if summary.count else "–",
                "range": _("%(low)s to %(high)s") % {"low": worded(summary.low), "high": worded(summary.high)}
                if summary.count and summary.low != summary.high
                else "",
            }
            for summary in finding.summaries
        ],
    }


def report_csv(compared: ComparedClips) -> str:
    """One row for each clip, so that everything in the report can be computed again."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["source", "origin", "clip", "title", *(feature.key for feature in FEATURES)])
    for clip, measured in compared.clips:
        values = [measured.get(feature.key) for feature in FEATURES]
        title = clip.title if clip.title[:1] not in "=+-@" else f"'{clip.title}"  # no formula for a spreadsheet
        rows.writerow([clip.source.name, clip.source.origin, clip.number, title, *values])
    return file.getvalue()


def report_html(compared: ComparedClips, *, of: str) -> str:
    """The report as one file that needs no other: to be sent to a colleague, kept with the data, or printed."""
    styles = "\n".join(Path(finders.find(name)).read_text(encoding="utf-8") for name in STYLES)
    context = compared.page() | {"of": of, "styles": mark_safe(styles), "made": timezone.now()}  # noqa: S308 (our own)
    return render_to_string("generation/fairness_file.html", context)


def texture_warning(clips: Iterable[Clip]) -> str:
    """What to think of before people listen, in words; empty where all models are alike, or nothing has notes."""
    known = [(clip.source.name, {"polyphony": _polyphony(clip)}) for clip in clips]
    return " ".join(compare(known, draws=1).warnings)


def _polyphony(clip: Clip) -> float | None:
    if "notes" in clip.measured:
        return clip.measured["notes"].get("polyphony")
    try:
        piece = heard_notes(clip)
    except CatalogueError:  # a file that is gone is told where clips are heard
        return None
    return describe(piece)["polyphony"] if piece is not None else None
