"""Tickets: what the welcome page hands out and beginning takes back.

A ticket carries the code that the participant will have. So beginning twice with one ticket (a second press, a page
reloaded, no cookies at all) is beginning once, and nobody can choose a code, or call himself a robot.
"""

from dataclasses import dataclass

from django.core import signing

from surveys.codes import personal_code
from surveys.models import Survey

SALT = "surveys.participation.tickets"


@dataclass(frozen=True)
class Ticket:
    code: str
    rehearsal: str = ""  # which rehearsal a robot belongs to; empty for people

    @property
    def is_robot(self) -> bool:
        return bool(self.rehearsal)


def write_ticket(survey: Survey, *, rehearsal: str = "") -> str:
    return signing.dumps([survey.pk, personal_code(), rehearsal], salt=SALT)


def read_ticket(survey: Survey, text: str) -> Ticket | None:
    """None where it is not ours, or another survey's."""
    try:
        of, code, rehearsal = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Ticket(code, rehearsal) if of == survey.pk else None
