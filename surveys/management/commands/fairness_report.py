from pathlib import Path

from django.core.management.base import CommandError

from generation.catalogue.fairness import clips_of, compare_clips, report_csv, report_html
from generation.catalogue.lookup import find_source
from studies.management.study_command import StudyCommand
from surveys.fairness import compare_survey_clips
from surveys.lookup import find_survey

FORMS = {".html": report_html, ".csv": lambda found, of: report_csv(found)}


class Command(StudyCommand):
    help = "Do the clips of the models differ in level, length, density or the like? In sentences, and as a file."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--sources", default="", help="names or slugs of the models, with commas; all if left out")
        parser.add_argument("--survey", default="", help="only the clips of this survey, by name or slug")
        parser.add_argument("--out", default="", help="a file: .html for the report, .csv for its numbers")

    def act(self, study, *, sources, survey, out, **options):
        if survey:
            found = find_survey(study, survey)
            told, of = compare_survey_clips(found), found.name
        else:
            names = [name.strip() for name in sources.split(",") if name.strip()]
            chosen = [find_source(study, name) for name in names] or study.sources.all()
            told, of = compare_clips(clips_of(chosen)), study.name
        self.say([f"Left out: {complaint}" for complaint in told.complaints])
        self.say([f"{len(told.clips)} clips of {len(told.sources)} models compared."])
        self.say([*told.report.warnings, *(finding.sentence for finding in told.report.differing)])
        if not told.report.differing:
            self.say(["Nothing that was measured differs between the models by more than chance would give."])
        if out:
            path = Path(out)
            if path.suffix not in FORMS:
                raise CommandError(f"{path.name} is to end in .html (the report) or .csv (its numbers).")
            path.write_text(FORMS[path.suffix](told, of=of), encoding="utf-8")
