"""The part of the API about surveys: their state and progress, and the settings of their clips.

Imported with the first request (`studio.api`).
"""

from datetime import datetime
from typing import Literal

from django.urls import reverse
from ninja import Field, Router, Schema, Status

from generation.api.arrangement import arranged_schema
from generation.catalogue.clip_settings import ClipSettings
from generation.catalogue.soundfonts import find_font
from jobs.api import JobOut, job_out
from studies.api import STUDY, address, study_for
from studies.models import Role
from surveys.lookup import find_survey
from surveys.models import Survey
from surveys.researcher.clip_settings import request_clip_settings
from surveys.survey_progress import clips_per_model, participant_groups

router = Router(tags=["Surveys and results"])


class GroupOut(Schema):
    name: str = Field(description="People or Simulated participants; the two are never mixed.")
    began: int
    finished: int
    answers: int


class ModelOut(Schema):
    source: str
    clips: int
    least: int = Field(description="The least number of participants assigned one of its clips (answered or pending).")
    most: int = Field(description="The greatest such number.")


class SurveyOut(Schema):
    name: str
    slug: str
    state: str = Field(description="draft, open or closed.")
    template: str
    clips_per_participant: int
    link: str = Field(description="The address for participants.")
    page: str
    opened: datetime | None
    closed: datetime | None


class SurveyWithCounts(SurveyOut):
    listeners: list[GroupOut]
    models: list[ModelOut]
    results: dict[str, str] = Field(
        description="Addresses of the results by kind, zip and json; empty without the role analyst."
    )


@router.get("/surveys", response=list[SurveyOut])
def surveys(request, study: str = STUDY):
    """List the surveys of a study, newest first."""
    return [survey_out(request, survey) for survey in study_for(request, study, Role.VIEWER).surveys.all()]


@router.get("/surveys/{slug}", response=SurveyWithCounts)
def survey(request, slug: str, study: str = STUDY):
    """Show the progress of a survey: who started, who finished, how often each clip is heard."""
    study_row = study_for(request, study, Role.VIEWER)
    row = find_survey(study_row, slug)
    kinds = ("zip", "json") if study_row.role_of(request.user).includes(Role.ANALYST) else ()
    results = {kind: address(request, f"surveys/{row.slug}/results.{kind}", study_row) for kind in kinds}
    models = [ModelOut(**model | {"source": model["source"].name}) for model in clips_per_model(row)]
    return SurveyWithCounts(
        **survey_out(request, row).dict(), listeners=participant_groups(row), models=models, results=results
    )


class ClipSettingsIn(arranged_schema("ClipSettings")):
    instrument: Literal["piano", "file"] = "piano"
    although_answered: bool = Field(
        False, description="Confirms the change although people have answered with the present clips."
    )


@router.post("/surveys/{slug}/policy", response={202: JobOut})
def policy(request, slug: str, wanted: ClipSettingsIn, study: str = STUDY):
    """Render all clips of a survey with the same settings, as a background job, for new participants."""
    study_row = study_for(request, study, Role.EDITOR)
    if wanted.soundfont:
        find_font(study_row, wanted.soundfont)
    settings = ClipSettings(wanted.arrangement(), wanted.instrument, wanted.soundfont)
    survey = find_survey(study_row, slug)
    job = request_clip_settings(survey, settings, although_answered=wanted.although_answered)
    return Status(202, job_out(request, job))


def survey_out(request, survey: Survey) -> SurveyOut:
    return SurveyOut(
        **{key: getattr(survey, key) for key in ("name", "slug", "state", "template", "opened", "closed")},
        clips_per_participant=survey.clips_each,
        link=request.build_absolute_uri(survey.get_absolute_url()),
        page=request.build_absolute_uri(reverse("survey_studio:survey", args=[survey.study.slug, survey.slug])),
    )
