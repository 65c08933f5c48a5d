"""What was concluded from answers as they stood once: charts and numbers that take too long for a page to wait."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from surveys.codes import personal_code
from surveys.models import Survey


class Snapshot(models.Model):
    """Answers as they stood once. A mark, not a copy: answers are never changed, so those up to the mark are the same
    tomorrow; and who withdraws is gone from every snapshot at once.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="snapshots")
    rehearsal = models.BooleanField(default=False)
    taken = models.DateTimeField(default=timezone.now)
    last_answer = models.PositiveBigIntegerField(help_text="Its id: later answers are in later snapshots.")
    version = models.CharField(max_length=64, help_text="Of the answers when it was taken (answers/version.py).")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of its answers, once they were read.")
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    answers = models.PositiveIntegerField(default=0)
    listeners = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0, help_text="Participants who withdrew since it was taken.")

    class Meta:
        ordering = ["-taken", "-pk"]

    def __str__(self):
        return f"{'rehearsal of ' if self.rehearsal else ''}{self.survey}, {self.taken:%Y-%m-%d %H:%M}"

    @property
    def short(self) -> str:
        """The beginning of its fingerprint: enough to tell snapshots apart."""
        return self.fingerprint[:12]


class ReportQuerySet(models.QuerySet):
    def about(self, survey: Survey, *, rehearsal: bool, without_flagged: bool):
        return self.filter(survey=survey, rehearsal=rehearsal, without_flagged=without_flagged)


class Report(models.Model):
    """The mixed models and all charts of one survey, with the answers' fingerprint and the seed they were made with.

    Holds no answers: who withdraws is in none, and a report that they were part of is emptied (`snapshots.forget`).
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"  # what is there so far has no models yet
        DONE = "done", "done"
        OUTDATED = "outdated", "outdated"  # somebody withdrew: to be made again

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="reports")
    snapshot = models.ForeignKey(Snapshot, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    rehearsal = models.BooleanField(default=False)
    without_flagged = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ordered = models.DateTimeField(auto_now_add=True)
    made = models.DateTimeField(null=True, blank=True)
    version = models.CharField(
        max_length=64, blank=True, help_text="Of the answers it was made from (answers/version.py)."
    )
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of these answers.")
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    answers = models.PositiveIntegerField(default=0)
    listeners = models.PositiveIntegerField(default=0)
    charts = models.JSONField(default=list, blank=True)
    numbers = models.JSONField(default=dict, blank=True, help_text="As in results.json.")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered"]

    def __str__(self):
        return f"{'rehearsal of ' if self.rehearsal else ''}{self.survey}, {self.get_state_display()}"

    @property
    def is_going_on(self) -> bool:
        return self.state == self.State.PENDING and self.job is not None and self.job.is_going_on

    @property
    def has_failed(self) -> bool:
        """Whether its job ended before it was done."""
        return self.state == self.State.PENDING and not self.is_going_on


class Package(models.Model):
    """Everything about one snapshot in one zip, made by a worker and kept until somebody withdraws."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="packages")
    without_flagged = models.BooleanField(default=False)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file = models.FileField(upload_to="packages/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    made = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-snapshot__taken", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "without_flagged"], name="one_package_of_a_snapshot"),
        ]

    def __str__(self):
        return f"package of {self.snapshot}"

    def get_absolute_url(self):
        survey = self.snapshot.survey
        return reverse("evaluation:package_file", args=[survey.study.slug, survey.slug, self.pk])

    @property
    def name(self) -> str:
        """Of its file and of the folder in it."""
        snapshot = self.snapshot
        chosen = ["rehearsal" * snapshot.rehearsal, "without-flagged" * self.without_flagged]
        return "-".join(part for part in (snapshot.survey.slug, *chosen, snapshot.short[:8]) if part)

    @property
    def is_going_on(self) -> bool:
        return bool(self.job) and self.job.is_going_on and not self.made


class Preregistration(models.Model):
    """What was planned for a survey; once fixed, before the first answer, it stays as it is."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="preregistration")
    hypotheses = models.TextField(blank=True, help_text="In your own words, one below the other.")
    listeners = models.PositiveIntegerField(null=True, blank=True, help_text="How many are to take part.")
    text = models.TextField(blank=True, help_text="As it was fixed.")
    sha256 = models.CharField(max_length=64, blank=True)
    fixed = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"preregistration of {self.survey}"


class PublicPage(models.Model):
    """Results that everybody may see who knows the address; there is none unless an owner switched it on."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="public_page")
    address = models.SlugField(max_length=60, unique=True, default=personal_code, help_text="The end of its address.")
    while_open = models.BooleanField(default=False, help_text="Also before the survey is closed.")
    indexed = models.BooleanField(default=False, help_text="Search engines may list it.")
    switched_on = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"public page of {self.survey}"

    def get_absolute_url(self):
        return reverse("public:results", args=[self.address])

    @property
    def is_shown(self) -> bool:
        """What is said before the end changes what the others say."""
        state = self.survey.state
        return state == Survey.State.CLOSED or (self.while_open and state == Survey.State.OPEN)
