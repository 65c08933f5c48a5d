"""A process says that it lives, from a thread of its own, and so for each job that it runs."""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from jobs.models import Job

log = logging.getLogger(__name__)


def beat_every() -> float:
    """Seconds: four beats may be missed before a process counts as silent."""
    return settings.JOB_SILENCE / 4.5


class Heartbeat:
    """While it is entered, the jobs of the process named `name` have a beating heart. `also` is done at each beat."""

    def __init__(self, name: str, also: Callable[[], None] = lambda: None, every: float | None = None):
        self.name, self.also, self.every = name, also, every or beat_every()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        self._thread.join(timeout=2)

    def _beat(self) -> None:
        while not self._stop.wait(self.every):
            try:
                Job.objects.filter(worker=self.name, state=Job.State.RUNNING).update(heartbeat=timezone.now())
                self.also()
            except DatabaseError:  # a database that is busy or away for a moment: the next beat may reach it
                log.warning("A heartbeat of %s did not reach the database.", self.name, exc_info=True)
                connection.close()
        connection.close()
