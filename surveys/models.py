"""A survey puts clips before participants; a trial is one clip before one of them; an answer is what they said."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.functional import cached_property

from generation import sound
from generation.models import Clip, Origin
from studies.models import Study
from studies.naming import free_slug
from surveys import clock
from surveys.codes import audio_key, personal_code, withdrawal_code

# Clips are rendered at this rate; their length is stored in samples.
CLIP_RATE = 44_100


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
    verdict_question = models.CharField(max_length=200, blank=True, help_text="Empty: it is not asked.")
    verdict_ai = models.CharField(max_length=40, default="Yes", help_text="The answer that means: an AI.")
    verdict_human = models.CharField(max_length=40, default="No", help_text="The answer that means: a human.")
    introduction = models.TextField(blank=True)
    consent_text = models.TextField(blank=True)
    consent_version = models.PositiveIntegerField(default=1, editable=False)
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
        self._keep_consent_text()

    def get_absolute_url(self):
        return reverse("surveys:welcome", args=[self.slug])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def asks_verdict(self) -> bool:
        return bool(self.verdict_question)

    @cached_property
    def clips_each(self) -> int:
        """How many clips one participant hears."""
        return self.clips_per_participant or self.clips.count()

    def minutes(self) -> int:
        """About how long it takes: hearing each clip once, and as long as that again to think, but 15 s at least."""
        length = self.clips.aggregate(longest=Max("samples"))["longest"] or 0
        seconds = length / CLIP_RATE
        return max(1, round(self.clips_each * (seconds + max(seconds, 15)) / 60))

    def order_for(self, number: int) -> str:
        """Which question comes first for the participant with this number."""
        if self.order != self.Order.ALTERNATED:
            return self.order
        return self.Order.RATINGS_FIRST if number % 2 else self.Order.VERDICT_FIRST

    def _keep_consent_text(self):
        """Every wording that anybody may have agreed to is kept; a new one gets the next version."""
        kept, is_new = self.consent_texts.get_or_create(
            version=self.consent_version, defaults={"text": self.consent_text}
        )
        if not is_new and kept.text != self.consent_text:
            self.consent_version += 1
            Survey.objects.filter(pk=self.pk).update(consent_version=self.consent_version)
            self.consent_texts.create(version=self.consent_version, text=self.consent_text)


class ConsentText(models.Model):
    """A wording of the consent, as it was when people agreed to it."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="consent_texts")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    written = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["survey", "version"], name="consent_version_in_survey")]

    def __str__(self):
        return f"{self.survey}, version {self.version}"


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
    rehearsal = models.CharField(max_length=64, blank=True, help_text="Of a robot: which rehearsal it belongs to.")
    order = models.CharField(max_length=20, choices=Survey.Order)
    consent_version = models.PositiveIntegerField()
    consented = models.DateTimeField(default=clock.now)
    finished = models.DateTimeField(null=True, blank=True)

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
        """Where the participant stands now, derived from the rows alone."""
        trial = self.next_trial()
        return trial.get_absolute_url() if trial else reverse("surveys:thanks", args=[self.survey.slug, self.code])

    @property
    def may_go_on(self) -> bool:
        """Robots rehearse drafts, too."""
        return self.robot or self.survey.is_open

    def next_trial(self) -> "Trial | None":
        return self.trials.unanswered().first()

    def present_trials(self) -> "tuple[Trial | None, Trial | None]":
        """The trial where the participant stands and the one that follows."""
        trials = list(self.trials.unanswered().select_related("clip").defer("clip__provenance", "clip__measured")[:2])
        return (*trials, None, None)[:2]

    def hold_places(self, until: datetime) -> None:
        """Keep the clips that are still to be heard reserved."""
        self.trials.unanswered().update(reserved_until=until)


class TrialQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answer=None)

    def answered(self):
        return self.exclude(answer=None)

    def holding(self, now):
        """Trials that keep their clip's place: answered, or reserved and not yet expired."""
        return self.filter(Q(reserved_until=None) | Q(reserved_until__gt=now))

    def bulk_create(self, trials, *args, **kwargs):
        trials = list(trials)
        for trial in trials:
            trial.copy_from_participant()
        return super().bulk_create(trials, *args, **kwargs)


class Trial(models.Model):
    class Kind(models.TextChoices):
        PRACTICE = "practice", "practice"
        RATING = "rating", "rating"
        PAIR = "pair", "pair"
        CHECK = "check", "check"
        REPEAT = "repeat", "repeat"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials", db_index=False)
    # RESTRICT, not PROTECT: a study may go as a whole, a clip that somebody heard may not go alone.
    clip = models.ForeignKey(Clip, on_delete=models.RESTRICT, related_name="trials")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RATING)
    position = models.PositiveSmallIntegerField()
    # The audio's address: made anew for each trial, so that it means nothing to anybody else.
    audio_key = models.CharField(max_length=32, unique=True, default=audio_key, editable=False)
    reserved_until = models.DateTimeField(null=True, blank=True, help_text="Empty once answered: kept for good.")
    shown = models.DateTimeField(null=True, blank=True, help_text="When the page was first shown.")
    audio_sent = models.DateTimeField(null=True, blank=True, help_text="When the audio was first asked for.")
    heard = models.JSONField(default=list, blank=True, help_text="Played stretches, [[from, to], ...] in seconds.")
    # Copies of what the participant says, so that planning counts exposure in one index without a join:
    # 5 ms instead of 42 ms for 2,000 participants with 24 trials each.
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="trials", editable=False, db_index=False)
    robot = models.BooleanField(editable=False)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["participant_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "position"], name="one_trial_per_position"),
        ]
        indexes = [
            models.Index(fields=["survey", "robot", "clip", "position", "reserved_until"], name="exposure"),
        ]

    def __str__(self):
        return f"{self.participant}, {self.position}"

    def save(self, *args, **kwargs):
        self.copy_from_participant()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("surveys:trial", args=[self.participant.survey.slug, self.participant.code, self.position])

    def sounds(self) -> list[tuple[str, str]]:
        """Addresses and content types of the audio, the one to be preferred first."""
        here = self.participant.survey.slug, self.participant.code, self.audio_key
        return [(reverse("surveys:audio", args=[*here, name]), kind) for name, kind in sound.offered(self.clip)]

    def copy_from_participant(self):
        self.survey_id, self.robot = self.participant.survey_id, self.participant.robot

    def may_be_heard(self) -> bool:
        """The present clip, and the next one to have it at hand; after the end, each of them again."""
        if self.participant.finished:
            return True
        before = self.participant.trials.unanswered().filter(position__lt=self.position).count()
        return before <= 1 and self.reserved_until is not None

    def seconds_passed(self) -> float:
        """Since the audio could first be heard: asked for, and its page shown. More cannot have been listened to."""
        if not (self.shown and self.audio_sent):
            return 0.0
        return max(0.0, (clock.now() - max(self.shown, self.audio_sent)).total_seconds())

    def mark_shown(self):
        if self.shown is None:
            self.shown = clock.now()
            self.save(update_fields=["shown"])

    def mark_audio_sent(self):
        if self.audio_sent is None:
            self.audio_sent = clock.now()
            self.save(update_fields=["audio_sent"])

    @transaction.atomic
    def record(
        self,
        *,
        ratings: dict["Aspect", int],
        verdict: str = "",
        familiar: bool | None = None,
        heard: Sequence[tuple[float, float]] = (),
        seconds_heard: float | None = None,
    ) -> "Answer":
        """Keep what was said. The first answer counts: a second one changes nothing."""
        now = clock.now()
        answer, is_first = Answer.objects.get_or_create(
            trial=self,
            defaults={
                "verdict": verdict,
                "familiar": familiar,
                "seconds_heard": seconds_heard,
                "seconds_taken": (now - (self.shown or now)).total_seconds(),
                "order": self.participant.order,
                "given": now,
            },
        )
        if is_first:
            Rating.objects.bulk_create(
                Rating(answer=answer, aspect=aspect, value=value) for aspect, value in ratings.items()
            )
            self.heard, self.reserved_until = list(heard), None
            self.save(update_fields=["heard", "reserved_until"])
            if not self.participant.trials.unanswered().exists():
                self.participant.finished = now
                self.participant.save(update_fields=["finished"])
        return answer


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
    aspect = models.ForeignKey(Aspect, on_delete=models.RESTRICT, related_name="ratings")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "aspect"], name="one_rating_per_aspect"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=100), name="rating_in_range"),
        ]

    def __str__(self):
        return f"{self.aspect}: {self.value}"
