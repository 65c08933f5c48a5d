"""What the worker does for surveys."""

from django_tasks import task

from surveys.models import Survey


@task()
def rehearse_survey(survey: int, listeners: int, seed: int) -> int:
    """How many robots were added. A task that is taken up again goes on where it stopped."""
    from surveys.rehearsal.robots import rehearse

    return rehearse(Survey.objects.get(pk=survey), listeners=listeners, seed=seed).added
