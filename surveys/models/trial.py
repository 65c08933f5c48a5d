"""One clip, or a pair of them, before one participant."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse

from generation import audio_response
from generation.models import Clip
from surveys import clock
from surveys.codes import audio_key
from surveys.models.answer import Answer, Choice, Rating
from surveys.models.participant import Participant
from surveys.models.survey import Aspect, Survey


class TrialQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answer=None)

    def answered(self):
        return self.exclude(answer=None)

    def holding(self, now):
        """Trials that keep their clip's place: answered, or reserved and not yet expired."""
        return self.filter(Q(reserved_until=None) | Q(reserved_until__gt=now))

    def with_clips(self):
        """Without what is long and never shown."""
        long = [f"{clip}__{field}" for clip in ("clip", "clip_b") for field in ("provenance", "measured")]
        return self.select_related("clip", "clip_b").defer(*long)

    def bulk_create(self, trials, *args, **kwargs):
        trials = list(trials)
        for trial in trials:
            trial.copy_from_participant()
        return super().bulk_create(trials, *args, **kwargs)


@dataclass(frozen=True)
class Side:
    """One of the clips of a trial: the only one, or A or B of a pair."""

    trial: "Trial"
    letter: str  # "", "A" or "B"
    clip: Clip
    audio_key: str
    field: str  # of the form: what was heard of it

    @property
    def name(self) -> str:
        return f"clip {self.letter}" if self.letter else "the clip"

    def sounds(self) -> list[tuple[str, str]]:
        """Addresses and content types of the audio, the one to be preferred first."""
        here = self.trial.participant.survey.slug, self.trial.participant.code, self.audio_key
        return [
            (reverse("surveys:audio", args=[*here, name]), kind)
            for name, kind in audio_response.encodings_of(self.clip)
        ]


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
    clip_b = models.ForeignKey(
        Clip, on_delete=models.RESTRICT, null=True, related_name="trials_as_b", help_text="Of a pair, the second clip."
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RATING)
    asked_for = models.CharField(max_length=10, blank=True, help_text="Of a check: the answer that is asked for.")
    position = models.PositiveSmallIntegerField()
    # The audio's address: made anew for each trial, so that it means nothing to anybody else.
    audio_key = models.CharField(max_length=32, unique=True, default=audio_key, editable=False)
    reserved_until = models.DateTimeField(null=True, blank=True, help_text="Empty once answered: kept for good.")
    shown = models.DateTimeField(null=True, blank=True, help_text="When the page was first shown.")
    audio_sent = models.DateTimeField(null=True, blank=True, help_text="When the audio was first asked for.")
    heard = models.JSONField(default=list, blank=True, help_text="Played stretches, [[from, to], ...] in seconds.")
    audio_key_b = models.CharField(max_length=32, unique=True, null=True, editable=False)  # noqa: DJ001 (unique)
    audio_sent_b = models.DateTimeField(null=True, blank=True)
    heard_b = models.JSONField(default=list, blank=True)
    # Copies of what the participant says, so that planning counts exposure in one index without a join:
    # 5 ms instead of 42 ms for 2,000 participants with 24 trials each.
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="trials", editable=False, db_index=False)
    robot = models.BooleanField(editable=False)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["participant_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "position"], name="one_trial_per_position"),
            models.CheckConstraint(condition=Q(clip_b=None) | ~Q(clip_b=F("clip")), name="a_pair_is_of_two_clips"),
        ]
        indexes = [
            models.Index(fields=["survey", "robot", "kind", "clip", "position", "reserved_until"], name="exposure"),
        ]

    def __str__(self):
        return f"{self.participant}, {self.position}"

    def save(self, *args, **kwargs):
        self.copy_from_participant()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("surveys:trial", args=[self.participant.survey.slug, self.participant.code, self.position])

    @property
    def sides(self) -> list[Side]:
        """The one clip, or both of a pair."""
        if self.clip_b_id is None:
            return [Side(self, "", self.clip, self.audio_key, "heard")]
        return [
            Side(self, "A", self.clip, self.audio_key, "heard"),
            Side(self, "B", self.clip_b, self.audio_key_b, "heard_b"),
        ]

    def sounds(self) -> list[tuple[str, str]]:
        """All addresses and content types of the audio; of each clip the one to be preferred first."""
        return [found for side in self.sides for found in side.sounds()]

    def clip_with(self, key: str) -> Clip:
        """The clip that lies under this key."""
        return next(side.clip for side in self.sides if side.audio_key == key)

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
        since = [self.shown, self.audio_sent, *([self.audio_sent_b] if self.clip_b_id else [])]
        if None in since:
            return 0.0
        return max(0.0, (clock.now() - max(since)).total_seconds())

    def mark_shown(self):
        if self.shown is None:
            self.shown = clock.now()
            self.save(update_fields=["shown"])

    def mark_audio_sent(self, key: str):
        """The first time that the clip with this key was asked for."""
        field = "audio_sent" if key == self.audio_key else "audio_sent_b"
        if getattr(self, field) is None:
            setattr(self, field, clock.now())
            self.save(update_fields=[field])

    @transaction.atomic
    def record(
        self,
        *,
        ratings: "dict[Aspect, int] | None" = None,
        choices: "dict[Aspect, str] | None" = None,
        heard: Sequence[tuple[float, float]] = (),
        heard_b: Sequence[tuple[float, float]] = (),
        **said,
    ) -> Answer:
        """Keep what was said (`verdict`, `familiar` ...: fields of `Answer`). The first answer counts for good."""
        now = clock.now()
        taken = (now - (self.shown or now)).total_seconds()
        first = {**said, "seconds_taken": taken, "order": self.participant.order, "given": now}
        answer, is_first = Answer.objects.get_or_create(trial=self, defaults=first)
        if is_first:
            Rating.objects.bulk_create(
                Rating(answer=answer, aspect=aspect, value=value) for aspect, value in (ratings or {}).items()
            )
            Choice.objects.bulk_create(
                Choice(answer=answer, aspect=aspect, value=value) for aspect, value in (choices or {}).items()
            )
            self.heard, self.heard_b, self.reserved_until = list(heard), list(heard_b), None
            self.save(update_fields=["heard", "heard_b", "reserved_until"])
            if not self.participant.trials.unanswered().exists():
                self.participant.finished = now
                self.participant.save(update_fields=["finished"])
        return answer
