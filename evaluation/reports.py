"""Working out what takes longer than a page may wait: ordered on a page, made by a worker, kept as a row."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.models import Report
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
    from evaluation.answers.clip_measures import measure
    from evaluation.statistics.rating_results import describe_ratings, fit_models

    if not report.is_going_on:
        return
    tell = _telling(report)
    try:
        tell("Measuring the clips", 0.0)
        measure(report.survey)
        tell("Reading the answers", 0.02)
        snapshot = snapshots.take(report.survey, rehearsal=report.rehearsal)
        results = describe_ratings(snapshots.read(snapshot), without_flagged=report.without_flagged)
        _keep(report, results, None, stand=snapshot.stand, snapshot=snapshot)
        analysis = fit_models(results, progress=lambda what, share: tell(what, 0.05 + 0.9 * share))
        _keep(report, results, analysis, state=Report.State.DONE, message="", share=1)
    except BaseException as error:
        why = f"It broke off: {error or type(error).__name__}"
        Report.objects.filter(pk=report.pk).update(state=Report.State.FAILED, message=why)
        raise
    about = {"rehearsal": report.rehearsal, "without_flagged": report.without_flagged}
    Report.objects.about(report.survey, **about).filter(pk__lt=report.pk).delete()


def _keep(report: Report, results, analysis, **values) -> None:
    """Unless somebody withdrew meanwhile, or the report is gone."""
    from evaluation.charts.gallery import rating_charts
    from evaluation.package.numbers import records_of

    numbers = records_of(results, analysis)
    said = results.table.answers
    Report.objects.filter(pk=report.pk, state=Report.State.WORKING).update(
        made=timezone.now(),
        fingerprint=numbers["fingerprint"],
        seed=results.seed,
        answers=len(said),
        listeners=said["participant"].nunique(),
        charts=[chart.kept() for chart in rating_charts(results, analysis)],
        numbers=numbers,
        **values,
    )


def newest(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Report | None:
    found = Report.objects.about(survey, rehearsal=rehearsal, without_flagged=without_flagged).first()
    if found:
        found.settle()
    return found


def is_current(report: Report) -> bool:
    """Whether the answers are still those that it was made of."""
    from evaluation.answers.answers import stand

    return report.stand == snapshots.digest(stand(report.survey, rehearsal=report.rehearsal))


def _telling(report: Report):
    def tell(message: str, share: float) -> None:
        Report.objects.filter(pk=report.pk).update(state=Report.State.WORKING, message=message, share=share)

    return tell
