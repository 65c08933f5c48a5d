"""What programs may ask about surveys: how they stand, how many took part, one policy for their clips.

Comes in with the first question (`studio.api`).
"""

from datetime import datetime
from typing import Literal

from django.http import Http404
from django.urls import reverse
from ninja import Field, Router, Schema, Status

from generation.api.arrangement import arranged_schema
from generation.api.schemas import ErrandOut, address, errand_out
from generation.catalogue.rearrangement import ClipSettings
from generation.catalogue.soundfonts import find_font
from studies.api import STUDY, study_for
from studies.models import Role
from surveys.models import Survey
from surveys.researcher.clip_settings import order_policy
from surveys.researcher.views import groups, models_of

router = Router(tags=["Surveys and results"])


class GroupOut(Schema):
    name: str = Field(description="People or Robots; the two are never mixed.")
    began: int
    finished: int
    answers: int


class ModelOut(Schema):
    source: str
    clips: int
    least: int = Field(description="In how many people's plans each of its clips stands, at least ...")
    most: int = Field(description="... and at most.")


class SurveyOut(Schema):
    name: str
    slug: str
    state: str = Field(description="draft, open or closed")
    template: str
    clips_per_participant: int
    link: str = Field(description="What participants open.")
    page: str
    opened: datetime | None
    closed: datetime | None


class SurveyWithCounts(SurveyOut):
    listeners: list[GroupOut]
    models: list[ModelOut]
    results: dict[str, str] = Field(description="Addresses by kind, zip and json, for those who may see them.")


@router.get("/surveys", response=list[SurveyOut])
def surveys(request, study: str = STUDY):
    """The surveys of a study, the newest first."""
    return [survey_out(request, survey) for survey in study_for(request, study, Role.VIEWER).surveys.all()]


@router.get("/surveys/{slug}", response=SurveyWithCounts)
def survey(request, slug: str, study: str = STUDY):
    """How one stands: who began, who finished, how often each clip is heard."""
    there = study_for(request, study, Role.VIEWER)
    found = survey_of(there, slug)
    may_see = there.role_of(request.user).includes(Role.ANALYST)
    kinds = ("zip", "json") if may_see else ()
    results = {kind: address(request, f"surveys/{slug}/results.{kind}", there) for kind in kinds}
    models = [ModelOut(**model | {"source": model["source"].name}) for model in models_of(found)]
    return SurveyWithCounts(
        **survey_out(request, found).dict(), listeners=groups(found), models=models, results=results
    )


class PolicyIn(arranged_schema("ClipSettings")):
    instrument: Literal["piano", "file"] = "piano"
    although_answered: bool = Field(False, description="That people have heard the clips of now is no matter.")


@router.post("/surveys/{slug}/policy", response={202: ErrandOut})
def policy(request, slug: str, wanted: PolicyIn, study: str = STUDY):
    """Make all clips of a survey anew under one policy, in the background, for those who come."""
    there = study_for(request, study, Role.EDITOR)
    if wanted.soundfont:
        find_font(there, wanted.soundfont)
    one = ClipSettings(wanted.arrangement(), wanted.instrument, wanted.soundfont)
    errand = order_policy(survey_of(there, slug), one, although_answered=wanted.although_answered)
    return Status(202, errand_out(request, errand))


def survey_of(study, slug: str) -> Survey:
    found = study.surveys.filter(slug=slug).first()
    if found is None:
        names = ", ".join(study.surveys.values_list("slug", flat=True)[:12]) or "none yet"
        raise Http404(f'There is no survey "{slug}" in this study; there is {names}.')
    return found


def survey_out(request, survey: Survey) -> SurveyOut:
    return SurveyOut(
        **{key: getattr(survey, key) for key in ("name", "slug", "state", "template", "opened", "closed")},
        clips_per_participant=survey.clips_each,
        link=request.build_absolute_uri(survey.get_absolute_url()),
        page=request.build_absolute_uri(reverse("survey_studio:survey", args=[survey.study.slug, survey.slug])),
    )
