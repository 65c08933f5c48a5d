"""Which workers are alive, so that the studio can say so and take up what a killed one left."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

# A worker says "here" every few seconds; after this long without a word it is taken for dead.
SILENCE = timedelta(seconds=45)


class WorkerQuerySet(models.QuerySet):
    def alive(self):
        return self.filter(seen__gt=timezone.now() - SILENCE)


class Worker(models.Model):
    name = models.CharField(max_length=64, unique=True)
    started = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(default=timezone.now)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["started"]

    def __str__(self):
        return self.name
