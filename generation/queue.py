"""What the queue of background work knows about a task."""

from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist


def is_given_up(task: str) -> bool:
    """Nobody will take it up any more: it failed, or the queue has forgotten it."""
    try:
        return bool(task) and default_task_backend.get_result(task).status == TaskResultStatus.FAILED
    except TaskResultDoesNotExist:
        return True
    except NotImplementedError:  # a queue without a memory
        return False
