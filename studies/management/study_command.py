"""The base of every command that acts in a study."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import ENOSPC

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils.translation import gettext as _
from tqdm import tqdm

from studies.errors import EarwitnessError
from studies.lookup import find_only
from studies.models import Study


class StudyCommand(BaseCommand):
    """Acts in the only study, or in the one named by `--study`; what a person may be told becomes exit status 1."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", default="", help=_("name or slug of the study; required if there are several"))

    def handle(self, *args, study: str, **options) -> None:
        try:
            self.act(find_study(study), **options)
        except EarwitnessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Stopped."), returncode=130) from None
        except (OSError, OperationalError) as error:
            if getattr(error, "errno", None) != ENOSPC and "is full" not in str(error):
                raise
            raise CommandError(_("The disk is full. Free some space, then run the command again.")) from error

    def act(self, study: Study, **options) -> None:
        raise NotImplementedError

    def say(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stdout.write(sentence)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int, str], None]]:
        """A progress bar, moved by calls of (done, total, unit); a total of 0 means that it is unknown."""
        with tqdm(total=None, leave=False, file=self.stderr._out, disable=None) as bar:

            def report(done: int, total: int, what: str) -> None:
                bar.total, bar.unit = total or None, f" {what}"
                bar.unit_scale = what == "bytes"
                bar.update(done - bar.n)

            yield report


MOST_SEED = 2**63 - 1  # the largest that the database stores


def seed(typed: str) -> int:
    """The type of the argument: a seed of random numbers."""
    if not typed.strip().isdecimal() or int(typed) > MOST_SEED:
        raise ArgumentTypeError(
            _("a seed is a whole number from 0 to %(most)d, not %(typed)r") % {"most": MOST_SEED, "typed": typed}
        )
    return int(typed)


def find_study(name: str) -> Study:
    return find_only(
        Study.objects.all(),
        name,
        missing=_('There is no study "%(name)s".'),
        none_yet=_("There is no study yet. Create one: manage.py create_study NAME --owner USER"),
        several=_("There are several studies. Choose one with --study: %(names)s."),
    )
