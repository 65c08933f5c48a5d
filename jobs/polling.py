"""Pages that show jobs at work: `poll.js` fetches one part of them again and again."""

from django.db.models import QuerySet

from jobs.models import Job


def fragment(request, page: str, parts: dict[str, str]) -> str:
    """The template of the whole page, or of the part that is fetched again while something goes on (`poll.js`)."""
    return parts.get(request.headers.get("X-Part", ""), page)


def recent_jobs(jobs: QuerySet[Job]) -> list[Job]:
    """Open jobs and those that have just ended: the newest five."""
    return list(jobs.recent().select_related("study")[:5])
