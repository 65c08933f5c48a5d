"""Keeping background work honest: workers say that they live, and what a dead one left is taken up again."""

import threading

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from studio.models import Worker

HEARTBEAT_SECONDS = 10
# A task that has taken three workers with it will take the fourth as well.
MOST_ATTEMPTS = 3


class Heartbeat:
    """Says "here" from a thread of its own while the worker works; its row goes when it ends in good order."""

    def __init__(self, name: str, every: float = HEARTBEAT_SECONDS):
        self.name, self.every = name, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self):
        Worker.objects.update_or_create(name=self.name, defaults={"seen": timezone.now()})
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        self._thread.join(timeout=2)
        Worker.objects.filter(name=self.name).delete()

    def _beat(self) -> None:
        while not self._stop.wait(self.every):
            Worker.objects.filter(name=self.name).update(seen=timezone.now())
            take_up_abandoned_tasks()
        connection.close()


@transaction.atomic
def take_up_abandoned_tasks() -> int:
    """Put tasks whose worker has fallen silent back into the queue; how many."""
    alive = set(Worker.objects.alive().values_list("name", flat=True))
    abandoned = [
        task for task in DBTaskResult.objects.running() if not task.worker_ids or task.worker_ids[-1] not in alive
    ]
    for task in abandoned:
        if len(task.worker_ids) >= MOST_ATTEMPTS:
            task.set_failed(RuntimeError(f"Given up: {MOST_ATTEMPTS} workers ended while they did this."))
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])
    Worker.objects.exclude(name__in=alive).delete()
    return len(abandoned)
