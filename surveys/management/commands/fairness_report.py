from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from generation.catalogue.fairness import clips_of, compare_clips, report_csv, report_html
from generation.catalogue.lookup import find_source
from studies.management.study_command import StudyCommand
from surveys.fairness import compare_survey_clips
from surveys.lookup import find_survey

FORMS = {".html": report_html, ".csv": lambda comparison, of: report_csv(comparison)}


class Command(StudyCommand):
    help = _("Report whether the clips of the models differ in level, length, density and so on.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--sources", default="", help=_("names or slugs, separated by commas; default: all models"))
        parser.add_argument("--survey", default="", help=_("only the clips of this survey, by name or slug"))
        parser.add_argument("--out", default="", help=_("a file: .html for the report, .csv for its numbers"))

    def act(self, study, *, sources, survey, out, **options):
        if survey:
            row = find_survey(study, survey)
            comparison, name = compare_survey_clips(row), row.name
        else:
            names = [name.strip() for name in sources.split(",") if name.strip()]
            chosen = [find_source(study, name) for name in names] or study.sources.all()
            comparison, name = compare_clips(clips_of(chosen)), study.name
        self.say([_("Left out: %(reason)s") % {"reason": complaint} for complaint in comparison.complaints])
        values = {"clips": len(comparison.clips), "models": len(comparison.sources)}
        self.say([_("Compared %(clips)d clips of %(models)d models.") % values])
        self.say([*comparison.report.warnings, *(finding.sentence for finding in comparison.report.differing)])
        if not comparison.report.differing:
            self.say([_("No measured value differs between the models by more than chance would explain.")])
        if out:
            path = Path(out)
            if path.suffix not in FORMS:
                raise CommandError(
                    _("%(file)s must end in .html (the report) or .csv (its numbers).") % {"file": path.name}
                )
            path.write_text(FORMS[path.suffix](comparison, of=name), encoding="utf-8")
