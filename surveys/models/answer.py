"""What a participant answered in one trial: ratings or choices, a verdict, how sure they were."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from generation.models import Origin
from surveys import clock
from surveys.models.survey import Aspect, Survey


class Verdict(models.TextChoices):
    HUMAN = "human", _("human")
    AI = "ai", _("AI")


class Preference(models.TextChoices):
    A = "a", "A"
    B = "b", "B"
    TIE = "tie", _("No difference")


# How sure the listener is of the verdict.
CONFIDENCE = {1: _("guessing"), 2: _("not very sure"), 3: _("fairly sure"), 4: _("certain")}


class Answer(models.Model):
    """The answer to one trial. The first one counts and never changes."""

    trial = models.OneToOneField("surveys.Trial", on_delete=models.CASCADE, related_name="answer")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, help_text="Of the verdict: 1 guessing to 4 certain.")
    familiar = models.BooleanField(null=True, help_text='"I know this piece".')
    seconds_heard = models.FloatField(null=True, help_text="Of the clip, repeats not counted; empty: unknown.")
    seconds_heard_b = models.FloatField(null=True, help_text="The same of the pair's second clip.")
    seconds_taken = models.FloatField(help_text="From the page to the answer.")
    order = models.CharField(max_length=20, choices=Survey.Order)
    given = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="verdict_exists"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=1, confidence__lte=len(CONFIDENCE)),
                name="confidence_in_range",
            ),
        ]

    def __str__(self):
        return f"answer to {self.trial}"

    @property
    def is_right(self) -> bool | None:
        origin = self.trial.clip.source.origin
        return self.verdict == origin if self.verdict and origin != Origin.ANCHOR else None


class Rating(models.Model):
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="ratings")
    aspect = models.ForeignKey(Aspect, on_delete=models.RESTRICT, related_name="ratings")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "aspect"], name="one_rating_per_aspect"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=100), name="rating_in_range"),
        ]

    def __str__(self):
        return f"{self.aspect}: {self.value}"


class Choice(models.Model):
    """Which of the two clips, by one aspect."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="choices")
    aspect = models.ForeignKey(Aspect, on_delete=models.RESTRICT, related_name="choices")
    value = models.CharField(max_length=3, choices=Preference)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "aspect"], name="one_choice_per_aspect"),
            models.CheckConstraint(condition=Q(value__in=Preference.values), name="choice_exists"),
        ]

    def __str__(self):
        return f"{self.aspect}: {self.get_value_display()}"
