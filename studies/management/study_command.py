"""What the commands have in common that act in a study."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOSPC

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from tqdm import tqdm

from studies.models import Study


class StudyCommand(BaseCommand):
    """Acts in the one study that there is, or in the one named by `--study`; domain errors become exit status 1."""

    errors: tuple[type[Exception], ...] = ()  # each with one plain sentence

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", default="", help="name of the study, needed where there are several")

    def handle(self, *args, study: str, **options) -> None:
        try:
            self.act(the_study(study), **options)
        except self.errors as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        except (OSError, OperationalError) as error:
            if getattr(error, "errno", None) != ENOSPC and "is full" not in str(error):
                raise
            raise CommandError("The disk is full; free some space and give the command again.") from error

    def act(self, study: Study, **options) -> None:
        raise NotImplementedError

    def say(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stdout.write(sentence)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int, str], None]]:
        """A bar for whoever reports (done, of how many, what); 0 of how many: nobody knows."""
        with tqdm(total=None, leave=False, file=self.stderr._out, disable=None) as bar:

            def report(done: int, total: int, what: str) -> None:
                bar.total, bar.unit = total or None, f" {what}"
                bar.unit_scale = what == "bytes"
                bar.update(done - bar.n)

            yield report


MOST_SEED = 2**63 - 1  # what the database keeps


def seed(typed: str) -> int:
    """The type of an argument: what random numbers begin from."""
    if not typed.strip().isdecimal() or int(typed) > MOST_SEED:
        raise ArgumentTypeError(f"a seed is a whole number from 0 to {MOST_SEED}, not {typed!r}")
    return int(typed)


def the_study(name: str) -> Study:
    studies = list(Study.objects.all()[:20])
    if not studies:
        raise CommandError("There is no study yet; make one: manage.py create_study NAME --owner USER")
    if name:
        found = [study for study in Study.objects.all() if name in (study.name, study.slug)]
        if not found:
            raise CommandError(f'There is no study "{name}"; there is {_listed(studies)}.')
        return found[0]
    if len(studies) > 1:
        raise CommandError(f"There are several studies; say which with --study: {_listed(studies)}.")
    return studies[0]


def _listed(studies: list[Study]) -> str:
    return ", ".join(f'"{study}"' for study in studies)
