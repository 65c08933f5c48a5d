"""How jobs are sent, run and ended. Whoever runs a job owns its row until another worker takes over.

Every write of a running job is conditional: it reaches the row only while the row names this worker and this attempt.
A worker that was taken for dead and lives on notices at its next write, raises `JobLost`, and writes nothing more.
"""

import contextlib
import logging
import math
import time
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import task
from django_tasks.base import TaskContext

from jobs import registry
from jobs.heartbeat import Heartbeat
from jobs.models import Job
from studies.errors import EarwitnessError
from studies.models import Study

log = logging.getLogger(__name__)
WRITE_EVERY = 0.7  # seconds between two writes of progress
MOST_ATTEMPTS = 3


class JobStopped(Exception):
    """Somebody asked the job to stop. Raised by `Progress`; what a job has kept so far stays."""


class JobLost(Exception):
    """Another worker has taken the job over: this one must write nothing more."""


class Busy(EarwitnessError):
    """A job of the same key is open."""

    def __init__(self, job: Job):
        self.job = job
        super().__init__(f"A job is open already: {job}. Wait for it to end, or stop it.")


def send(study: Study, kind: str, *, title: str, key: str = "", **arguments) -> Job:
    """Have a worker do it. While a job of the same key is open, that one comes back and nothing is sent."""
    values = {"study": study, "kind": kind, "title": title[:200], "key": key, "arguments": arguments}
    with transaction.atomic():  # no worker sees the one without the other
        if key and take_over_abandoned(study=study, key=key):
            return Job.objects.open().get(study=study, key=key)
        try:
            with transaction.atomic():
                job = Job.objects.create(**values)
        except IntegrityError:
            return Job.objects.open().get(study=study, key=key)
        run_job.enqueue(job.pk)
    job.refresh_from_db()
    return job


class Progress:
    """How far a job is. Called with done, total and unit; writes now and then, and says when to stop.

    Raises `JobStopped` if somebody asked the job to stop, `JobLost` if it belongs to another worker by now.
    """

    def __init__(self, job: Job, every: float = WRITE_EVERY):
        self.job, self.every = job, every
        self._written = -math.inf
        self.outcome: dict[str, object] = {}  # what the row keeps when the job ends

    def __call__(self, done: int, total: int, unit: str, **details: float) -> None:
        if time.monotonic() - self._written > self.every or (total and done == total):
            self.write(done=done, total=total, unit=unit, details=details)

    def write(self, **values) -> None:
        """Write values into the row at once."""
        self._written = time.monotonic()
        if not own_row(self.job).filter(stop_asked=False).update(heartbeat=timezone.now(), **values):
            self.check()

    def check(self) -> None:
        """Whether to go on: called right before something is kept for good, in the same transaction."""
        with transaction.atomic():
            stop_asked = own_row(self.job).select_for_update().values_list("stop_asked", flat=True).first()
        if stop_asked is None:
            raise JobLost(self.job.pk)
        if stop_asked:
            raise JobStopped(self.job.pk)


def own_row(job: Job):
    """The row, as long as it belongs to the worker and the attempt that `job` was claimed with."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, worker=job.worker, attempts=job.attempts)


def claim(pk: int, worker: str) -> Job | None:
    """Take a waiting job: one conditional update, so that of two workers one gets it."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=pk, state=Job.State.WAITING)
    values = {"done": 0, "total": 0, "unit": "", "details": {}, "started": now, "heartbeat": now}
    if not waiting.update(state=Job.State.RUNNING, worker=worker, attempts=F("attempts") + 1, **values):
        return None
    return Job.objects.select_related("study").get(pk=pk)


@task(takes_context=True)
def run_job(context: TaskContext, job: int) -> None:
    """The one task there is: an entry of the queue carries the key of a job and nothing else."""
    run(job, worker=context.task_result.worker_ids[-1])


def run(pk: int, worker: str) -> None:
    """What a worker does with a key from the queue. A job that is gone, stopped or taken needs nothing."""
    job = claim(pk, worker)
    if job is None:
        return
    # What goes wrong for a reason stands in the row; anything else is our mistake and goes on to the log.
    with contextlib.suppress(JobStopped, JobLost, EarwitnessError), _ending(job) as progress:
        progress.outcome = registry.function_of(job.kind)(job, progress)


@contextlib.contextmanager
def run_here(study: Study, kind: str, *, title: str, key: str, **arguments) -> Iterator[Progress]:
    """A job that a command does in a terminal, so that pages show it and no worker does the same; `Busy` if one does.

    What is to be its outcome is set at the `Progress`.
    """
    name, now = f"terminal {get_random_string(16)}", timezone.now()
    mine = {"state": Job.State.RUNNING, "worker": name, "in_terminal": True, "attempts": 1}
    try:
        with transaction.atomic():
            job = Job.objects.create(
                study=study,
                kind=kind,
                title=title[:200],
                key=key,
                arguments=arguments,
                started=now,
                heartbeat=now,
                **mine,
            )
    except IntegrityError:
        raise Busy(Job.objects.open().get(study=study, key=key)) from None
    with Heartbeat(name), _ending(job) as progress:
        yield progress


@contextlib.contextmanager
def _ending(job: Job) -> Iterator[Progress]:
    """Whatever happens, the row says how the job ended."""
    progress = Progress(job)
    try:
        yield progress
    except JobLost:
        log.warning("Job %s was taken over by another worker; this one leaves it.", job.pk)
        raise
    except JobStopped:
        _end(job, Job.State.STOPPED, cause=Job.Cause.ASKED, outcome=progress.outcome)
        raise
    except EarwitnessError as error:
        _end(job, Job.State.FAILED, cause=Job.Cause.REFUSED, error=str(error), outcome=progress.outcome)
        raise
    except (KeyboardInterrupt, SystemExit):
        _handle_interruption(job)
        raise
    except BaseException as error:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        _end(job, Job.State.FAILED, cause=Job.Cause.CRASHED, error=text, outcome=progress.outcome)
        raise
    else:
        _end(job, Job.State.DONE, outcome=progress.outcome)


def _end(job: Job, state: str, **values) -> None:
    if own_row(job).update(state=state, finished=timezone.now(), **values):
        job.refresh_from_db()


def _handle_interruption(job: Job) -> None:
    """A person pressed Ctrl-C, or ended the worker: in a terminal the job is stopped, else the next worker has it."""
    if job.in_terminal:
        _end(job, Job.State.STOPPED, cause=Job.Cause.ASKED)
        return
    with transaction.atomic():
        if own_row(job).update(state=Job.State.WAITING, attempts=F("attempts") - 1):
            run_job.enqueue(job.pk)


def take_over_abandoned(**which: object) -> int:
    """Put jobs whose worker has fallen silent back into the queue; how many. Every living worker does this.

    A job that ended three workers would end the fourth as well: it fails. What ran in a terminal is stopped: a person
    began it, and a person goes on with it.
    """
    return sum(map(_take_over, Job.objects.abandoned().filter(**which)))


@transaction.atomic
def _take_over(job: Job) -> int:
    silent = own_row(job).filter(heartbeat__lte=job.heartbeat)  # not one that was heard in between
    if job.stop_asked:
        silent.update(state=Job.State.STOPPED, cause=Job.Cause.ASKED, finished=timezone.now())
    elif job.in_terminal:
        silent.update(state=Job.State.STOPPED, cause=Job.Cause.DESERTED, finished=timezone.now())
    elif job.attempts >= MOST_ATTEMPTS:
        silent.update(state=Job.State.FAILED, cause=Job.Cause.GIVEN_UP, finished=timezone.now())
    elif silent.update(state=Job.State.WAITING):
        run_job.enqueue(job.pk)
        return 1
    return 0
