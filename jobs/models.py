"""Jobs: what takes too long for a page to wait. The row is the state; the queue holds nothing but its key."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs import registry
from studies.models import Study

RECENT = timedelta(hours=1)  # pages still show a job that ended within the last hour


def silence() -> timedelta:
    """How long a process may say nothing before it is taken for dead."""
    return timedelta(seconds=settings.JOB_SILENCE)


class JobQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Job.OPEN)

    def recent(self):
        """What pages show: open jobs, and those that ended within the last hour."""
        return self.filter(Q(state__in=Job.OPEN) | Q(finished__gt=timezone.now() - RECENT))

    def abandoned(self):
        """Jobs that are running by their row while the process that ran them has fallen silent."""
        return self.filter(state=Job.State.RUNNING, heartbeat__lt=timezone.now() - silence())


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        RUNNING = "running", gettext_lazy("running")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")
        STOPPED = "stopped", gettext_lazy("stopped")

    class Cause(models.TextChoices):
        """Why a job failed or stopped."""

        REFUSED = "refused", "refused"  # an EarwitnessError: `error` is its sentence
        CRASHED = "crashed", "crashed"  # any other error: `error` is its type and text
        GIVEN_UP = "given_up", "given up"  # too many workers ended while they ran it
        DESERTED = "deserted", "deserted"  # the process in the terminal ended
        ASKED = "asked", "asked"  # somebody stopped it

    OPEN = (State.WAITING, State.RUNNING)

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=60, help_text="The app and the name in its jobs.py: generation.compose ...")
    title = models.CharField(max_length=200, help_text="What it is about: the name of a model, a corpus, a survey ...")
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True, help_text="At most one open job of a study has the same key.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0, help_text="0: unknown.")
    unit = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict, blank=True, help_text="More numbers about how far it is.")
    outcome = models.JSONField(default=dict, blank=True, help_text="What came of it, as values.")
    cause = models.CharField(max_length=10, choices=Cause, blank=True, help_text="Why it failed or stopped.")
    error = models.TextField(blank=True, help_text="The sentence or the error that it failed with.")
    worker = models.CharField(max_length=64, blank=True, help_text="The process that runs it, or ran it last.")
    in_terminal = models.BooleanField(default=False, help_text="Run by a command: no worker takes it over.")
    stop_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True, help_text="When its process last said that it lives.")
    finished = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [models.Index(fields=["state", "heartbeat"], name="job_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="one_open_job_of_a_key",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "stopped"]), name="job_state_exists"
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.title}"

    def get_absolute_url(self):
        return reverse("jobs:job", args=[self.study.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_abandoned(self) -> bool:
        """Whether the process that runs it has fallen silent. Only for display: workers decide what becomes of it."""
        return self.is_running and self.heartbeat is not None and self.heartbeat < timezone.now() - silence()

    @property
    def is_going_on(self) -> bool:
        """Whether it runs or will run. What was begun in a terminal ends with its process."""
        return self.is_open and not (self.in_terminal and self.is_abandoned)

    @property
    def fraction(self) -> float | None:
        """How much of it is done, 0 to 1; None while nobody knows."""
        if self.state == self.State.DONE:
            return 1.0
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def presenter(self) -> registry.Presenter:
        return registry.presenter_of(self.kind)

    @property
    def label(self) -> str:
        return str(self.presenter.label)

    @property
    def message(self) -> str:
        """What it is doing, what it waits for, or why it failed or stopped, in one sentence. Empty when it is done."""
        if self.state == self.State.WAITING:
            return (
                _("Waiting for a worker.") if not self.attempts else _("A worker ended; the next one will resume it.")
            )
        if self.is_running:
            return self._running_message()
        if self.state == self.State.DONE:
            return ""
        return {
            self.Cause.REFUSED: self.error,
            self.Cause.CRASHED: _("Failed: %(error)s") % {"error": self.error},
            self.Cause.GIVEN_UP: _("Given up: %(attempts)d workers ended while running it. Is there enough memory?")
            % {"attempts": self.attempts},
            self.Cause.DESERTED: _("The process that ran it ended before the job did."),
            self.Cause.ASKED: str(self.presenter.stopped),
        }.get(self.cause, self.error)

    def _running_message(self) -> str:
        if self.is_abandoned and self.in_terminal:
            return _("The process that ran it ended before the job did.")
        if self.is_abandoned:
            return _("The worker has not responded for a while; another one will take over.")
        if self.stop_asked:
            return _("Stopping.")
        return self.presenter.progress(self)

    @property
    def sentences(self) -> list[str]:
        """What came of it, in words."""
        if "sentences" in self.outcome:  # of version 0.1, which kept words
            return self.outcome["sentences"]
        return self.presenter.sentences(self.outcome) if self.outcome else []

    @property
    def lines(self) -> list[dict]:
        return self.presenter.lines(self)

    @property
    def url(self) -> str:
        """Where to see what came of it; empty where there is nothing to see."""
        return self.presenter.url(self) if self.state == self.State.DONE else ""

    def stop(self) -> bool:
        """Ask it to stop; whether it was open. What waits does not start; what runs ends at its next progress."""
        waiting = Job.objects.filter(pk=self.pk, state=self.State.WAITING)
        if waiting.update(state=self.State.STOPPED, cause=self.Cause.ASKED, finished=timezone.now()):
            was_open = True
        else:
            was_open = bool(Job.objects.filter(pk=self.pk, state=self.State.RUNNING).update(stop_asked=True))
        self.refresh_from_db()
        return was_open


class WorkerQuerySet(models.QuerySet):
    def alive(self):
        return self.filter(seen__gt=timezone.now() - silence())


class Worker(models.Model):
    """A process that takes jobs from the queue (`manage.py worker`); its row goes when it ends in good order."""

    name = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=255, blank=True)
    pid = models.PositiveIntegerField(null=True, blank=True)
    started = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(default=timezone.now)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["started"]

    def __str__(self):
        return f"{self.host} {self.pid}" if self.host else self.name
