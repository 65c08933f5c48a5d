"""What several pages have in common: which part of a page is asked for, and by whom."""

from generation.models import Errand
from studies.models import Role


def fragment(request, page: str, parts: dict[str, str]) -> str:
    """The template of the whole page, or of the part that is fetched again while something goes on (`poll.js`)."""
    return parts.get(request.headers.get("X-Part", ""), page)


def may_edit(request) -> bool:
    return request.role.includes(Role.EDITOR)


def told(errands) -> list[Errand]:
    """What goes on and what has just ended, as it is: the newest five."""
    found = list(errands.told()[:5])
    for errand in found:
        errand.settle()
    return found
