"""Who may do what: every page of the studio is behind `study_page`."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from studies.models import Role, Study


def study_page(role: Role) -> Callable:
    """A view `view(request, study: Study, ...)` for people who have at least this role in the study.

    People without any role get 404, so that they do not learn that the study exists. Members whose role is too small
    get 403 and are told whom to ask.
    """

    def decorate(view):
        @wraps(view)
        @login_required
        def checked_view(request, study, *args, **kwargs):
            row = Study.objects.filter(slug=study).first()
            request.role = check_role(request.user, row, role, name=study)
            request.study = row
            return view(request, row, *args, **kwargs)

        return checked_view

    return decorate


def check_role(user, study: Study | None, role: Role, *, name: str) -> Role:
    """The person's role in the study if it includes `role`; otherwise Http404 or PermissionDenied."""
    own_role = study.role_of(user) if study else None
    if own_role is None:
        raise Http404(_('There is no study "%(name)s" among yours.') % {"name": name})
    if not own_role.includes(role):
        raise PermissionDenied(
            _("This needs the role %(needed)s; yours is %(own)s. An owner of the study can change it.")
            % {"needed": role.label, "own": own_role.label}
        )
    return own_role


def may_edit(request) -> bool:
    """Whether the person may change what a page of the study shows; only behind `study_page`."""
    return request.role.includes(Role.EDITOR)
