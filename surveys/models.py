"""A survey puts clips before participants; a trial is one clip before one of them; an answer is what they said."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse

from generation.models import Clip, Origin
from studies.models import Study
from studies.naming import free_slug
from surveys import clock


class Verdict(models.TextChoices):
    HUMAN = "human", "human"
    AI = "ai", "AI"


class SurveyQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=Survey.State.OPEN)


class Survey(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    class Order(models.TextChoices):
        """Which question comes first; it changes the answers, so it is stored with each of them."""

        RATINGS_FIRST = "ratings_first", "ratings first"
        VERDICT_FIRST = "verdict_first", "verdict first"
        ALTERNATED = "alternated", "alternated between participants"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="surveys")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60, help_text="Part of the address that participants open.")
    template = models.CharField(max_length=40, help_text="The recipe it was made from (surveys/recipes.py).")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    order = models.CharField(max_length=20, choices=Order, default=Order.RATINGS_FIRST)
    verdict_question = models.CharField(max_length=200, blank=True)
    introduction = models.TextField(blank=True)
    consent_text = models.TextField(blank=True)
    consent_version = models.PositiveIntegerField(default=1)
    share_to_hear = models.FloatField(default=0.8, help_text="Of a clip, before it can be rated: 0 to 1.")
    clips_per_participant = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: all of them.")
    clips = models.ManyToManyField(Clip, related_name="surveys", blank=True)
    seed = models.PositiveBigIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    opened = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="survey_name_in_study"),
            models.CheckConstraint(
                condition=Q(share_to_hear__gte=0, share_to_hear__lte=1), name="share_to_hear_is_a_share"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.slug = self.slug or free_slug(self.name, Survey.objects.all())
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("surveys:welcome", args=[self.slug])


class Aspect(models.Model):
    """What is rated, from 1 to `points`."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="aspects")
    key = models.SlugField(max_length=40, help_text="Column name in the exported table.")
    label = models.CharField(max_length=80)
    question = models.CharField(max_length=200)
    low = models.CharField(max_length=60, help_text="The word at 1.")
    high = models.CharField(max_length=60, help_text="The word at the top.")
    points = models.PositiveSmallIntegerField(default=5)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="aspect_key_in_survey"),
            models.UniqueConstraint(fields=["survey", "position"], name="aspect_position_in_survey"),
        ]

    def __str__(self):
        return self.label


def personal_code() -> str:
    return secrets.token_urlsafe(16)


# Without letters and digits that look alike: it is copied from a screen by hand.
WITHDRAWAL_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def withdrawal_code() -> str:
    letters = "".join(secrets.choice(WITHDRAWAL_ALPHABET) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


class ParticipantQuerySet(models.QuerySet):
    def people(self):
        return self.filter(robot=False)

    def robots(self):
        return self.filter(robot=True)

    def finished(self):
        return self.exclude(finished=None)


class Participant(models.Model):
    """Somebody who agreed to take part. No name, no address, nothing that leads to a person."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="participants")
    code = models.CharField(max_length=32, unique=True, default=personal_code, editable=False)
    withdrawal_code = models.CharField(max_length=14, unique=True, default=withdrawal_code, editable=False)
    number = models.PositiveIntegerField(help_text="Order of arrival, from 1; people and robots count apart.")
    robot = models.BooleanField(default=False, help_text="A rehearsal; never mixed with people.")
    order = models.CharField(max_length=20, choices=Survey.Order)
    consent_version = models.PositiveIntegerField()
    consented = models.DateTimeField(default=clock.now)
    finished = models.DateTimeField(null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["survey", "robot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "robot", "number"], name="arrival_number_in_survey"),
            models.CheckConstraint(
                condition=Q(order__in=["ratings_first", "verdict_first"]), name="participant_has_one_order"
            ),
        ]

    def __str__(self):
        return f"{'robot' if self.robot else 'participant'} {self.number}"

    def get_absolute_url(self):
        """Where the participant stands now, derived from the rows alone."""
        trial = self.next_trial()
        return trial.get_absolute_url() if trial else reverse("surveys:thanks", args=[self.survey.slug, self.code])

    def next_trial(self) -> "Trial | None":
        return self.trials.unanswered().first()


class TrialQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answer=None)

    def answered(self):
        return self.exclude(answer=None)

    def holding(self, now):
        """Trials that keep their clip's place: answered, or reserved and not yet expired."""
        return self.filter(Q(answer__isnull=False) | Q(reserved_until__gt=now))


def audio_key() -> str:
    return secrets.token_urlsafe(16)


class Trial(models.Model):
    class Kind(models.TextChoices):
        PRACTICE = "practice", "practice"
        RATING = "rating", "rating"
        PAIR = "pair", "pair"
        CHECK = "check", "check"
        REPEAT = "repeat", "repeat"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="trials")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RATING)
    position = models.PositiveSmallIntegerField()
    # The audio's address: made anew for each trial, so that it means nothing to anybody else.
    audio_key = models.CharField(max_length=32, unique=True, default=audio_key, editable=False)
    reserved_until = models.DateTimeField()
    audio_sent = models.DateTimeField(null=True, blank=True, help_text="When the audio was first asked for.")
    heard = models.JSONField(default=list, blank=True, help_text="Played stretches, [[from, to], ...] in seconds.")

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["participant", "position"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "position"], name="one_trial_per_position"),
        ]

    def __str__(self):
        return f"{self.participant}, {self.position}"

    def get_absolute_url(self):
        return reverse("surveys:trial", args=[self.participant.survey.slug, self.participant.code, self.position])


class Answer(models.Model):
    """What a participant said to one trial. The first answer counts and is never changed."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="answer")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    familiar = models.BooleanField(null=True, help_text='"I know this piece".')
    seconds_heard = models.FloatField(null=True, help_text="Of the clip, repeats not counted; empty: unknown.")
    seconds_taken = models.FloatField(help_text="From the page to the answer.")
    order = models.CharField(max_length=20, choices=Survey.Order)
    given = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="verdict_exists"),
        ]

    def __str__(self):
        return f"answer to {self.trial}"

    @property
    def is_right(self) -> bool | None:
        origin = self.trial.clip.source.origin
        return self.verdict == origin if self.verdict and origin != Origin.ANCHOR else None


class Rating(models.Model):
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="ratings")
    aspect = models.ForeignKey(Aspect, on_delete=models.PROTECT, related_name="ratings")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "aspect"], name="one_rating_per_aspect"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=100), name="rating_in_range"),
        ]

    def __str__(self):
        return f"{self.aspect}: {self.value}"
