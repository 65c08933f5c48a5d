"""What a worker does for results."""

from evaluation.models import Package, Report
from evaluation.package.build import make as make_package
from evaluation.reports import make as make_report
from jobs.models import Job
from jobs.registry import job
from jobs.runner import Progress


@job("report")
def fit_models(job: Job, progress: Progress) -> dict:
    """A job that is run again begins anew; a report that is gone, or done, needs nothing."""
    report = Report.objects.select_related("survey").filter(pk=job.arguments["report"]).first()
    return make_report(report, progress) if report else {"state": "gone"}


@job("package")
def pack(job: Job, progress: Progress) -> dict:
    """A package that is gone, or made already, needs nothing."""
    packages = Package.objects.select_related("snapshot__survey__study")
    package = packages.filter(pk=job.arguments["package"], made=None).first()
    return make_package(package, progress) if package else {"state": "gone"}
