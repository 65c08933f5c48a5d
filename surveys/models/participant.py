"""Who takes part, and how far they have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from surveys import clock
from surveys.codes import personal_code, withdrawal_code
from surveys.models.survey import Survey

if TYPE_CHECKING:
    from surveys.models.trial import Trial


class ParticipantQuerySet(models.QuerySet):
    def people(self):
        return self.filter(robot=False)

    def robots(self):
        return self.filter(robot=True)

    def finished(self):
        return self.exclude(finished=None)


class Participant(models.Model):
    """A person who agreed to take part, or a robot. Stores no name and no address: nothing that identifies a person."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="participants")
    code = models.CharField(max_length=32, unique=True, default=personal_code, editable=False)
    withdrawal_code = models.CharField(max_length=14, unique=True, default=withdrawal_code, editable=False)
    number = models.PositiveIntegerField(help_text="Order of arrival, from 1; people and robots count apart.")
    robot = models.BooleanField(default=False, help_text="A rehearsal; never mixed with people.")
    rehearsal = models.CharField(max_length=64, blank=True, help_text="Of a robot: which rehearsal it belongs to.")
    order = models.CharField(max_length=20, choices=Survey.Order)
    consent_version = models.PositiveIntegerField()
    consented = models.DateTimeField(default=clock.now)
    finished = models.DateTimeField(null=True, blank=True)
    background = models.JSONField(null=True, blank=True, help_text="What they said about themselves; empty: not asked.")

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["survey_id", "robot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "robot", "number"], name="arrival_number_in_survey"),
            models.CheckConstraint(
                condition=Q(order__in=["ratings_first", "verdict_first"]), name="participant_has_one_order"
            ),
        ]

    def __str__(self):
        return f"{'robot' if self.robot else 'participant'} {self.number}"

    def get_absolute_url(self):
        """The page where the participant is now, derived from the rows alone."""
        if self.background_is_missing:
            return reverse("surveys:about", args=[self.survey.slug, self.code])
        trial = self.next_trial()
        return trial.get_absolute_url() if trial else reverse("surveys:thanks", args=[self.survey.slug, self.code])

    @property
    def may_continue(self) -> bool:
        """Robots may take a draft."""
        return self.robot or self.survey.is_open

    @property
    def background_is_missing(self) -> bool:
        """The questions about the listener come before the first clip."""
        return self.survey.asks_background and self.background is None

    def record_background(self, answers: dict[str, str]) -> None:
        """Store the answers to the questions about the listener; the first ones count."""
        given = {key: answer for key, answer in answers.items() if answer}
        Participant.objects.filter(pk=self.pk, background__isnull=True).update(background=given)
        self.refresh_from_db(fields=["background"])

    def next_trial(self) -> "Trial | None":
        return self.trials.unanswered().first()

    def present_trials(self) -> "tuple[Trial | None, Trial | None]":
        """The participant's present trial and the next one."""
        trials = list(self.trials.unanswered().with_clips()[:2])
        return (*trials, None, None)[:2]

    def progress_of(self, trial: "Trial") -> "TrialProgress":
        """The number of a trial, and of how many; practice trials are counted separately."""
        is_practice = Q(kind="practice")
        totals = self.trials.aggregate(practice=Count("pk", filter=is_practice), real=Count("pk", filter=~is_practice))
        if trial.kind == trial.Kind.PRACTICE:
            return TrialProgress(trial.position, totals["practice"], is_practice=True)
        return TrialProgress(trial.position - totals["practice"], totals["real"])

    def extend_reservations(self, until: datetime) -> None:
        """Keep the clips that are not answered yet reserved until then."""
        self.trials.unanswered().update(reserved_until=until)


@dataclass(frozen=True)
class TrialProgress:
    """A trial's number and the total, as in "Clip 3 of 12"."""

    number: int
    total: int
    is_practice: bool = False

    @property
    def done(self) -> int:
        return self.number - 1
