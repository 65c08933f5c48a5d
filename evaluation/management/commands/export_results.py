from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.answers import snapshots
from evaluation.management.package_output import PackageOutput
from evaluation.package.archive import ExportError, check_target, write_text
from evaluation.pipeline import evaluate_snapshot, measure_clips
from evaluation.preregistration import supplement_of, text_of
from studies.management.study_command import StudyCommand
from surveys.lookup import find_survey


class Command(PackageOutput, StudyCommand):
    help = _(
        "Write the data package of a survey (answers, results, charts, scripts that repeat the analysis) to a new "
        "folder or zip file. Without kaleido and Chromium the figures are left out, and README.txt says so."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))
        parser.add_argument("--rehearsal", action="store_true", help=_("export the answers of simulated participants"))
        parser.add_argument(
            "--preregistration", action="store_true", help=_("write only the preregistration, as Markdown")
        )
        self.add_package_arguments(parser)

    def act(self, study, *, survey, out, preregistration, **options):
        survey = find_survey(study, survey)
        if preregistration:
            write_text(text_of(survey), out)
            self.stdout.write(_("Wrote the preregistration to %(out)s.") % {"out": out})
        else:
            check_target(out)
            self.write_package(survey, out, **options)

    def write_package(self, survey, out, *, rehearsal, without_figures, without_models, without_flagged, **options):
        measure_clips(survey)
        snapshot = snapshots.take(survey, rehearsal=rehearsal)
        evaluation = evaluate_snapshot(snapshot, without_flagged=without_flagged) if snapshot else None
        if evaluation is None:
            raise ExportError(explain_empty(survey, rehearsal))
        evaluation = evaluation if without_models else evaluation.fit()
        with self.progress() as progress:
            supplement = supplement_of(survey)
            files = evaluation.files(supplement=supplement, pictures=not without_figures, progress=progress)
        self.write_files(files, out, pictures=not without_figures)
        number = len(evaluation.table)
        message = ngettext("It contains %(number)s answer.", "It contains %(number)s answers.", number)
        self.stdout.write(message % {"number": f"{number:,}"})


def explain_empty(survey, rehearsal: bool) -> str:
    if rehearsal:
        message = _('"%(survey)s" has not been rehearsed yet. Run: manage.py rehearse %(slug)s --listeners 30')
        return message % {"survey": survey, "slug": survey.slug}
    message = _('Nobody has answered "%(survey)s" yet.') % {"survey": survey}
    hint = _(" To export its rehearsal, add --rehearsal.") if survey.participants.robots().exists() else ""
    return message + hint
