"""What was concluded from answers as they stood once: charts and numbers that take too long for a page to wait."""

from django.db import models
from django.db.models import Q

from surveys.models import Survey


class ReportQuerySet(models.QuerySet):
    def about(self, survey: Survey, *, rehearsal: bool, without_flagged: bool):
        return self.filter(survey=survey, rehearsal=rehearsal, without_flagged=without_flagged)

    def going_on(self):
        return self.filter(state__in=[Report.State.WAITING, Report.State.WORKING])


class Report(models.Model):
    """The mixed models and all charts of one survey, with the answers' fingerprint and the seed they were made with.

    Holds no answers: who withdraws is in none, and a report that they were part of is emptied (`reports.forget`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        WORKING = "working", "working"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        OUTDATED = "outdated", "outdated"  # somebody withdrew: to be made again

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="reports")
    rehearsal = models.BooleanField(default=False)
    without_flagged = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    message = models.TextField(blank=True, help_text="What it is doing, or why it failed.")
    share = models.FloatField(default=0, help_text="Of the work, done: 0 to 1.")
    ordered = models.DateTimeField(auto_now_add=True)
    made = models.DateTimeField(null=True, blank=True)
    stand = models.CharField(max_length=64, blank=True, help_text="Of the answers it is made of (answers.stand).")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of these answers.")
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    answers = models.PositiveIntegerField(default=0)
    listeners = models.PositiveIntegerField(default=0)
    charts = models.JSONField(default=list, blank=True)
    numbers = models.JSONField(default=dict, blank=True, help_text="As in results.json.")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "rehearsal", "without_flagged"],
                condition=Q(state__in=["waiting", "working"]),
                name="one_report_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{'rehearsal of ' if self.rehearsal else ''}{self.survey}, {self.get_state_display()}"

    @property
    def is_going_on(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)
