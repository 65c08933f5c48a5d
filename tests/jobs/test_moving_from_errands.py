"""What version 0.1 kept as errands, and in runs and reports, is there as jobs after the move."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [
    ("generation", "0004_corpus_pedal"),
    ("evaluation", "0004_the_task_of_a_report"),
    ("surveys", "0003_background_questions"),
    ("jobs", None),
]


@pytest.fixture
def old_apps():
    """The tables of version 0.1, and after the test those of now."""
    executor = MigrationExecutor(connection)
    now = executor.loader.graph.leaf_nodes()
    yield executor.migrate(BEFORE).apps
    MigrationExecutor(connection).migrate(now)


def moved():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state().apps


def test_nothing_is_lost_and_everything_open_waits_for_a_worker(old_apps):
    study = old_apps.get_model("studies", "Study").objects.create(name="Old study", slug="old")
    Run = old_apps.get_model("generation", "Run")
    ended = timezone.now() - timedelta(days=3)
    states = {
        "Finished": {"state": "finished", "finished": ended, "message": "Trained elsewhere, read from a zip."},
        "Stopped": {"state": "stopped", "message": "Stopped by hand; resume it to go on."},
        "Failed": {"state": "failed", "message": "The disk is full."},
        "Had by a worker": {"state": "training", "task": "1234", "message": "Epoch 1 of 9"},
        "In a terminal": {"state": "training", "message": "Epoch 1 of 9"},
    }
    runs = {
        name: Run.objects.create(study=study, name=name, slug=str(number), preset="house", **values)
        for number, (name, values) in enumerate(states.items())
    }
    source = old_apps.get_model("generation", "Source").objects.create(study=study, name="A", slug="a", origin="ai")
    Errand = old_apps.get_model("generation", "Errand")
    lines = [{"name": "a.mid", "outcome": "taken", "why": "", "clip": 1}]
    done = Errand.objects.create(
        study=study, kind="import_midi", about="A", values={"source_name": "A", "folder": "f"}, state="done",
        said=["1 clip added."], lines=lines, source=source, finished=ended,
    )  # fmt: skip
    broken = Errand.objects.create(study=study, kind="excerpt", about="B", state="failed", message="Too few.")
    wishes = {"source": "C", "clips": 2}
    half = Errand.objects.create(
        study=study, kind="compose", about="C", run=runs["Finished"], values=wishes, state="working"
    )
    survey = old_apps.get_model("surveys", "Survey").objects.create(study=study, name="S", slug="s", template="paper")
    Report = old_apps.get_model("evaluation", "Report")
    made = Report.objects.create(survey=survey, state="done", made=ended)
    asked = Report.objects.create(survey=survey, state="working", rehearsal=True)
    lost = Report.objects.create(survey=survey, state="failed", message="It broke off.", without_flagged=True)
    snapshot = old_apps.get_model("evaluation", "Snapshot").objects.create(survey=survey, last_answer=1, stand="x")
    package = old_apps.get_model("evaluation", "Package").objects.create(snapshot=snapshot, errand=done)
    entry = old_apps.get_model("django_tasks_database", "DBTaskResult").objects
    entry.create(
        task_path="surveys.tasks.rehearse_survey", status="READY", backend_name="default", run_after=ended,
        args_kwargs={"args": [survey.pk, 30, 1], "kwargs": {}},
    )  # fmt: skip

    apps = moved()
    Job, Run = apps.get_model("jobs", "Job"), apps.get_model("generation", "Run")
    job = Job.objects.get(pk=done.pk)
    assert (job.kind, job.title, job.state, job.finished) == ("generation.import_midi", "A", "done", ended)
    assert job.created == done.created
    assert job.arguments.pop("arrangement")["cut"] == "start"
    assert job.arguments == {"source": "A", "folder": "f"}
    assert job.outcome == {"sentences": ["1 clip added."], "lines": lines, "source": source.pk}
    job = Job.objects.get(pk=broken.pk)
    assert (job.state, job.cause, job.error) == ("failed", "refused", "Too few.")
    job = Job.objects.get(pk=half.pk)
    assert job.arguments.pop("arrangement")["bars"] == 0
    assert (job.state, job.arguments) == ("waiting", {"source": "C", "clips": 2, "run": runs["Finished"].pk})
    assert {
        run.name: (run.job and (run.job.state, run.job.cause, run.job.error), run.note, run.finished)
        for run in Run.objects.select_related("job")
    } == {
        "Finished": (None, "Trained elsewhere, read from a zip.", ended),
        "Stopped": (("stopped", "asked", ""), "", None),
        "Failed": (("failed", "refused", "The disk is full."), "", None),
        "Had by a worker": (("waiting", "", ""), "", None),
        "In a terminal": (("stopped", "deserted", ""), "", None),
    }
    reports = {report.pk: report for report in apps.get_model("evaluation", "Report").objects.select_related("job")}
    assert (reports[made.pk].state, reports[made.pk].job) == ("done", None)
    assert (reports[asked.pk].state, reports[asked.pk].job.state) == ("pending", "waiting")
    assert reports[asked.pk].job.arguments == {"report": asked.pk}
    assert (reports[lost.pk].state, reports[lost.pk].job.error) == ("pending", "It broke off.")
    assert apps.get_model("evaluation", "Package").objects.get(pk=package.pk).job_id == done.pk
    rehearsal = Job.objects.get(kind="surveys.rehearse")
    assert rehearsal.arguments == {"survey": survey.pk, "listeners": 30, "seed": 1}
    assert not apps.get_model("django_tasks_database", "DBTaskResult").objects.exists()
