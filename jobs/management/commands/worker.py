import os
import socket
import time

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from jobs import queue, registry, runner
from jobs.heartbeat import Heartbeat
from jobs.models import Worker

DAY = 24 * 3600  # seconds


class Command(BaseCommand):
    help = "Run background jobs (training, rendering, rehearsals ...) until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when no job is waiting")

    def handle(self, *args, once, **options):
        name = get_random_string(32)
        Worker.objects.create(name=name, host=socket.gethostname(), pid=os.getpid())
        self.pruned = 0.0
        try:
            with Heartbeat(name, also=lambda: self.care_for_the_others(name)):
                self.begin(name)
                self.work(name, once=once)
        finally:
            Worker.objects.filter(name=name).delete()

    def begin(self, name: str) -> None:
        taken_over = runner.take_over_abandoned() + queue.enqueue_forgotten()
        if taken_over:
            self.stdout.write(f"Resuming {taken_over} jobs that a stopped worker left.")
        self.care_for_the_others(name)
        for chore in registry.all_chores():
            for sentence in chore():
                self.stdout.write(sentence)

    def care_for_the_others(self, name: str) -> None:
        """Say that this worker lives, take over what silent ones left, and once a day clear the queue."""
        Worker.objects.update_or_create(name=name, defaults={"seen": timezone.now()})
        runner.take_over_abandoned()
        Worker.objects.exclude(pk__in=Worker.objects.alive()).delete()
        if not self.pruned or time.monotonic() - self.pruned > DAY:
            self.pruned = time.monotonic()
            queue.prune()

    def work(self, name: str, *, once: bool) -> None:
        worker = QueueWorker(
            queue_names=["*"],
            interval=0.5,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=name,
            excluded_queue_names=[],
        )
        worker.configure_signals()
        worker.run()
