"""What may go wrong for a reason that a person can do something about."""

from collections.abc import Callable

from studies.errors import EarwitnessError

Progress = Callable[[int, int, str], None]  # done, of how many (0: nobody knows), what


class CatalogueError(EarwitnessError):
    """Something that is not there, or in the way, in one sentence for a person."""


LONGEST_NAME = 120  # letters; `InStudy.name` has room for as many


def proper_name(name: str, *, of: str) -> str:
    """The name without space around it, if it is one that a page can show."""
    name = name.strip()
    if not name:
        raise CatalogueError(f"A {of} needs a name.")
    if len(name) > LONGEST_NAME:
        raise CatalogueError(f"The name of a {of} has up to {LONGEST_NAME} letters; this one has {len(name)}.")
    if not name.isprintable():
        raise CatalogueError(f"The name of a {of} is one line of letters; {name!r} has something else in it.")
    return name


def no_progress(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def count_of(number: int, one: str, many: str = "") -> str:
    """ "1 clip", "1,200 clips"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
