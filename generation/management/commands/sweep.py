import time
from math import isfinite

from django.core.management.base import CommandError
from django.urls import reverse

from generation.catalogue.lookup import find_corpus
from generation.catalogue.sweeps import plan_sweep
from generation.errands import send_all_to_train
from generation.management.catalogue_command import CatalogueCommand
from generation.models import Run
from studies.management.study_command import seed

LOOK_EVERY = 2  # seconds


class Command(CatalogueCommand):
    help = "Train a grid of runs in the background, on as many workers as there are, and compare them."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("corpus")
        parser.add_argument("--preset", required=True, help="paper, house ...")
        parser.add_argument(
            "--grid", nargs="+", action="extend", required=True, metavar="KEY=A,B", help="epochs=5,10,20 window=50,100"
        )
        parser.add_argument("--seeds", type=seeds_of, default=(1,), help="each point once for each of them: 1,2,3")
        parser.add_argument("--name", default="", help="what the names of the runs begin with; default: the preset")
        parser.add_argument("--no-wait", action="store_true", help="leave it to the workers and end at once")

    def act(self, study, *, corpus, preset, name, seeds, no_wait, **options):
        grid = grid_of(options["grid"])
        runs = plan_sweep(study, find_corpus(study, corpus), preset=preset, grid=grid, seeds=seeds, name=name)
        waiting = send_all_to_train(runs)
        self.stdout.write(f"{len(runs)} runs, {len(waiting)} of them sent to the workers (manage.py worker is one).")
        if not no_wait:
            self.watch(runs)
            self.say(table(runs))
        words = "&".join(f"run={run.slug}" for run in runs)
        self.stdout.write(f"Compared with curves: {reverse('generation:runs_compared', args=[study.slug])}?{words}")
        if failed := [run for run in runs if run.state == Run.State.FAILED]:
            raise CommandError(f"{len(failed)} of the runs failed; the table says which, their pages say why.")

    def watch(self, runs: list[Run]) -> None:
        """Say of each run when it begins and ends; Ctrl-C leaves the workers at work."""
        said: dict[int, str] = {}
        try:
            while True:
                for run in runs:
                    run.refresh_from_db()
                    run.settle()
                    if said.get(run.pk) not in (run.state, None) or (run.pk not in said and not run.is_going_on):
                        self.stdout.write(
                            f"{run}: {run.get_state_display()}{f' ({run.message})' if run.message else ''}"
                        )
                    said[run.pk] = run.state
                if not any(run.is_going_on for run in runs):
                    return
                time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            self.stdout.write("The workers go on; the same command again shows how far they are.")


def grid_of(pairs: list[str]) -> dict[str, list[str]]:
    """The values to try of each key; those of a key that stands twice are put together."""
    grid: dict[str, list[str]] = {}
    for typed in pairs:
        key, equals, values = typed.partition("=")
        found = [value.strip() for value in values.split(",") if value.strip()]
        if not equals or not found:
            raise CommandError(f'"{typed}" is no KEY=A,B; write --grid epochs=5,10,20 window=50,100')
        grid[key.strip()] = list(dict.fromkeys([*grid.get(key.strip(), []), *found]))
    return grid


def seeds_of(typed: str) -> tuple[int, ...]:
    return tuple(map(seed, typed.split(",")))


def table(runs: list[Run]) -> list[str]:
    """The best evaluation of each, as text; losses in nats on held-out pieces."""
    rows = [("run", "state", "at epoch", "seconds", "a token", "a note")]
    for run in runs:
        best = run.best()
        numbers = ("epoch", "seconds", "validation_loss", "nats_per_note")
        forms = ("{:g}", "{:.0f}", "{:.3f}", "{:.3f}")
        shown = [
            form.format(best[key]) if best and isfinite(best[key]) else "-"
            for key, form in zip(numbers, forms, strict=True)
        ]
        rows.append((run.name, run.get_state_display(), *shown))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
