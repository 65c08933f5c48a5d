"""What several parts of the API answer with."""

from datetime import datetime

from django.urls import reverse
from ninja import Field, Schema

from generation.models import Errand
from studies.models import Study


class NotNow(Exception):
    """What cannot be done as things stand, in one sentence."""


class LineOut(Schema):
    name: str
    outcome: str = Field(description="taken, already, refused, or silent: taken but not rendered")
    why: str = ""
    clip: int | None = Field(None, description="Its number within the source.")


class ErrandOut(Schema):
    """Work that goes on in the background; ask again until it is done or has failed."""

    id: int
    kind: str
    about: str
    state: str = Field(description="waiting, working, done or failed")
    done: int
    total: int = Field(description="0: nobody knows.")
    unit: str
    said: list[str] = Field(description="What came of it, in sentences.")
    message: str = Field(description="Why it failed, or what it waits for.")
    lines: list[LineOut] = Field(description="One for each file.")
    created: datetime
    finished: datetime | None
    url: str
    page: str


def errand_out(request, errand: Errand) -> ErrandOut:
    errand.settle()
    plain = ("kind", "about", "state", "done", "total", "unit", "said", "message", "lines", "created", "finished")
    return ErrandOut(
        id=errand.pk,
        **{key: getattr(errand, key) for key in plain},
        url=address(request, f"errands/{errand.pk}", errand.study),
        page=request.build_absolute_uri(errand.get_absolute_url()),
    )


def address(request, path: str, study: Study) -> str:
    return request.build_absolute_uri(f"{reverse('studio:api', args=[path])}?study={study.slug}")
