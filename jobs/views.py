"""Pages of background jobs. None of them writes, but for the button that stops a job."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobs.models import Job, Worker
from studies.access import study_page
from studies.models import Role, Study

JOBS_A_PAGE = 50
LINES_A_PAGE = 200


@require_safe
@study_page(Role.VIEWER)
def jobs(request: HttpRequest, study: Study) -> HttpResponse:
    page = Paginator(study.jobs.select_related("study"), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/jobs.html", {"page": page, "worker_alive": Worker.objects.alive().exists()})


@require_safe
@study_page(Role.VIEWER)
def job(request: HttpRequest, study: Study, pk: int) -> HttpResponse:
    part = request.headers.get("X-Part") == "job"
    return render(request, "jobs/job_now.html" if part else "jobs/job.html", job_context(request, study, pk))


@never_cache
@require_safe
@study_page(Role.VIEWER)
def job_part(request: HttpRequest, study: Study, pk: int) -> HttpResponse:
    """The part of a page that shows a job, fetched again and again while the job is open."""
    job = get_object_or_404(study.jobs, pk=pk)
    return render(request, "components/job.html", {"job": job, "polls": "yes"})


@never_cache
@require_safe
@study_page(Role.VIEWER)
def status(request: HttpRequest, study: Study, pk: int) -> JsonResponse:
    one = get_object_or_404(study.jobs, pk=pk)
    plain = ("state", "done", "total", "unit", "fraction", "message", "finished", "url")
    return JsonResponse({key: getattr(one, key) for key in plain})


@require_POST
@study_page(Role.EDITOR)
def stop(request: HttpRequest, study: Study, pk: int) -> HttpResponse:
    one = get_object_or_404(study.jobs, pk=pk)
    if one.stop():
        messages.success(request, _("The job stops within seconds."))
    return redirect(one)


def job_context(request: HttpRequest, study: Study, pk: int) -> dict:
    """A job with a line for each file it dealt with: first those that need a person, then as the files came."""
    one: Job = get_object_or_404(study.jobs, pk=pk)
    lines = sorted(one.lines, key=lambda line: line["outcome"] not in ("refused", "silent"))
    names = {
        "taken": _("added"),
        "already": _("already there"),
        "refused": _("refused"),
        "silent": _("not rendered"),
    }
    counts = [(sum(line["outcome"] == key for line in lines), name) for key, name in names.items()]
    return {
        "job": one,
        "lines": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "counts": [(number, name) for number, name in counts if number],
        "may_edit": request.role.includes(Role.EDITOR),
    }
