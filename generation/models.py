"""Rows for what lies in files: corpora, runs, sources and clips. `generation.catalogue` makes them."""

import secrets
from math import isfinite
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from jobs.models import Job
from studies.lookup import NamedQuerySet
from studies.models import Study
from studies.slugs import free_slug


class InStudy(models.Model):
    """Something named that belongs to a study; name and slug are its own within the study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="%(class)ss")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.slug = self.slug or free_slug(self.name, type(self).objects.filter(study=self.study))
        super().save(*args, **kwargs)


class Corpus(InStudy):
    """A named, fingerprinted set of pieces, kept as one folder (`generation.music.corpora.corpora`)."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="corpora")
    origin = models.TextField(blank=True, help_text="Where it was read from: a path, an address, music21:bach ...")
    songs = models.PositiveIntegerField(null=True, blank=True, help_text="So many were drawn; empty: all there are.")
    seed = models.BigIntegerField(default=1, help_text="Of that draw.")
    pedal = models.BooleanField(default=False, help_text="Notes last as long as the sustain pedal holds them.")
    licence = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 over the notes of all pieces.")
    pieces = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    minutes = models.FloatField(default=0)
    refused = models.JSONField(default=list, blank=True, help_text="Files that were not taken: [[name, reason], ...]")

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "corpora"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "slug"], name="corpus_slug_in_study"),
            models.UniqueConstraint(fields=["study", "name"], name="corpus_name_in_study"),
        ]

    def get_absolute_url(self):
        return reverse("generation:corpus", args=[self.study.slug, self.slug])

    @property
    def folder(self) -> Path:
        return settings.CORPORA_ROOT / self.study.slug / self.slug


class RunQuerySet(NamedQuerySet):
    def trained(self):
        return self.exclude(finished=None)


class Run(InStudy):
    """One trained network; the folder is the truth (`generation.music.training.runs`), this row finds it.

    Whether it is trained stands here; whether somebody trains it at the moment, and how far they are, is its job's.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        TRAINING = "training", "training"
        STOPPED = "stopped", "stopped"
        FINISHED = "finished", "finished"
        FAILED = "failed", "failed"

    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    preset = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, blank=True, help_text="What differs from the preset.")
    seed = models.BigIntegerField(default=1)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Its newest training."
    )
    note = models.TextField(blank=True, help_text="Where it was brought from, or why it did not go on.")
    finished = models.DateTimeField(null=True, blank=True, help_text="Empty until it is trained to its end.")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(fields=["study", "slug"], name="run_slug_in_study"),
            models.UniqueConstraint(fields=["study", "name"], name="run_name_in_study"),
        ]

    def get_absolute_url(self):
        return reverse("generation:run", args=[self.study.slug, self.slug])

    @property
    def folder(self) -> Path:
        return settings.RUNS_ROOT / self.study.slug / self.slug

    @property
    def state(self) -> State:
        if self.is_going_on:
            return self.State.TRAINING if self.job.is_running else self.State.WAITING
        if self.finished:
            return self.State.FINISHED
        return self.State.FAILED if self.job and self.job.state == Job.State.FAILED else self.State.STOPPED

    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def message(self) -> str:
        """What is happening to it, why its training failed or stopped, or where it came from."""
        return (self.job.message if self.job else "") or self.note

    @property
    def is_going_on(self) -> bool:
        return bool(self.job and self.job.is_going_on)

    @property
    def key(self) -> str:
        """Of its training: there is never more than one at a time."""
        return f"train run {self.pk}"

    @property
    def has_learned(self) -> bool:
        """Whether there is something to lose: weights, or a checkpoint to go on from."""
        from generation.music.training.checkpoints import has_checkpoint  # numpy, which participants' pages do without

        return has_checkpoint(self.folder) or (self.folder / "config.json").is_file()

    def history(self) -> list[dict[str, float]]:
        """A row for each evaluation so far, as `generation.music.training.runs` writes them."""
        from generation.music.training.runs import read_history  # numpy, which participants' pages do without

        return read_history(self.folder)

    def best(self) -> dict[str, float]:
        """The evaluation with the least loss on held-out pieces; empty before the first."""
        rows = [row for row in self.history() if isfinite(row["validation_loss"])]
        return min(rows, key=lambda row: row["validation_loss"], default={})

    @property
    def may_go_on(self) -> bool:
        return self.state in (self.State.STOPPED, self.State.FAILED) and self.corpus_id is not None


class Origin(models.TextChoices):
    """The truth about a source; what listeners say about it is a verdict."""

    HUMAN = "human", "human"
    AI = "ai", "AI"
    ANCHOR = "anchor", "low anchor"


class Source(InStudy):
    """Where clips come from. Pages call it "model"."""

    origin = models.CharField(max_length=10, choices=Origin)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="sources")
    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.PROTECT, related_name="sources")
    description = models.TextField(blank=True)
    citation = models.TextField(blank=True)
    licence = models.CharField(max_length=200, blank=True)
    checkpoint = models.CharField(max_length=200, blank=True, help_text="Which weights, of a model from elsewhere.")
    settings = models.TextField(blank=True, help_text="How that model was asked: temperature, length, prompt ...")

    objects = NamedQuerySet.as_manager()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(fields=["study", "slug"], name="source_slug_in_study"),
            models.UniqueConstraint(fields=["study", "name"], name="source_name_in_study"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="origin_exists"),
        ]

    def get_absolute_url(self):
        return reverse("generation:source", args=[self.study.slug, self.slug])


class Soundfont(InStudy):
    """An uploaded SF2 or SF3 file; those that packages install need no row (`generation.catalogue.soundfonts`)."""

    kind = models.CharField(max_length=3, help_text="sf2 or sf3")
    sha256 = models.CharField(max_length=64, editable=False)
    bytes = models.PositiveBigIntegerField(editable=False)
    licence = models.CharField(max_length=200, help_text="Under which it may be used.")
    citation = models.TextField(blank=True, help_text="As it is to be cited in a paper.")

    objects = NamedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["study", "slug"], name="soundfont_slug_in_study"),
            models.UniqueConstraint(fields=["study", "name"], name="soundfont_name_in_study"),
            models.UniqueConstraint(fields=["study", "sha256"], name="soundfont_once_in_study"),
        ]

    @property
    def path(self) -> Path:
        return settings.HOME / "soundfonts" / f"{self.sha256}.{self.kind}"


def opaque_name() -> str:
    """A file name that says nothing: random, of one length, lower case for every file system."""
    return secrets.token_hex(16)


class ClipQuerySet(models.QuerySet):
    def rendered(self):
        return self.exclude(rendered=None)

    def unrendered(self):
        return self.filter(rendered=None)

    def usable(self):
        """Clips that may be put before listeners."""
        return self.rendered().filter(retired=False)


class Clip(models.Model):
    """What one hears. Never changed once made: another policy makes another clip."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="clips")
    number = models.PositiveIntegerField(help_text="1, 2, 3 ... within the source; never shown to participants.")
    name = models.CharField(max_length=32, unique=True, default=opaque_name, editable=False)
    title = models.CharField(max_length=200, blank=True, help_text="The file or piece it came from.")
    # What it is made of: MIDI, or for a clip from elsewhere perhaps a recording. Kept as it came.
    midi = models.FileField(upload_to="midi/", blank=True)
    midi_sha256 = models.CharField(max_length=64, blank=True)
    recording = models.FileField(upload_to="recordings/", blank=True)
    content_sha256 = models.CharField(
        max_length=64, help_text="Of what it was made from, and how: the same twice is one clip."
    )
    original = models.FileField(upload_to="originals/", blank=True, help_text="The notes before they were made so.")
    # How it is to be rendered, where that is not as the study's other clips are.
    policy = models.JSONField(default=dict, blank=True, help_text="seconds, instrument, soundfont.")
    soundfont = models.ForeignKey(Soundfont, null=True, blank=True, on_delete=models.RESTRICT, related_name="clips")
    remake_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="remakes")
    provenance = models.JSONField(
        default=dict, help_text="Run or bundle, seed, sampling, place in the corpus, versions."
    )
    # What it sounds like: filled in once, by rendering.
    master = models.FileField(upload_to="masters/", blank=True, help_text="FLAC, 44.1 kHz, 16 bit.")
    mp3 = models.FileField(upload_to="clips/", blank=True)
    opus = models.FileField(upload_to="clips/", blank=True)
    samples = models.PositiveIntegerField(null=True, blank=True, help_text="Per channel, at 44.1 kHz.")
    sounding = models.FloatField(null=True, blank=True, help_text="Seconds until the last sound; silence follows.")
    loudness = models.FloatField(null=True, blank=True, help_text="LUFS, integrated (BS.1770).")
    true_peak = models.FloatField(null=True, blank=True, help_text="dBTP.")
    rendered = models.DateTimeField(null=True, blank=True)
    measured = models.JSONField(
        default=dict,
        editable=False,
        help_text="What can be measured on its notes and sound; filled in when first asked.",
    )
    originality = models.JSONField(
        default=dict,
        editable=False,
        help_text="What it shares with a corpus, by the corpus's fingerprint; filled in when asked.",
    )
    retired = models.BooleanField(default=False, help_text="Not used for new surveys.")
    created = models.DateTimeField(auto_now_add=True)

    objects = ClipQuerySet.as_manager()

    class Meta:
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="clip_number_in_source"),
            models.UniqueConstraint(fields=["source", "content_sha256"], name="clip_once_in_source"),
        ]

    def __str__(self):
        return f"{self.source} {self.number}"

    def get_absolute_url(self):
        return reverse("generation:clip", args=[self.source.study.slug, self.source.slug, self.number])

    @property
    def seconds(self) -> float | None:
        return self.samples / 44_100 if self.samples else None
