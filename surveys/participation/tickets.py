"""Tickets: the welcome page contains one, and the request that starts the survey sends it back.

A ticket carries the code that the participant will have. So starting twice with one ticket (a double click, a reloaded
page, no cookies) starts once, and nobody can choose a code or claim to be a robot.
"""

from dataclasses import dataclass

from django.core import signing

from surveys.codes import personal_code
from surveys.models import Survey

SALT = "surveys.participation.tickets"


@dataclass(frozen=True)
class Ticket:
    code: str
    rehearsal: str = ""  # the rehearsal of a robot; empty for people

    @property
    def is_robot(self) -> bool:
        return bool(self.rehearsal)


def write_ticket(survey: Survey, *, rehearsal: str = "") -> str:
    return signing.dumps([survey.pk, personal_code(), rehearsal], salt=SALT)


def read_ticket(survey: Survey, text: str) -> Ticket | None:
    """None if we did not sign it, or if it belongs to another survey."""
    try:
        key, code, rehearsal = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Ticket(code, rehearsal) if key == survey.pk else None
