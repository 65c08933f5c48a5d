from argparse import RawDescriptionHelpFormatter

from studies.management.study_command import StudyCommand, seed
from surveys.lookup import find_survey
from surveys.rehearsal import tastes
from surveys.rehearsal.robots import delete_rehearsals, rehearse


class Command(StudyCommand):
    help = (
        "Let robots with known tastes take a survey, a draft, too. They are marked and never mixed with people; the "
        "same values again add nothing.\n\n" + (tastes.__doc__ or "")
    )

    def create_parser(self, *args, **kwargs):
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("survey", help="name or slug")
        parser.add_argument("--listeners", type=int, default=30, help="how many robots")
        parser.add_argument("--seed", type=seed, default=1, help="of what they say")
        parser.add_argument("--taste", help="a JSON file, described above")
        parser.add_argument("--afresh", action="store_true", help="forget all robots of the survey first")

    def act(self, study, *, survey, listeners, seed, taste, afresh, **options):
        found = find_survey(study, survey)
        taken = tastes.DEFAULT
        if taste:
            taken = tastes.read_tastes(
                taste,
                sources=study.sources.values_list("name", flat=True),
                aspects=found.aspects.values_list("key", flat=True),
            )
        if afresh:
            self.stdout.write(f"{delete_rehearsals(found)} robots are forgotten.")
        with self.progress() as progress:
            result = rehearse(found, listeners=listeners, seed=seed, tastes=taken, progress=progress)
        if result.added:
            self.stdout.write(f'{result.added} robots took the survey "{found}".')
        else:
            self.stdout.write(f'The same robots took the survey "{found}" before: nothing is added.')
