"""Working out what takes longer than a page may wait: ordered on a page, made by a worker, kept as a row."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.answers.version import answers_version
from evaluation.models import Report
from evaluation.pipeline import Evaluation, evaluate_snapshot, measure_clips
from jobs.runner import Progress, send
from surveys.models import Survey

# Answers that a page works out while its reader waits; with more it shows the newest report.
LIVE = 20_000


def order(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Report:
    """Have a report made, unless one is being made already."""
    about = {"rehearsal": rehearsal, "without_flagged": without_flagged}
    with transaction.atomic():
        report = Report.objects.create(survey=survey, **about)
        key = f"report on survey {survey.pk}{' rehearsal' * rehearsal}{' without flagged' * without_flagged}"
        job = send(survey.study, "evaluation.report", title=survey.name, key=key, report=report.pk)
        if job.arguments["report"] != report.pk:  # another one is being made: this one is not needed
            report.delete()
            return Report.objects.select_related("job").get(pk=job.arguments["report"])
        Report.objects.filter(pk=report.pk).update(job=job)
    report.refresh_from_db()
    return report


def make(report: Report, progress: Progress) -> dict:
    """Read the answers, describe them, fit the models; the same again after a worker was killed.

    What is described is kept, and shown, before the models begin: with very many answers they take minutes.
    """
    if report.state != Report.State.PENDING:
        return {"state": "withdrawn" if report.state == Report.State.OUTDATED else "made"}
    progress(0, 100, "clips")
    measure_clips(report.survey)
    progress.write(done=2, total=100, unit="answers")
    snapshot = snapshots.take(report.survey, rehearsal=report.rehearsal)
    evaluation = evaluate_snapshot(snapshot, without_flagged=report.without_flagged)
    if not store(report, progress, evaluation, version=snapshot.version, snapshot=snapshot):
        return {"state": "withdrawn"}
    evaluation = evaluation.fit(progress=lambda what, share: progress(round(5 + 90 * share), 100, "models"))
    if not store(report, progress, evaluation, state=Report.State.DONE):
        return {"state": "withdrawn"}
    about = {"rehearsal": report.rehearsal, "without_flagged": report.without_flagged}
    Report.objects.about(report.survey, **about).filter(pk__lt=report.pk).delete()
    return {"state": "made"}


def store(report: Report, progress: Progress, evaluation: Evaluation, **values: Any) -> bool:
    """Whether it was stored: not if somebody withdrew meanwhile, or the report is gone."""
    numbers, answers = evaluation.record(), evaluation.table.answers
    charts = [chart.to_json() for chart in evaluation.charts]
    with transaction.atomic():
        progress.check()
        return bool(
            Report.objects.filter(pk=report.pk, state=Report.State.PENDING).update(
                made=timezone.now(),
                fingerprint=numbers["fingerprint"],
                seed=numbers["seed"],
                answers=len(answers),
                listeners=answers["participant"].nunique(),
                charts=charts,
                numbers=numbers,
                **values,
            )
        )


def newest(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Report | None:
    reports = Report.objects.about(survey, rehearsal=rehearsal, without_flagged=without_flagged)
    return reports.select_related("job__study").first()


def is_current(report: Report) -> bool:
    """Whether the answers are still those that it was made of."""
    return report.version == answers_version(report.survey, rehearsal=report.rehearsal)
