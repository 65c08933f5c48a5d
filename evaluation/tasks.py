"""What the worker does for results."""

from django_tasks import task

from evaluation.models import Report


@task()
def make_report(report: int) -> None:
    """A task that is taken up again begins anew; a report that is gone, or done, needs nothing."""
    from evaluation.reports import make

    found = Report.objects.filter(pk=report).first()
    if found:
        make(found)
