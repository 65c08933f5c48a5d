"""What a worker does for surveys."""

from generation.catalogue.clip_settings import ClipSettings
from jobs.models import Job
from jobs.registry import job
from jobs.runner import Progress
from surveys.errors import SurveyError
from surveys.models import Survey
from surveys.rehearsal.robots import rehearse
from surveys.researcher.clip_settings import apply_clip_settings


@job("rehearse")
def run_rehearsal(job: Job, progress: Progress) -> dict:
    """Simulated participants take the survey. A job that is run again goes on where it stopped."""
    survey, wishes = _survey(job), job.arguments
    rehearsal = rehearse(survey, listeners=wishes["listeners"], seed=wishes["seed"], progress=progress)
    return {"survey": survey.pk, "added": rehearsal.added, "existing": rehearsal.existing}


@job("clip_settings")
def render_clips_again(job: Job, progress: Progress) -> dict:
    policy, sure = ClipSettings.from_dict(job.arguments["policy"]), job.arguments["although_answered"]
    return apply_clip_settings(_survey(job), policy, although_answered=sure, progress=progress).values()


def _survey(job: Job) -> Survey:
    survey = job.study.surveys.filter(pk=job.arguments["survey"]).first()
    if survey is None:
        raise SurveyError("The survey was deleted meanwhile.")
    return survey
