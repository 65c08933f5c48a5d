"""What programs may ask about background jobs. Comes in with the first question (`studio.api`)."""

from datetime import datetime

from django.http import Http404
from ninja import Field, Router, Schema

from jobs.models import Job
from studies.api import STUDY, address, study_for
from studies.models import Role, Study

router = Router(tags=["Jobs"])
MOST_JOBS = 50


class LineOut(Schema):
    name: str
    outcome: str = Field(description="taken, already, refused, or silent: taken but not rendered")
    why: str = ""
    clip: int | None = Field(None, description="Its number within the source.")


class JobOut(Schema):
    """A background job; ask again until it is done, or has failed or stopped."""

    id: int
    kind: str
    about: str
    state: str = Field(description="waiting, running, done, failed or stopped")
    done: int
    total: int = Field(description="0: unknown.")
    unit: str
    said: list[str] = Field(description="What came of it, in sentences.")
    outcome: dict = Field(description="What came of it, as values.")
    message: str = Field(description="What it is doing, what it waits for, or why it failed or stopped.")
    lines: list[LineOut] = Field(description="One for each file.")
    created: datetime
    finished: datetime | None
    url: str
    page: str


def job_out(request, job: Job) -> JobOut:
    plain = ("kind", "state", "done", "total", "unit", "message", "lines", "created", "finished")
    return JobOut(
        id=job.pk,
        about=job.title,
        said=job.sentences,
        outcome={key: value for key, value in job.outcome.items() if key != "lines"},
        **{key: getattr(job, key) for key in plain},
        url=address(request, f"jobs/{job.pk}", job.study),
        page=request.build_absolute_uri(job.get_absolute_url()),
    )


@router.get("/jobs/{int:number}", response=JobOut)
def job(request, number: int, study: str = STUDY):
    """How far a job is, with a line for each file."""
    return job_out(request, job_of(study_for(request, study, Role.VIEWER), number))


@router.get("/errands/{int:number}", response=JobOut, include_in_schema=False)
def errand(request, number: int, study: str = STUDY):
    """As version 0.1 called it."""
    return job(request, number, study)


@router.get("/jobs", response=list[JobOut])
def jobs(request, study: str = STUDY):
    """Open jobs, and those that ended within the last hour."""
    recent = study_for(request, study, Role.VIEWER).jobs.recent().select_related("study")
    return [job_out(request, one) for one in recent[:MOST_JOBS]]


def job_of(study: Study, number: int) -> Job:
    job = study.jobs.select_related("study").filter(pk=number).first()
    if job is None:
        raise Http404(f"There is no job {number} in this study.")
    return job
