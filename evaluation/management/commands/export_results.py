from pathlib import Path

from evaluation.answers import collect
from evaluation.package.contents import files_of
from evaluation.package.writing import ExportError, check_target, write
from evaluation.results import conclude, work_out
from studies.management.study_command import StudyCommand
from surveys.management.survey_command import find_survey
from surveys.recipes import SurveyError


class Command(StudyCommand):
    help = (
        "Write the answers, results and charts of a survey into a new folder or a zip. Without a browser or kaleido on "
        "this machine the figures are left out, and README.txt says so."
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

    def act(self, study, *, survey, out, rehearsal, without_figures, without_models, without_flagged, **options):
        found = find_survey(study, survey)
        check_target(out)
        collected = collect(found, rehearsal=rehearsal)
        if not len(collected):
            raise ExportError(nobody(found, rehearsal))
        results = work_out(collected, without_flagged=without_flagged)
        analysis = None if without_models else conclude(results)
        files = files_of(results, pictures=not without_figures, analysis=analysis)
        write(files, out)
        self.stdout.write(f"{len(collected):,} answers and their results are in {out} ({len(files)} files).")
        if not without_figures and not any(name.endswith(".svg") for name in files):
            self.stdout.write("The figures could not be drawn here; README.txt in it says why.")


def nobody(survey, rehearsal: bool) -> str:
    if rehearsal:
        return f'There is no rehearsal of "{survey}" yet: manage.py rehearse {survey.slug} --listeners 30'
    robots = " There is a rehearsal: add --rehearsal." if survey.participants.robots().exists() else ""
    return f'Nobody has answered "{survey}" yet.{robots}'
