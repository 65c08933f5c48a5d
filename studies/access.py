"""Who may do what: every page of the studio is behind one of these."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404

from studies.models import Role, Study


def study_page(role: Role) -> Callable:
    """A view `view(request, study: Study, ...)` for people who have at least this role in the study.

    Somebody without any role learns nothing, not even that the study exists (404); a member whose role is too
    small gets 403 and is told whom to ask.
    """

    def decorate(view):
        @wraps(view)
        @login_required
        def guarded(request, study, *args, **kwargs):
            found = Study.objects.filter(slug=study).first()
            request.role = check_role(request.user, found, role, called=study)
            request.study = found
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate


def check_role(user, study: Study | None, role: Role, *, called: str) -> Role:
    """The role that the person has in the study, which is large enough; or Http404 or PermissionDenied."""
    own_role = study.role_of(user) if study else None
    if own_role is None:
        raise Http404(f'There is no study "{called}" among yours.')
    if not own_role.includes(role):
        raise PermissionDenied(
            f"This needs the role {role.label}; yours is {own_role.label}. An owner of the study can change it."
        )
    return own_role


def may_edit(request) -> bool:
    """Whether the person may change what a page of the study shows; only behind `study_page`."""
    return request.role.includes(Role.EDITOR)
