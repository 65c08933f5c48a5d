"""A grid of runs, sent to the workers by one command and compared."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from generation.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def sweep(*words, **options) -> None:
    call_command("sweep", "Songs", "--preset", "house", *words, **options)


def test_every_point_of_the_grid_is_a_run_with_a_telling_name(corpus, at_once, training, capsys):
    sweep("--grid", "epochs=5,10", "--grid", "window=50,100")
    assert {(run.name, run.state) for run in Run.objects.all()} == {
        (f"house epochs={epochs} window={window}", "finished") for epochs in (5, 10) for window in (50, 100)
    }
    said = capsys.readouterr().out
    assert "4 of 4 training runs are waiting for a worker" in said
    assert "compare-runs/?run=house-epochs5-window50&run=" in said
    assert len(training.calls) == 4


def test_the_same_again_trains_nothing_and_shows_the_table(corpus, at_once, training, capsys):
    sweep("--grid", "epochs=5,10")
    capsys.readouterr()
    sweep("--grid", "epochs=5,10,20")
    assert "1 of 3 training runs are waiting" in capsys.readouterr().out
    assert len(training.calls) == 3


def test_several_seeds_are_several_runs(corpus, at_once, training):
    sweep("--grid", "epochs=5", "--seeds", "1,2")
    assert sorted(Run.objects.values_list("name", "seed")) == [
        ("house epochs=5 seed=1", 1),
        ("house epochs=5 seed=2", 2),
    ]


def test_what_is_written_twice_is_one_run(corpus, at_once, training):
    sweep("--grid", "units=16,016", "--grid", "epochs=5", "--grid", "epochs=6", "--seeds", "1,1")
    assert sorted(Run.objects.values_list("name", flat=True)) == ["house units=16 epochs=5", "house units=16 epochs=6"]


def test_without_waiting_the_runs_are_in_the_queue(corpus):
    sweep("--grid", "epochs=5,10", "--no-wait")
    assert [run.state for run in Run.objects.all()] == ["waiting", "waiting"]


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ("epoch=5,10", "has no value 'epoch'; there is epochs"),
        ("epochs=five", "epochs must be a whole number"),
        ("epochs", "is not KEY=A,B"),
    ],
)
def test_a_grid_that_makes_no_sense_begins_nothing(grid, said, corpus):
    with pytest.raises(CommandError, match=said):
        sweep("--grid", "window=50", grid)
    assert not Run.objects.exists()


def test_a_failed_run_is_in_the_table_and_in_the_exit(corpus, at_once, training, capsys):
    from generation.music.training.runs import RunError

    training.error = RunError("The loss is no number any more.")
    with pytest.raises(CommandError, match="1 training run failed"):
        sweep("--grid", "epochs=5")
    assert "failed (The loss is no number any more.)" in capsys.readouterr().out


@pytest.mark.slow
def test_two_workers_share_a_sweep(songs, tmp_path):
    """Real processes on one database: every run is trained once, and both workers have a part in it."""
    environment = {**os.environ, "EARWITNESS_HOME": str(tmp_path / "var")}
    environment.pop("DATABASE_URL", None)

    def manage(*words) -> subprocess.Popen:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([sys.executable, "manage.py", *words], env=environment, **pipes)

    def done(*words) -> str:
        with manage(*words) as process:
            said = process.stdout.read()
        assert process.returncode == 0, said
        return said

    begin = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("create_study", "Piano study", "--owner", "olga")
call_command("import_corpus", {str(songs)!r}, "--name", "Songs")
"""
    done("shell", "-v", "0", "-c", begin)  # in one process: starting Python takes longer than the commands
    grid = [f"order={','.join(map(str, range(1, 9)))}"]
    assert "8 of 8 training runs are waiting" in done(
        "sweep", "Songs", "--preset", "markov", "--grid", *grid, "--no-wait"
    )
    workers = [manage("worker", "--once") for _ in range(2)]
    told = [worker.communicate(timeout=120)[0] for worker in workers]
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3") as database:
        states = ["finished" for (at,) in database.execute("SELECT finished FROM generation_run") if at]
        took = [ids for (ids,) in database.execute("SELECT worker_ids FROM django_tasks_database_dbtaskresult")]
    assert states == ["finished"] * 8, told
    assert all(len(json.loads(ids)) == 1 for ids in took)  # nobody trained what another had
    assert "0 of 8 training runs are waiting" in done("sweep", "Songs", "--preset", "markov", "--grid", *grid)
