"""What templates ask of several jobs."""

from collections.abc import Iterable

from django import template

from jobs.models import Job

register = template.Library()


@register.filter
def any_going_on(jobs: Iterable[Job]) -> bool:
    """Whether one of them runs or waits, so that the page is fetched again. Packages can be asked the same."""
    return any(job.is_going_on for job in jobs)
