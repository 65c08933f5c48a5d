import time
from math import isfinite
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.lookup import find_corpus
from generation.catalogue.sweeps import plan_sweep
from generation.job_requests import send_trainings
from generation.management.catalogue_command import CatalogueCommand
from generation.models import Run
from studies.management.study_command import seed
from studies.models import Study

LOOK_EVERY = 2  # seconds


class Command(CatalogueCommand):
    help = _(
        "Train one network for each combination of values, in the background, on all running workers, and compare them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("corpus", help=_("name of the corpus"))
        parser.add_argument("--preset", required=True, help=_("paper, house and so on"))
        parser.add_argument(
            "--grid",
            nargs="+",
            action="extend",
            required=True,
            metavar="KEY=A,B",
            help=_("values to try: epochs=5,10,20 window=50,100"),
        )
        parser.add_argument(
            "--seeds",
            type=seeds_of,
            default=(1,),
            help=_("train each combination once with each of these seeds: 1,2,3 (default: 1)"),
        )
        parser.add_argument(
            "--name", default="", help=_("start of the names of the training runs (default: the preset)")
        )
        parser.add_argument("--no-wait", action="store_true", help=_("do not wait for the training runs to finish"))

    def act(
        self,
        study: Study,
        *,
        corpus: str,
        preset: str,
        name: str,
        seeds: tuple[int, ...],
        no_wait: bool,
        **options: Any,
    ) -> None:
        grid = grid_of(options["grid"])
        runs = plan_sweep(study, find_corpus(study, corpus), preset=preset, grid=grid, seeds=seeds, name=name)
        waiting = send_trainings(runs)
        self.stdout.write(
            _("%(waiting)d of %(total)d training runs are waiting for a worker. To start one: manage.py worker")
            % {"waiting": len(waiting), "total": len(runs)}
        )
        if not no_wait:
            self.watch(runs)
            self.say(table(runs))
        words = "&".join(f"run={run.slug}" for run in runs)
        address = f"{reverse('generation:runs_compared', args=[study.slug])}?{words}"
        self.stdout.write(_("Learning curves: %(address)s") % {"address": address})
        if failed := [run for run in runs if run.state == Run.State.FAILED]:
            raise CommandError(
                ngettext(
                    "%(count)d training run failed. The table shows which one, and its page the reason.",
                    "%(count)d training runs failed. The table shows which ones, and their pages the reasons.",
                    len(failed),
                )
                % {"count": len(failed)}
            )

    def watch(self, runs: list[Run]) -> None:
        """Print when each run starts and ends; Ctrl-C leaves the workers at work."""
        shown: dict[int, str] = {}
        try:
            while True:
                for run in runs:
                    run.refresh_from_db()
                    if shown.get(run.pk) not in (run.state, None) or (run.pk not in shown and not run.is_going_on):
                        self.stdout.write(
                            f"{run}: {run.get_state_display()}{f' ({run.message})' if run.message else ''}"
                        )
                    shown[run.pk] = run.state
                if not any(run.is_going_on for run in runs):
                    return
                time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            self.stdout.write(_("The workers continue. Run the same command again to see their progress."))


def grid_of(pairs: list[str]) -> dict[str, list[str]]:
    """The values to try of each key; those of a key that appears twice are put together."""
    grid: dict[str, list[str]] = {}
    for typed in pairs:
        key, equals, values = typed.partition("=")
        choices = [value.strip() for value in values.split(",") if value.strip()]
        if not equals or not choices:
            raise CommandError(
                _('"%(text)s" is not KEY=A,B. Write, for example: --grid epochs=5,10,20 window=50,100')
                % {"text": typed}
            )
        grid[key.strip()] = list(dict.fromkeys([*grid.get(key.strip(), []), *choices]))
    return grid


def seeds_of(typed: str) -> tuple[int, ...]:
    return tuple(map(seed, typed.split(",")))


def table(runs: list[Run]) -> list[str]:
    """The best evaluation of each, as text; losses in nats on held-out pieces."""
    rows = [(_("run"), _("state"), _("best epoch"), _("seconds"), _("loss per token"), _("loss per note"))]
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
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
