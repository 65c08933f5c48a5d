import sys

from django.core.management.base import BaseCommand, CommandError

from studio import server


class Command(BaseCommand):
    help = "Serve Earwitness on this machine, with a worker for background jobs, until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, **options):
        if not server.port_is_free(port):
            raise CommandError(f"Port {port} is already in use. Choose another one, for example --port {port + 1}.")
        server.prepare()
        address = f"http://127.0.0.1:{port}/"
        sys.exit(server.serve(port, ready=lambda: self.announce(address)))

    def announce(self, address: str) -> None:
        self.stdout.write(f"\n  Earwitness is running at {address}\n  Press Ctrl-C to stop.\n")
        self.stdout.flush()
