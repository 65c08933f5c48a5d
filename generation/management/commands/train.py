from django.core.management.base import CommandError
from tqdm import tqdm

from generation.catalogue.lookup import find_corpus
from generation.catalogue.runs import train_run
from generation.management.catalogue_command import CatalogueCommand
from studies.management.study_command import seed


class Command(CatalogueCommand):
    help = "Train a network on a corpus. Ctrl-C stops it, and --resume goes on."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("corpus")
        parser.add_argument("--preset", required=True, help="paper, house, shuffled ...")
        parser.add_argument("--name", required=True, help="what the run is called")
        parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="epochs=5 ...")
        parser.add_argument("--seed", type=seed, default=1)
        parser.add_argument("--resume", action="store_true", help="go on where it was stopped")

    def act(self, study, *, corpus, preset, name, seed, resume, **options):
        values = {}
        for pair in options["set"]:
            key, equals, value = (part.strip() for part in pair.partition("="))
            if not equals:
                raise CommandError(f'"{pair}" is no KEY=VALUE; write --set epochs=5 window=50')
            if values.setdefault(key, value) != value:
                raise CommandError(
                    f"{key} is {values[key]} and {value}; give it one value, or several to manage.py sweep."
                )
        with tqdm(leave=False, file=self.stderr._out, disable=None, unit="epoch", bar_format=BAR) as bar:
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


BAR = "{l_bar}{bar}| {n:.1f} of {total} epochs, {elapsed} of {postfix}"


def _show(bar: tqdm, progress) -> None:
    bar.total = progress.epochs
    held_out = "" if progress.validation_loss is None else f", held out {progress.validation_loss:.3f}"
    minutes, seconds = divmod(round(progress.seconds + progress.seconds_left), 60)
    bar.set_postfix_str(f"{minutes:02d}:{seconds:02d}, loss {progress.loss:.3f}{held_out}", refresh=False)
    bar.n = round(progress.epoch, 2)
    bar.refresh()
