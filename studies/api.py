"""Who asks the API, in which study, and whether they may. Comes in with the first question (`studio.api`)."""

from django.http import Http404
from django.urls import reverse
from ninja import Query, Router, Schema
from ninja.security import HttpBearer

from studies.access import check_role
from studies.models import Role, Study, Token

STUDY = Query("", description="Slug or name of the study; not needed by whoever has one only.")


class Bearer(HttpBearer):
    """`Authorization: Bearer ew_...`: the program acts as the person whose token it shows."""

    openapi_scheme = "bearer"

    def authenticate(self, request, token: str) -> Token | None:
        found = Token.objects.spoken(token)
        if found:
            found.mark_used()
            request.user = found.user
        return found


def study_for(request, name: str, role: Role) -> Study:
    """The study of that name, or the only one of whoever asks, in which they have at least this role."""
    studies = list(Study.objects.of(request.user))
    if not name and len(studies) != 1:
        names = ", ".join(study.slug for study in studies)
        raise Http404(f"Say in which study, ?study=...: yours are {names}." if names else "You belong to no study yet.")
    found = next((study for study in studies if not name or name in (study.slug, study.name)), None)
    check_role(request.user, found, role, called=name)
    return found


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
    """Your studies, and what you may do in them."""
    return [
        StudyOut(
            name=membership.study.name,
            slug=membership.study.slug,
            role=membership.role,
            page=request.build_absolute_uri(membership.study.get_absolute_url()),
        )
        for membership in request.user.memberships.select_related("study").order_by("study__name")
    ]
