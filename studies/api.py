"""Who calls the API, in which study, and whether they may. Imported with the first request (`studio.api`)."""

from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.security import HttpBearer

from studies.access import check_role
from studies.lookup import find_only
from studies.models import Role, Study, Token

STUDY = Query("", description="Slug or name of the study; not needed if you are in only one.")


class Bearer(HttpBearer):
    """`Authorization: Bearer ew_...`: the program acts as the owner of the token."""

    openapi_scheme = "bearer"

    def authenticate(self, request, token: str) -> Token | None:
        row = Token.objects.find(token)
        if row:
            row.mark_used()
            request.user = row.user
        return row


def study_for(request, name: str, role: Role) -> Study:
    """The study of that name, or the person's only one; they must have at least this role in it."""
    study = find_only(
        Study.objects.visible_to(request.user),
        name,
        missing=_('There is no study "%(name)s" among yours.'),
        none_yet=_("You are not a member of any study yet."),
        several=_("Choose a study with ?study=NAME. Yours are: %(names)s."),
    )
    check_role(request.user, study, role, name=study.slug)
    return study


def address(request, path: str, study: Study) -> str:
    """Of something that the API has, in full."""
    return request.build_absolute_uri(f"{reverse('studio:api', args=[path])}?study={study.slug}")


class StudyOut(Schema):
    name: str
    slug: str
    role: str
    page: str


router = Router(tags=["Studies"])


@router.get("/studies", response=list[StudyOut])
def studies(request):
    """Your studies and your role in each."""
    return [
        StudyOut(
            name=membership.study.name,
            slug=membership.study.slug,
            role=membership.role,
            page=request.build_absolute_uri(membership.study.get_absolute_url()),
        )
        for membership in request.user.memberships.select_related("study").order_by("study__name")
    ]
