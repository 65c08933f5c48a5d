"""One clip, or a pair of clips, as one participant hears it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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

    def active(self, now):
        """Trials that count for the exposure of their clips: answered, or reserved and not expired."""
        return self.filter(Q(reserved_until=None) | Q(reserved_until__gt=now))

    def with_clips(self):
        """With their clips, but without the long fields that no page shows."""
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
    field: str  # of the form: which parts were heard

    @property
    def name(self) -> str:
        return _("clip %(letter)s") % {"letter": self.letter} if self.letter else _("the clip")

    def sounds(self) -> list[tuple[str, str]]:
        """Addresses and content types of the audio, the preferred one first."""
        address = self.trial.participant.survey.slug, self.trial.participant.code, self.audio_key
        return [
            (reverse("surveys:audio", args=[*address, name]), kind)
            for name, kind in audio_response.encodings_of(self.clip)
        ]


class Trial(models.Model):
    class Kind(models.TextChoices):
        PRACTICE = "practice", gettext_lazy("practice")
        RATING = "rating", gettext_lazy("rating")
        PAIR = "pair", gettext_lazy("pair")
        CHECK = "check", gettext_lazy("check")
        REPEAT = "repeat", gettext_lazy("repeat")

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials", db_index=False)
    # RESTRICT, not PROTECT: a whole study may be deleted, but not a single clip that somebody heard.
    clip = models.ForeignKey(Clip, on_delete=models.RESTRICT, related_name="trials")
    clip_b = models.ForeignKey(
        Clip, on_delete=models.RESTRICT, null=True, related_name="trials_as_b", help_text="Of a pair, the second clip."
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.RATING)
    asked_for = models.CharField(max_length=10, blank=True, help_text="Of a check: the answer that is asked for.")
    position = models.PositiveSmallIntegerField()
    # Part of the audio's address. It is random for each trial, so that it tells other people nothing.
    audio_key = models.CharField(max_length=32, unique=True, default=audio_key, editable=False)
    reserved_until = models.DateTimeField(null=True, blank=True, help_text="Empty once answered: kept for good.")
    shown = models.DateTimeField(null=True, blank=True, help_text="When the page was first shown.")
    audio_sent = models.DateTimeField(null=True, blank=True, help_text="When the audio was first asked for.")
    heard = models.JSONField(default=list, blank=True, help_text="Played stretches, [[from, to], ...] in seconds.")
    audio_key_b = models.CharField(max_length=32, unique=True, null=True, editable=False)  # noqa: DJ001 (unique)
    audio_sent_b = models.DateTimeField(null=True, blank=True)
    heard_b = models.JSONField(default=list, blank=True)
    # Copies of fields of the participant, so that allocation counts exposure in one index without a join:
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
        """All addresses and content types of the audio; for each clip the preferred one first."""
        return [sound for side in self.sides for sound in side.sounds()]

    def clip_for_key(self, key: str) -> Clip:
        """The clip with this audio key."""
        return next(side.clip for side in self.sides if side.audio_key == key)

    def copy_from_participant(self):
        self.survey_id, self.robot = self.participant.survey_id, self.participant.robot

    def may_be_heard(self) -> bool:
        """The present clip, and the next one so that it can load early; after the end, every clip."""
        if self.participant.finished:
            return True
        earlier = self.participant.trials.unanswered().filter(position__lt=self.position).count()
        return earlier <= 1 and self.reserved_until is not None

    def seconds_elapsed(self) -> float:
        """Seconds since the audio could first be heard: its page was shown and its file sent. More cannot be heard."""
        since = [self.shown, self.audio_sent, *([self.audio_sent_b] if self.clip_b_id else [])]
        if None in since:
            return 0.0
        return max(0.0, (clock.now() - max(since)).total_seconds())

    def mark_shown(self):
        if self.shown is None:
            self.shown = clock.now()
            self.save(update_fields=["shown"])

    def mark_audio_sent(self, key: str):
        """Store when the clip with this key was first requested."""
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
        **values,
    ) -> Answer:
        """Store the answer; `values` are fields of `Answer`. If there is an answer already, nothing changes."""
        now = clock.now()
        seconds = (now - (self.shown or now)).total_seconds()
        first = {**values, "seconds_taken": seconds, "order": self.participant.order, "given": now}
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
