"""The queue between pages and workers: django-tasks. What a worker does to keep it short and complete."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from jobs.models import Job, Worker
from jobs.runner import run_job

KEEP = timedelta(days=1)  # entries that have done their duty


def enqueue_forgotten() -> int:
    """Jobs that wait while no entry names them, as after a move from an older version; how many."""
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=run_job.module_path)
    queued = {entry["args"][0] for entry in ready.values_list("args_kwargs", flat=True)}
    forgotten = Job.objects.filter(state=Job.State.WAITING).exclude(pk__in=queued)
    for job in forgotten:
        run_job.enqueue(job.pk)
    return len(forgotten)


def prune() -> int:
    """Delete entries that nobody needs: finished ones, and those of workers that are no more; how many."""
    before = timezone.now() - KEEP
    alive = set(Worker.objects.alive().values_list("name", flat=True))
    left = [
        entry.pk
        for entry in DBTaskResult.objects.running().filter(started_at__lt=before)
        if not entry.worker_ids or entry.worker_ids[-1] not in alive
    ]
    finished = DBTaskResult.objects.finished().filter(finished_at__lt=before)
    return finished.delete()[0] + DBTaskResult.objects.filter(pk__in=left).delete()[0]
