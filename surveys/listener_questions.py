"""The questions about the listener: so few that the answers identify nobody. Each can be skipped.

They come before the first clip. So they are also known of listeners who stop early, and what a listener hears cannot
influence them.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ListenerQuestion:
    key: str  # column of the exported table
    label: str | Promise
    question: str | Promise
    answers: tuple[tuple[str, str | Promise], ...]  # as stored, and as shown


LISTENER_QUESTIONS = (
    # Years of formal training on an instrument or in singing: the item of the Gold-MSI that carries most of its
    # factor "musical training" (Muellensiefen et al. 2014), in four steps, so that no step is rare.
    ListenerQuestion(
        "musical_training",
        _("Musical training"),
        _("For how many years have you had lessons on an instrument or in singing?"),
        (("none", _("None")), ("1-3", _("1 to 3")), ("4-9", _("4 to 9")), ("10+", _("10 or more"))),
    ),
    ListenerQuestion(
        "listens_on",
        _("Listens on"),
        _("What are you listening on?"),
        (("headphones", _("Headphones")), ("loudspeakers", _("Speakers")), ("built_in", _("The device itself"))),
    ),
)
