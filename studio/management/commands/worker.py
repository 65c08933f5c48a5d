from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from generation.catalogue.orphaned_files import sweep_media
from studio.working import Heartbeat, take_up_abandoned_tasks


class Command(BaseCommand):
    help = "Do the studio's background work (training, rendering, rehearsals) until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when nothing waits any more")

    def handle(self, *args, once, **options):
        name = get_random_string(32)
        with Heartbeat(name):
            taken = take_up_abandoned_tasks()
            if taken:
                self.stdout.write(f"Taking up {taken} that a stopped worker left.")
            swept = sweep_media()
            if swept.files:
                self.stdout.write(swept.sentences()[0])
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
