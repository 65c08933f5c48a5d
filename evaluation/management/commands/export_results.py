from pathlib import Path

from evaluation.answers import snapshots
from evaluation.answers.clip_measures import measure
from evaluation.package.archive import ExportError, check_target, write, write_text
from evaluation.package.build import beside
from evaluation.package.contents import files_of
from evaluation.package.pair_package import files_of_pairs
from evaluation.preregistration import text_of
from evaluation.statistics.pair_results import describe_pairs
from evaluation.statistics.rating_results import describe_ratings, fit_models
from studies.management.study_command import StudyCommand
from surveys.management.survey_command import find_survey
from surveys.survey_templates import SurveyError


class Command(StudyCommand):
    help = (
        "Write the package of a survey (answers, results, charts, scripts that repeat them) into a new folder or zip. "
        "Without a browser or kaleido on this machine the figures are left out, and README.txt says so."
    )
    errors = (ExportError, SurveyError)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")
        parser.add_argument("--out", type=Path, required=True, help="a new folder, or a file that ends in .zip")
        parser.add_argument("--rehearsal", action="store_true", help="what robots said; stamped on every figure")
        parser.add_argument("--without-figures", action="store_true", help="no browser is started")
        parser.add_argument("--without-models", action="store_true", help="description only, without mixed models")
        parser.add_argument("--without-flagged", action="store_true", help="leave out listeners with a flag")
        parser.add_argument(
            "--preregistration", action="store_true", help="only what is planned, as text: before the first answer"
        )

    def act(self, study, *, survey, out, preregistration, **options):
        found = find_survey(study, survey)
        if preregistration:
            write_text(text_of(found), out)
            self.stdout.write(f"The plan is in {out}.")
        else:
            check_target(out)
            self.write_package(found, out, **options)

    def write_package(self, survey, out, *, rehearsal, without_figures, without_models, without_flagged, **options):
        if survey.compares:
            return self.write_pairs(survey, out, rehearsal, without_figures, without_flagged)
        measure(survey)
        snapshot = snapshots.take(survey, rehearsal=rehearsal)
        answer_table = snapshots.read(snapshot) if snapshot else ()
        if not len(answer_table):
            raise ExportError(nobody(survey, rehearsal))
        results = describe_ratings(answer_table, without_flagged=without_flagged)
        analysis = None if without_models else fit_models(results)
        with self.progress() as progress:
            more = {"analysis": analysis, "beside": beside(survey), "progress": progress}
            files = files_of(results, pictures=not without_figures, **more)
        return self.write_files(files, out, f"{len(answer_table):,} answers", figures=not without_figures)

    def write_pairs(self, survey, out, rehearsal: bool, without_figures: bool, without_flagged: bool) -> None:
        snapshot = snapshots.take(survey, rehearsal=rehearsal)
        pairs = snapshots.read_pairs(snapshot) if snapshot else ()
        if not len(pairs):
            raise ExportError(nobody(survey, rehearsal))
        results = describe_pairs(pairs, without_flagged=without_flagged)
        files = files_of_pairs(results, pictures=not without_figures, preregistration=text_of(survey))
        self.write_files(files, out, f"{len(pairs):,} choices", figures=not without_figures)

    def write_files(self, files, out, what: str, *, figures: bool) -> None:
        write(files, out)
        self.stdout.write(f"{what} and their results are in {out} ({len(files)} files).")
        if figures and not any(name.endswith(".svg") for name in files):
            self.stdout.write("The figures could not be drawn here; README.txt in it says why.")


def nobody(survey, rehearsal: bool) -> str:
    if rehearsal:
        return f'There is no rehearsal of "{survey}" yet: manage.py rehearse {survey.slug} --listeners 30'
    robots = " There is a rehearsal: add --rehearsal." if survey.participants.robots().exists() else ""
    return f'Nobody has answered "{survey}" yet.{robots}'
