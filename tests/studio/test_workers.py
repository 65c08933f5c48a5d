from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from studio.models import Worker
from studio.working import Heartbeat, take_up_abandoned_tasks

pytestmark = pytest.mark.django_db


def a_running_task(*workers):
    return DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="nowhere.nothing",
        backend_name="default",
        run_after=get_date_max(),
        status=TaskResultStatus.RUNNING,
        worker_ids=list(workers),
        exception_class_path="",
        traceback="",
    )


def test_what_a_dead_worker_left_is_taken_up_again():
    Worker.objects.create(name="dead", seen=timezone.now() - timedelta(minutes=5))
    task = a_running_task("dead")
    assert take_up_abandoned_tasks() == 1
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY


def test_what_a_living_worker_does_is_left_alone():
    Worker.objects.create(name="alive")
    task = a_running_task("alive")
    assert take_up_abandoned_tasks() == 0
    task.refresh_from_db()
    assert task.status == TaskResultStatus.RUNNING


def test_a_task_that_took_three_workers_with_it_is_given_up():
    task = a_running_task("one", "two", "three")
    take_up_abandoned_tasks()
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED
    assert "Given up" in task.traceback


def test_a_worker_is_alive_while_it_works_and_gone_afterwards():
    with Heartbeat("me"):
        assert [worker.name for worker in Worker.objects.alive()] == ["me"]
    assert not Worker.objects.exists()
