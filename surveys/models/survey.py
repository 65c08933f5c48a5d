"""A survey: what it asks, about which clips, by which rules."""

from django.db import models
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from generation.models import Clip
from studies.lookup import NamedQuerySet
from studies.models import Study
from studies.slugs import free_slug
from surveys import clock
from surveys.exclusion_rules import standard_rules

# Clips are rendered at this rate; their length is stored in samples.
CLIP_RATE = 44_100
DEFAULT_PAIRS = 12


class SurveyQuerySet(NamedQuerySet):
    def open(self):
        return self.filter(state=Survey.State.OPEN)


class Survey(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class Order(models.TextChoices):
        """Which question comes first. It influences the answers, so it is stored with each answer."""

        RATINGS_FIRST = "ratings_first", _("ratings first")
        VERDICT_FIRST = "verdict_first", _("verdict first")
        ALTERNATED = "alternated", _("alternated between participants")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="surveys")
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60, help_text="Part of the address that participants open.")
    template = models.CharField(max_length=40, help_text="The recipe it was made from (surveys/survey_templates.py).")
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
    compares = models.BooleanField(default=False, help_text="Two clips at a time: which of the two?")
    ties = models.BooleanField(default=True, help_text='Of two clips, "no difference" may be said, too.')
    pairs_per_participant = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: some twelve.")
    asks_confidence = models.BooleanField(default=False, help_text="How sure one is of the verdict.")
    asks_background = models.BooleanField(default=False, help_text="Musical training, and what one listens on.")
    practice = models.PositiveSmallIntegerField(default=0, help_text="Trials before the real ones, never analysed.")
    practice_clips = models.ManyToManyField(Clip, related_name="practised_in", blank=True)
    checks = models.PositiveSmallIntegerField(default=0, help_text="Trials that ask for a certain answer.")
    repeats = models.PositiveSmallIntegerField(default=0, help_text="Trials heard once more, unannounced.")
    rules = models.JSONField(default=standard_rules, help_text="Who is flagged; fixed once somebody has answered.")
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
                condition=Q(practice__lte=3, checks__lte=2, repeats__lte=2), name="few_trials_beside_the_real_ones"
            ),
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

    @property
    def clips_per_trial(self) -> int:
        return 2 if self.compares else 1

    @cached_property
    def clips_each(self) -> int:
        """How many clips each participant rates; for pairs, how many pairs."""
        if not self.compares:
            return self.clips_per_participant or self.clips.count()
        if self.pairs_per_participant:
            return self.pairs_per_participant
        counts = self.clips.order_by().values("source").annotate(clips=Count("pk")).values_list("clips", flat=True)
        return default_pairs(list(counts))

    @property
    def trials_each(self) -> int:
        """How many trials each participant has, without practice."""
        return self.clips_each + self.checks + self.repeats

    def minutes(self) -> int:
        """Estimated duration: each clip once, plus time to think of the same length, but at least 15 s."""
        length = self.clips.aggregate(longest=Max("samples"))["longest"] or 0
        seconds = length / CLIP_RATE
        listening = self.clips_per_trial * seconds
        return max(1, round((self.trials_each + self.practice) * (listening + max(seconds, 15)) / 60))

    def question_order(self, number: int) -> str:
        """Which question comes first for the participant with this number."""
        if self.order != self.Order.ALTERNATED:
            return self.order
        return self.Order.RATINGS_FIRST if number % 2 else self.Order.VERDICT_FIRST

    def has_answers_of_people(self) -> bool:
        """From then on the rules are fixed."""
        return self.trials.filter(robot=False).answered().exists()

    def _keep_consent_text(self):
        """Keep every wording that a participant may have agreed to; a new wording gets the next version number."""
        stored, is_new = self.consent_texts.get_or_create(
            version=self.consent_version, defaults={"text": self.consent_text}
        )
        if not is_new and stored.text != self.consent_text:
            self.consent_version += 1
            Survey.objects.filter(pk=self.pk).update(consent_version=self.consent_version)
            self.consent_texts.create(version=self.consent_version, text=self.consent_text)


def default_pairs(clips: list[int]) -> int:
    """How many pairs if the researcher did not say: any two models equally often, about 12 in total, no clip twice."""
    meetings = len(clips) * (len(clips) - 1) // 2
    if not meetings:
        return 0
    pairs = meetings * max(1, round(DEFAULT_PAIRS / meetings))
    return max(1, min(pairs, sum(clips) // 2))


class ConsentText(models.Model):
    """A wording of the consent text, as it was when people agreed to it."""

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
    """What listeners rate from 1 to `points`, or by which they choose one clip of a pair."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="aspects")
    key = models.SlugField(max_length=40, help_text="Column name in the exported table.")
    label = models.CharField(max_length=80)
    question = models.CharField(max_length=200)
    low = models.CharField(max_length=60, blank=True, help_text="The word at 1.")
    high = models.CharField(max_length=60, blank=True, help_text="The word at the top.")
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
