from argparse import RawDescriptionHelpFormatter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studies.management.study_command import StudyCommand, seed
from surveys.lookup import find_survey
from surveys.rehearsal import tastes
from surveys.rehearsal.robots import delete_rehearsals, rehearse


class Command(StudyCommand):
    help = (
        "Let simulated participants with known tastes take a survey, which may be a draft. They are marked and never "
        "mixed with people. The same values add nothing.\n\n" + (tastes.__doc__ or "")
    )

    def create_parser(self, *args, **kwargs):
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help=_("name or slug"))
        parser.add_argument("--listeners", type=int, default=30, help=_("number of simulated participants"))
        parser.add_argument("--seed", type=seed, default=1, help=_("of their answers"))
        parser.add_argument("--taste", help=_("a JSON file, described above"))
        parser.add_argument("--afresh", action="store_true", help=_("delete all rehearsal data of the survey first"))

    def act(self, study, *, survey, listeners, seed, taste, afresh, **options):
        row = find_survey(study, survey)
        chosen = tastes.DEFAULT
        if taste:
            chosen = tastes.read_tastes(
                taste,
                sources=study.sources.values_list("name", flat=True),
                aspects=row.aspects.values_list("key", flat=True),
            )
        if afresh:
            number = delete_rehearsals(row)
            self.stdout.write(
                ngettext(
                    "Deleted %(number)d simulated participant.", "Deleted %(number)d simulated participants.", number
                )
                % {"number": number}
            )
        with self.progress() as progress:
            result = rehearse(row, listeners=listeners, seed=seed, tastes=chosen, progress=progress)
        if result.added:
            self.stdout.write(
                ngettext(
                    '%(number)d simulated participant took the survey "%(survey)s".',
                    '%(number)d simulated participants took the survey "%(survey)s".',
                    result.added,
                )
                % {"number": result.added, "survey": row}
            )
        else:
            self.stdout.write(
                _('These simulated participants have already taken the survey "%(survey)s".') % {"survey": row}
            )
