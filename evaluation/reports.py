"""Working out what takes longer than a page may wait: ordered on a page, made by a worker, kept as a row."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.answers.version import answers_version
from evaluation.models import Report
from evaluation.pipeline import Evaluation, evaluate_snapshot, measure_clips
from surveys.models import Survey

# Answers that a page works out while its reader waits; with more it shows the newest report.
LIVE = 20_000


def order(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Report:
    """Have a report made, unless one is being made already."""
    from evaluation.tasks import make_report

    about = {"rehearsal": rehearsal, "without_flagged": without_flagged}
    try:
        with transaction.atomic():
            report = Report.objects.create(survey=survey, message="Waiting for a worker.", **about)
            result = make_report.enqueue(report.pk)
            Report.objects.filter(pk=report.pk).update(task=str(result.id))
    except IntegrityError:
        return Report.objects.about(survey, **about).going_on().get()
    report.refresh_from_db()
    return report


def make(report: Report) -> None:
    """Read the answers, describe them, fit the models; the same again after a worker was killed.

    What is described is kept, and shown, before the models begin: with very many answers they take minutes.
    """
    if not report.is_going_on:
        return
    tell = _telling(report)
    try:
        tell("Measuring the clips", 0.0)
        measure_clips(report.survey)
        tell("Reading the answers", 0.02)
        snapshot = snapshots.take(report.survey, rehearsal=report.rehearsal)
        evaluation = evaluate_snapshot(snapshot, without_flagged=report.without_flagged)
        store(report, evaluation, version=snapshot.version, snapshot=snapshot)
        evaluation = evaluation.fit(progress=lambda what, share: tell(what, 0.05 + 0.9 * share))
        store(report, evaluation, state=Report.State.DONE, message="", share=1)
    except BaseException as error:
        why = f"It broke off: {error or type(error).__name__}"
        Report.objects.filter(pk=report.pk).update(state=Report.State.FAILED, message=why)
        raise
    about = {"rehearsal": report.rehearsal, "without_flagged": report.without_flagged}
    Report.objects.about(report.survey, **about).filter(pk__lt=report.pk).delete()


def store(report: Report, evaluation: Evaluation, **values) -> None:
    """Unless somebody withdrew meanwhile, or the report is gone."""
    numbers, answers = evaluation.record(), evaluation.table.answers
    Report.objects.filter(pk=report.pk, state=Report.State.WORKING).update(
        made=timezone.now(),
        fingerprint=numbers["fingerprint"],
        seed=numbers["seed"],
        answers=len(answers),
        listeners=answers["participant"].nunique(),
        charts=[chart.to_json() for chart in evaluation.charts],
        numbers=numbers,
        **values,
    )


def newest(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Report | None:
    report = Report.objects.about(survey, rehearsal=rehearsal, without_flagged=without_flagged).first()
    if report:
        report.settle()
    return report


def is_current(report: Report) -> bool:
    """Whether the answers are still those that it was made of."""
    return report.version == answers_version(report.survey, rehearsal=report.rehearsal)


def _telling(report: Report):
    def tell(message: str, share: float) -> None:
        Report.objects.filter(pk=report.pk).update(state=Report.State.WORKING, message=message, share=share)

    return tell
