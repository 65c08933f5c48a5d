from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from evaluation.answers.ratings_file import RatingsError, read_ratings, read_scale
from evaluation.package.archive import ExportError, check_target, write
from evaluation.package.contents import files_of
from evaluation.statistics.rating_results import describe_ratings, fit_models


class Command(BaseCommand):
    help = (
        "Analyse ratings collected elsewhere: a CSV with one row for each participant and clip and the columns "
        "participant, clip, source, origin (human, ai or anchor), verdict (human, ai or empty) and the aspects."
    )

    def add_arguments(self, parser):
        parser.add_argument("ratings", type=Path, help="the CSV file")
        parser.add_argument("--out", type=Path, required=True, help="a new folder, or a file that ends in .zip")
        parser.add_argument("--aspects", required=True, help="the columns that hold ratings, as enjoyment,complexity")
        parser.add_argument("--scale", default="1-5", help="lowest and highest rating (default 1-5)")
        parser.add_argument("--rehearsal", action="store_true", help="stamp every figure: no people answered")
        parser.add_argument("--seed", type=int, help="of the bootstrap (default: made from the ratings)")
        parser.add_argument("--without-figures", action="store_true", help="no browser is started")
        parser.add_argument("--without-models", action="store_true", help="description only, without mixed models")
        parser.add_argument("--without-flagged", action="store_true", help="leave out listeners with a flag")

    def handle(self, *args, out, without_figures, **options):
        try:
            check_target(out)
            results = self.results(**options)
            analysis = None if options["without_models"] else fit_models(results)
            files = files_of(results, pictures=not without_figures, analysis=analysis)
            write(files, out)
        except (RatingsError, ExportError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(results.table):,} rows and their results are in {out} ({len(files)} files).")
        if not without_figures and not any(name.endswith(".svg") for name in files):
            self.stdout.write("The figures could not be drawn here; README.txt in it says why.")

    def results(self, *, ratings, aspects, scale, rehearsal, seed, without_flagged, **options):
        names = [name.strip() for name in aspects.split(",") if name.strip()]
        answer_table = read_ratings(ratings, names, scale=read_scale(scale), rehearsal=rehearsal)
        return describe_ratings(answer_table, seed=seed, without_flagged=without_flagged)
