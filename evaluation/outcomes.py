"""What came of reports and packages, from values to words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluation.models import Package, Report
from jobs.models import Job
from jobs.registry import Presenter

STEPS = {
    "clips": gettext_lazy("Measuring the clips."),
    "answers": gettext_lazy("Reading the answers."),
    "models": gettext_lazy("Fitting the models: %(share)s %%."),
}


def report_sentences(outcome: dict) -> list[str]:
    if outcome["state"] == "withdrawn":
        return [_("A participant withdrew while the report was made. Run the analysis again.")]
    return [_("The results are ready.")] if outcome["state"] == "made" else []


def report_progress(job: Job) -> str:
    step = STEPS.get(job.unit, STEPS["clips"])
    return str(step) % {"share": job.done}


def package_sentences(outcome: dict) -> list[str]:
    if outcome["state"] == "withdrawn":
        return [_("A participant withdrew while the package was made: it was thrown away. Make it again.")]
    if outcome["state"] == "empty":
        return [_("Nobody is left in these answers: there is nothing to pack.")]
    if outcome["state"] == "gone":
        return []
    files = ngettext("%(n)s file is in the package.", "%(n)s files are in the package.", outcome["files"])
    return [files % {"n": f"{outcome['files']:,}"}]


def _report_url(job: Job) -> str:
    report = Report.objects.select_related("survey").filter(pk=job.arguments["report"]).first()
    if report is None:
        return ""
    address = reverse("evaluation:results", args=[job.study.slug, report.survey.slug])
    return address + ("?rehearsal=1" if report.rehearsal else "")


def _package_url(job: Job) -> str:
    package = Package.objects.select_related("snapshot__survey").filter(pk=job.arguments["package"]).first()
    if package is None:
        return ""
    address = reverse("evaluation:package", args=[job.study.slug, package.snapshot.survey.slug])
    return address + ("?rehearsal=1" if package.snapshot.rehearsal else "")


PRESENTERS = {
    "report": Presenter(gettext_lazy("Analyse results"), report_sentences, url=_report_url, progress=report_progress),
    "package": Presenter(gettext_lazy("Build the data package"), package_sentences, url=_package_url),
}
