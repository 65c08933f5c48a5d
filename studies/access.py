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
            own_role = found.role_of(request.user) if found else None
            if own_role is None:
                raise Http404(f'There is no study "{study}" among yours.')
            if not own_role.includes(role):
                raise PermissionDenied(
                    f"This needs the role {role.label}; yours is {own_role.label}. An owner of the study can change it."
                )
            request.study, request.role = found, own_role
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate
