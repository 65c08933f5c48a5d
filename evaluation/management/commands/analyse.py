from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.answers.ratings_file import read_ratings, read_scale
from evaluation.instruments.registry import RATINGS
from evaluation.management.package_output import PackageOutput
from evaluation.package.archive import check_target
from evaluation.pipeline import Evaluation, evaluate_table
from studies.errors import EarwitnessError


class Command(PackageOutput, BaseCommand):
    help = _(
        "Analyse ratings collected elsewhere. The CSV has one row per participant and clip, and the columns "
        "participant, clip, source, origin (human, ai or anchor), verdict (human, ai or empty) and one per aspect."
    )

    def add_arguments(self, parser):
        parser.add_argument("ratings", type=Path, help=_("the CSV file"))
        parser.add_argument("--aspects", required=True, help=_("the rating columns, for example enjoyment,complexity"))
        parser.add_argument("--scale", default="1-5", help=_("lowest and highest rating (default 1-5)"))
        parser.add_argument("--rehearsal", action="store_true", help=_("mark every figure as a rehearsal"))
        parser.add_argument("--seed", type=int, help=_("random seed of the bootstrap (default: derived from the data)"))
        self.add_package_arguments(parser)

    def handle(self, *args, out, without_figures, without_models, **options):
        try:
            check_target(out)
            evaluation = self.evaluate(**options)
            evaluation = evaluation if without_models else evaluation.fit()
            files = evaluation.files(pictures=not without_figures)
            rows = len(evaluation.table)
            self.write_files(files, out, pictures=not without_figures)
        except EarwitnessError as error:
            raise CommandError(str(error)) from error
        message = ngettext("Analysed %(rows)s row.", "Analysed %(rows)s rows.", rows)
        self.stdout.write(message % {"rows": f"{rows:,}"})

    def evaluate(self, *, ratings, aspects, scale, rehearsal, seed, without_flagged, **options) -> Evaluation:
        names = [name.strip() for name in aspects.split(",") if name.strip()]
        table = read_ratings(ratings, names, scale=read_scale(scale), rehearsal=rehearsal)
        return evaluate_table(RATINGS, table, seed=seed, without_flagged=without_flagged)
