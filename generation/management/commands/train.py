from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from generation.catalogue.lookup import find_corpus
from generation.catalogue.runs import train_run
from generation.management.catalogue_command import CatalogueCommand
from studies.management.study_command import seed
from studies.models import Study


class Command(CatalogueCommand):
    help = _("Train a network on a corpus. Stop with Ctrl-C and continue with --resume.")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("corpus", help=_("name of the corpus"))
        parser.add_argument("--preset", required=True, help=_("paper, house, shuffled and so on"))
        parser.add_argument("--name", required=True, help=_("name of the training run"))
        parser.add_argument(
            "--set",
            nargs="+",
            action="extend",
            default=[],
            metavar="KEY=VALUE",
            help=_("values that differ from the preset: epochs=5 window=50"),
        )
        parser.add_argument("--seed", type=seed, default=1, help=_("the same seed gives the same network (default: 1)"))
        parser.add_argument("--resume", action="store_true", help=_("continue a training run that was stopped"))

    def act(
        self, study: Study, *, corpus: str, preset: str, name: str, seed: int, resume: bool, **options: Any
    ) -> None:
        values: dict[str, str] = {}
        for pair in options["set"]:
            key, equals, value = (part.strip() for part in pair.partition("="))
            if not equals:
                raise CommandError(
                    _('"%(text)s" is not KEY=VALUE. Write, for example: --set epochs=5 window=50') % {"text": pair}
                )
            if values.setdefault(key, value) != value:
                raise CommandError(
                    _(
                        "%(key)s has two values, %(first)s and %(second)s. Give it one value, or try several with "
                        "manage.py sweep."
                    )
                    % {"key": key, "first": values[key], "second": value}
                )
        with tqdm(leave=False, file=self.stderr._out, disable=None, unit=_("epochs"), bar_format=BAR) as bar:
            trained = train_run(
                study,
                find_corpus(study, corpus),
                preset=preset,
                name=name,
                values=values,
                seed=seed,
                resume=resume,
                report=lambda progress: _show(bar, progress),
            )
        self.conclude(trained)


BAR = "{l_bar}{bar}| {n:.1f}/{total} {unit}, {elapsed}/{postfix}"


def _show(bar: tqdm, progress: Any) -> None:
    bar.total = progress.epochs
    losses = _("loss %(loss)s") % {"loss": f"{progress.loss:.3f}"}
    if progress.validation_loss is not None:
        losses += ", " + _("validation loss %(loss)s") % {"loss": f"{progress.validation_loss:.3f}"}
    minutes, seconds = divmod(round(progress.seconds + progress.seconds_left), 60)
    bar.set_postfix_str(f"{minutes:02d}:{seconds:02d}, {losses}", refresh=False)
    bar.n = round(progress.epoch, 2)
    bar.refresh()
