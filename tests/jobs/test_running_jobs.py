"""A job from its sending to its end: who may run it, what its row says, and what a worker that lost it may not do."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs import queue, runner
from jobs.heartbeat import Heartbeat
from jobs.models import Job, Worker
from jobs.runner import Busy, JobLost, JobStopped, Progress, claim, run, run_here, send, take_over_abandoned
from studies.errors import EarwitnessError

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def job(study) -> Job:
    return send(study, "tests.count", title="Numbers", to=3)


def fallen_silent(job: Job) -> Job:
    """As a worker leaves a job that is killed while it runs it."""
    claimed = claim(job.pk, f"worker {job.attempts + 1}")
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - LONG_AGO)
    return claimed


def test_a_job_is_run_and_leaves_its_outcome_as_values(job):
    assert (job.state, job.worker, job.attempts) == ("waiting", "", 0)
    run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.outcome, job.worker, job.attempts) == ("done", {"counted": 3}, "me", 1)
    assert job.created <= job.started <= job.finished
    assert (job.fraction, job.message) == (1.0, "")


def test_a_queue_entry_carries_the_key_of_the_job_and_nothing_else(job):
    assert DBTaskResult.objects.get().args_kwargs == {"args": [job.pk], "kwargs": {}}


def test_of_two_workers_one_gets_the_job(job):
    assert claim(job.pk, "first").worker == "first"
    assert claim(job.pk, "second") is None
    run(job.pk, "second")
    job.refresh_from_db()
    assert (job.state, job.worker, job.attempts) == ("running", "first", 1)


def test_what_goes_wrong_for_a_reason_is_its_sentence(study):
    job = send(study, "tests.refuse", title="Nothing")
    run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.cause, job.message) == ("failed", "refused", "There is nothing to count.")


def test_a_mistake_of_ours_is_in_the_row_and_in_the_log(study):
    job = send(study, "tests.crash", title="Nothing")
    with pytest.raises(MemoryError):
        run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.cause, job.message) == ("failed", "crashed", "Failed: MemoryError: no memory left")


def test_a_kind_that_nobody_knows_is_a_sentence(study):
    job = send(study, "generation.juggle", title="Balls")
    run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", 'No worker knows how to do a job of the kind "generation.juggle".')


def test_progress_is_written_now_and_then(job):
    progress = Progress(claim(job.pk, "me"), every=3600)
    progress(1, 9, "numbers")
    progress(2, 9, "numbers")
    job.refresh_from_db()
    assert (job.done, job.total, job.unit, job.message) == (1, 9, "numbers", "1 of 9 numbers")
    progress(9, 9, "numbers")
    job.refresh_from_db()
    assert (job.done, job.fraction) == (9, 1.0)


def test_a_job_that_waits_is_stopped_at_once(job):
    assert job.stop()
    run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.message, job.attempts) == ("stopped", "Stopped.", 0)


def test_a_job_that_runs_stops_at_its_next_progress(job, monkeypatch):
    def stopped_halfway(job, progress):
        progress(1, 9, "numbers")
        Job.objects.get(pk=job.pk).stop()
        assert Job.objects.get(pk=job.pk).message == "Stopping."
        progress(9, 9, "numbers")
        return {"counted": 9}

    monkeypatch.setitem(runner.registry.FUNCTIONS, "tests.count", stopped_halfway)
    run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.done, job.outcome) == ("stopped", 1, {})


def test_what_has_ended_cannot_be_stopped(job):
    run(job.pk, "me")
    assert not job.stop()
    assert job.state == "done"


def test_what_a_silent_worker_left_waits_for_the_next_one(job):
    fallen_silent(job)
    DBTaskResult.objects.all().delete()
    assert take_over_abandoned() == 1
    job.refresh_from_db()
    assert (job.state, job.message) == ("waiting", "A worker ended; the next one will resume it.")
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    assert take_over_abandoned() == 0


def test_what_a_living_worker_runs_is_left_alone(job):
    claim(job.pk, "me")
    assert take_over_abandoned() == 0
    job.refresh_from_db()
    assert (job.state, job.worker) == ("running", "me")


def test_a_worker_that_is_heard_at_the_last_moment_keeps_its_job(job):
    """The row was read as abandoned; before it is put back, its worker reports progress after all."""
    late = fallen_silent(job)
    read_as_abandoned = Job.objects.get(pk=job.pk)
    Progress(late).write(done=2)
    assert runner._take_over(read_as_abandoned) == 0
    job.refresh_from_db()
    assert (job.state, job.worker, job.done) == ("running", late.worker, 2)


def test_a_job_that_ended_three_workers_fails_with_a_sentence(job):
    for _ in range(3):
        job.refresh_from_db()
        fallen_silent(job)
        take_over_abandoned()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.message == "Given up: 3 workers ended while running it. Is there enough memory?"


def test_a_worker_that_lost_its_job_writes_nothing_more(job):
    lost = fallen_silent(job)
    take_over_abandoned()
    claim(job.pk, "the next one")
    progress = Progress(lost)
    with pytest.raises(JobLost):
        progress(2, 3, "numbers")
    with pytest.raises(JobLost):
        progress.check()
    runner._end(lost, "done", outcome={"counted": "wrongly"})
    job.refresh_from_db()
    assert (job.state, job.worker, job.done, job.outcome) == ("running", "the next one", 0, {})


def test_a_worker_that_lost_its_job_to_itself_writes_nothing_either(job):
    lost = fallen_silent(job)
    take_over_abandoned()
    claim(job.pk, lost.worker)
    with pytest.raises(JobLost):
        Progress(lost)(2, 3, "numbers")


def test_somebody_who_ends_a_worker_leaves_the_job_to_the_next(job, monkeypatch):
    def interrupted(job, progress):
        raise SystemExit(1)

    monkeypatch.setitem(runner.registry.FUNCTIONS, "tests.count", interrupted)
    DBTaskResult.objects.all().delete()
    with pytest.raises(SystemExit):
        run(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.attempts, DBTaskResult.objects.count()) == ("waiting", 0, 1)


def test_two_open_jobs_of_one_key_are_one(study, job):
    first = send(study, "tests.count", title="Numbers", key="once", to=3)
    assert send(study, "tests.count", title="Numbers", key="once", to=9) == first
    assert DBTaskResult.objects.count() == 2
    with pytest.raises(IntegrityError, match=r"UNIQUE|unique"), transaction.atomic():
        Job.objects.create(study=study, kind="tests.count", title="Numbers", key="once")
    run(first.pk, "me")
    assert send(study, "tests.count", title="Numbers", key="once", to=9) != first


def test_a_job_in_a_terminal_is_a_row_like_any_other(study):
    with run_here(study, "tests.count", title="Numbers", key="once") as progress:
        progress(1, 2, "numbers")
        row = Job.objects.get()
        assert (row.state, row.in_terminal, row.done) == ("running", True, 1)
        with pytest.raises(Busy, match="A job is open already"), run_here(study, "x", title="y", key="once"):
            pass
        progress.outcome = {"counted": 2}
    assert (Job.objects.get().state, Job.objects.get().outcome) == ("done", {"counted": 2})


def test_what_goes_wrong_in_a_terminal_goes_on_to_the_person(study):
    with pytest.raises(EarwitnessError, match="Nothing"), run_here(study, "tests.x", title="x", key="x"):
        raise EarwitnessError("Nothing to count.")
    assert Job.objects.get().message == "Nothing to count."


def test_ctrl_c_in_a_terminal_stops_the_job(study):
    with pytest.raises(KeyboardInterrupt), run_here(study, "tests.x", title="x", key="x"):
        raise KeyboardInterrupt
    assert Job.objects.get().state == "stopped"


def test_no_worker_takes_over_what_a_closed_terminal_left(study):
    with pytest.raises(JobStopped), run_here(study, "tests.count", title="x", key="once") as progress:
        Job.objects.update(heartbeat=timezone.now() - LONG_AGO)
        assert not Job.objects.get().is_going_on
        assert take_over_abandoned() == 0
        row = Job.objects.get()
        assert (row.state, row.message) == ("stopped", "The process that ran it ended before the job did.")
        raise JobStopped(progress.job.pk)


def test_a_closed_terminal_does_not_keep_the_key(study):
    left = Job.objects.create(study=study, kind="tests.count", title="x", key="once", state="running", in_terminal=True)
    Job.objects.update(heartbeat=timezone.now() - LONG_AGO)
    assert send(study, "tests.count", title="x", key="once", to=1) != left


def test_jobs_that_no_queue_entry_names_are_found_again(job):
    assert queue.enqueue_forgotten() == 0
    DBTaskResult.objects.all().delete()
    assert queue.enqueue_forgotten() == 1
    assert queue.enqueue_forgotten() == 0


def test_entries_are_deleted_a_day_after_they_did_their_duty(study):
    for _ in range(4):
        send(study, "tests.count", title="Numbers", to=1)
    fresh, old, left, waits = DBTaskResult.objects.order_by("enqueued_at")
    long_ago = timezone.now() - timedelta(days=2)
    DBTaskResult.objects.filter(pk=fresh.pk).update(status="SUCCESSFUL", finished_at=timezone.now())
    DBTaskResult.objects.filter(pk=old.pk).update(status="FAILED", finished_at=long_ago)
    DBTaskResult.objects.filter(pk=left.pk).update(status="RUNNING", started_at=long_ago, worker_ids=["dead"])
    DBTaskResult.objects.filter(pk=waits.pk).update(enqueued_at=long_ago)
    assert queue.prune() == 2
    assert set(DBTaskResult.objects.all()) == {fresh, waits}


@pytest.mark.django_db(transaction=True)
def test_a_heart_beats_for_the_jobs_of_its_process(job):
    claimed = fallen_silent(job)
    beats = []
    with Heartbeat(claimed.worker, also=lambda: beats.append(1), every=0.01):
        while len(beats) < 3:
            pass
    assert not Job.objects.get().is_abandoned


@pytest.mark.django_db(transaction=True)
def test_a_worker_with_nothing_to_do_ends_when_it_is_told_to(job, capsys):
    Worker.objects.create(name="dead", seen=timezone.now() - LONG_AGO)
    fallen_silent(job)
    call_command("worker", once=True)
    assert "Resuming 1 jobs that a stopped worker left." in capsys.readouterr().out
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert not Worker.objects.exists()
