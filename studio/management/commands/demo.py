import sys
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from studies.errors import EarwitnessError
from studio import server
from studio.demonstration import prepare


class Command(BaseCommand):
    help = "Prepare a real study, rehearse it and serve it with a worker until Ctrl-C. The second time takes seconds."

    def add_arguments(self, parser):
        parser.add_argument("--corpus", default="music21:bach", help="a folder, zip, address, pop909 or music21:...")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="make the study, serve nothing")

    def handle(self, *args, corpus, port, prepare_only, **options):
        if not prepare_only and not server.port_is_free(port):
            raise CommandError(f"Something is served at port {port} already: choose another one with PORT=8001.")
        server.prepare()
        try:
            with bar() as progress:
                made = prepare(corpus, say=lambda step: tqdm.write(step, file=sys.stdout), progress=progress)
        except EarwitnessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped; the same command goes on from here.", returncode=130) from None
        if prepare_only:
            self.announce(made, port)
            return
        sys.exit(server.serve(port, ready=lambda: self.announce(made, port)))

    def announce(self, made, port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        self.stdout.write(
            f"\n  Take part     {address}{made.survey.get_absolute_url()}"
            f"\n  The studio    {address}{made.study.get_absolute_url()}"
            f"\n                user {made.user}, password {made.password}"
            f"\n  Results       {address}{made.study.get_absolute_url()}surveys/{made.survey.slug}/results/?rehearsal=1"
            "\n\n  Ctrl-C ends it; what you make is kept.\n"
        )
        self.stdout.flush()


@contextmanager
def bar():
    """One line that shows how far the present step is."""
    with tqdm(leave=False, disable=None, bar_format="{l_bar}{bar}| {n}/{total} {unit}") as line:

        def progress(done: int, total: int, what: str) -> None:
            line.total, line.unit, line.n = total or None, what, done
            line.refresh()

        yield progress
