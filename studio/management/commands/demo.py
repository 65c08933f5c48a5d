import sys
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from studies.errors import EarwitnessError
from studio import server
from studio.demonstration import Demonstration, prepare


class Command(BaseCommand):
    help = _("Create a real study, rehearse it, and serve it with a worker until Ctrl-C. A second run takes seconds.")

    def add_arguments(self, parser):
        parser.add_argument("--corpus", default="music21:bach", help=_("folder, zip file, URL, pop909, music21:..."))
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help=_("create the study without serving it"))

    def handle(self, *args, corpus, port, prepare_only, **options):
        if not prepare_only and not server.port_is_free(port):
            raise CommandError(_("Port %(port)d is in use. Choose another: PORT=8001.") % {"port": port})
        server.prepare()
        try:
            with bar() as progress:
                demonstration = prepare(corpus, say=lambda step: tqdm.write(step, file=sys.stdout), progress=progress)
        except EarwitnessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Run the same command to continue from here."), returncode=130) from None
        if prepare_only:
            self.announce(demonstration, port)
            return
        sys.exit(server.serve(port, ready=lambda: self.announce(demonstration, port)))

    def announce(self, demonstration: Demonstration, port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        survey, study = demonstration.survey, f"{address}{demonstration.study.get_absolute_url()}"
        self.stdout.write(
            f"\n  Take part     {address}{survey.get_absolute_url()}"
            f"\n  The studio    {study}"
            f"\n                user {demonstration.user}, password {demonstration.password}"
            f"\n  Results       {study}surveys/{survey.slug}/results/?rehearsal=1"
            "\n\n  Ctrl-C stops the server. Your data is kept.\n"
        )
        self.stdout.flush()


@contextmanager
def bar():
    """A progress bar for the present step."""
    with tqdm(leave=False, disable=None, bar_format="{l_bar}{bar}| {n}/{total} {unit}") as line:

        def progress(done: int, total: int, what: str) -> None:
            line.total, line.unit, line.n = total or None, what, done
            line.refresh()

        yield progress
