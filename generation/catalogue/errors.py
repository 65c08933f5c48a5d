"""What may go wrong for a reason that a person can do something about."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studies.errors import EarwitnessError

Progress = Callable[[int, int, str], None]  # done, of how many (0: nobody knows), what


class CatalogueError(EarwitnessError):
    """Something that is not there, or in the way, in one sentence for a person."""


LONGEST_NAME = 120  # letters; `InStudy.name` has room for as many
NAMELESS = {
    "corpus": gettext_lazy("The corpus has no name. Give it one."),
    "run": gettext_lazy("The training run has no name. Give it one."),
    "source": gettext_lazy("The model has no name. Give it one."),
}


def proper_name(name: str, *, of: str) -> str:
    """The name without space around it, if it is one that a page can show."""
    name = name.strip()
    if not name:
        raise CatalogueError(str(NAMELESS[of]))
    if len(name) > LONGEST_NAME:
        raise CatalogueError(
            _("The name is %(length)d characters long. Choose one of up to %(longest)d characters.")
            % {"length": len(name), "longest": LONGEST_NAME}
        )
    if not name.isprintable():
        raise CatalogueError(
            _("The name %(name)s contains a line break or another character that cannot be shown. Choose another name.")
            % {"name": repr(name)}
        )
    return name


def no_progress(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""
