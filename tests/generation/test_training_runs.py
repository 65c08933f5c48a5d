"""What the row of a run says, whatever happens to the training."""

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.catalogue.errors import CatalogueError
from generation.catalogue.lookup import find_run
from generation.catalogue.runs import plan_run, train_run
from generation.job_requests import send_training
from generation.models import Run
from generation.music.training.configuration import PresetError
from generation.music.training.presets import preset
from generation.music.training.runs import RunError
from jobs.models import Job
from jobs.runner import run as run_job
from tests.generation.conftest import job_of, keep_checkpoint

pytestmark = pytest.mark.django_db


def test_a_run_is_trained_with_the_values_of_its_preset(study, corpus, training):
    trained = train_run(study, corpus, preset="house", name="My LSTM", values={"epochs": "5"}, seed=7)
    run = Run.objects.get()
    assert (run.state, run.slug, run.preset, run.settings, run.corpus) == (
        "finished",
        "my-lstm",
        "house",
        {"epochs": "5"},
        corpus,
    )
    assert run.finished
    [(preset, seed, resume)] = training.calls
    assert (preset.training.epochs, seed, resume) == (5, 7, False)
    assert trained.sentences() == [f'The training run "My LSTM" has finished. Its folder is {run.folder}']


def test_the_same_again_does_nothing_and_says_so(study, corpus, training):
    train_run(study, corpus, preset="house", name="LSTM")
    assert "already exists" in train_run(study, corpus, preset="house", name="LSTM").sentences()[0]
    assert len(training.calls) == 1


@pytest.mark.parametrize("change", [{"preset": "paper"}, {"seed": 2}, {"values": {"epochs": "3"}}])
def test_another_training_needs_another_name(change, study, corpus, training):
    train_run(study, corpus, preset="house", name="LSTM")
    with pytest.raises(CatalogueError, match='There is a run "LSTM" already, of preset house on "Songs" with seed 1'):
        train_run(study, corpus, **({"preset": "house", "name": "LSTM"} | change))


def test_a_value_that_does_not_exist_leaves_no_row(study, corpus, training):
    with pytest.raises(PresetError, match="epoch"):
        train_run(study, corpus, preset="house", name="LSTM", values={"epoch": "5"})
    assert not Run.objects.exists()


def test_a_failure_is_kept_in_the_row(study, corpus, training):
    training.error = RunError("The loss is no number any more.")
    with pytest.raises(RunError):
        train_run(study, corpus, preset="house", name="LSTM")
    run = Run.objects.get()
    assert (run.state, run.message, run.finished) == ("failed", "The loss is no number any more.", None)
    training.error = None
    assert train_run(study, corpus, preset="house", name="LSTM").run.state == "finished"


def test_a_stopped_run_goes_on_with_its_values(study, corpus, training):
    training.state = "stopped"
    stopped = train_run(study, corpus, preset="house", name="LSTM", values={"epochs": "9"})
    assert "was stopped" in stopped.sentences()[0]
    with pytest.raises(CatalogueError, match="go on with --resume"):
        train_run(study, corpus, preset="house", name="LSTM", values={"epochs": "9"})
    training.state = "finished"
    assert train_run(study, corpus, preset="house", name="LSTM", resume=True).run.state == "finished"
    preset, _, resume = training.calls[-1]
    assert (preset.training.epochs, resume) == (9, True)


def test_going_on_with_other_values_is_refused_and_changes_nothing(study, corpus, training):
    training.state = "stopped"
    run = train_run(study, corpus, preset="house", name="LSTM", values={"units": "16"}).run
    with pytest.raises(RunError, match="units is 32, was 16"):
        train_run(study, corpus, preset="house", name="LSTM", values={"units": "32"}, resume=True)
    run.refresh_from_db()
    assert (run.state, run.settings, len(training.calls)) == ("stopped", {"units": "16"}, 1)
    assert train_run(study, corpus, preset="house", name="LSTM", resume=True).run.settings == {"units": "16"}


def test_what_a_failed_training_has_learned_is_not_begun_anew(study, corpus, training):
    training.error, training.has_learned = RunError("The disk is full."), True
    with pytest.raises(RunError):
        train_run(study, corpus, preset="house", name="LSTM")
    training.error = None
    with pytest.raises(CatalogueError, match="failed before its end; go on with --resume"):
        train_run(study, corpus, preset="house", name="LSTM")
    assert train_run(study, corpus, preset="house", name="LSTM", resume=True).run.state == "finished"
    assert [resume for _, _, resume in training.calls] == [False, True]


def test_nor_is_what_waits_for_a_worker_to_go_on_with_it(study, corpus, training):
    training.state = "stopped"
    run = train_run(study, corpus, preset="house", name="LSTM").run
    job_of(run, "waiting")
    with pytest.raises(CatalogueError, match="being trained at this moment by another process, or waits for a worker"):
        train_run(study, corpus, preset="house", name="LSTM", resume=True)
    assert run.has_learned


def test_a_training_killed_before_it_learned_anything_leaves_its_name_free(study, corpus, training):
    run = plan_run(study, corpus, preset="house", name="LSTM")
    run.save()
    job_of(run, "running", in_terminal=True, heartbeat=timezone.now() - timedelta(hours=1))
    assert train_run(study, corpus, preset="house", name="LSTM", values={"units": "16"}).run.state == "finished"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" ", "The training run has no name"),
        ("x" * 121, "121 characters long. Choose one of up to 120"),
        ("a\nb", "contains a line break"),
    ],
    ids=["empty", "long", "two lines"],
)
def test_a_name_that_no_page_could_show_is_refused(name, sentence, study, corpus, training):
    with pytest.raises(CatalogueError, match=sentence):
        train_run(study, corpus, preset="house", name=name)
    assert not Run.objects.exists()


def test_values_that_do_not_go_together_are_refused_before_there_is_a_row(study, corpus, training):
    for values, sentence in (
        ({"transpose": "3"}, "Set one_key=no or transpose=0"),
        ({"feed": "history"}, "has no history to feed"),
        ({"lowest": "60", "highest": "65"}, "at least an octave apart, not 60 and 65"),
    ):
        with pytest.raises(PresetError, match=sentence):
            train_run(study, corpus, preset="house", name="LSTM", values=values)
    assert not Run.objects.exists()


def test_a_training_that_has_come_to_its_end_says_why_it_does_not_go_on(study, corpus, training, monkeypatch):
    train_run(study, corpus, preset="house", name="LSTM")
    training.progress = {"step": 12, "ended_by": "its minutes are over"}
    monkeypatch.setattr("generation.catalogue.runs.read_config", lambda folder: {"progress": {"step": 12}})
    again = train_run(study, corpus, preset="house", name="LSTM", values={"epochs": "99"}, resume=True)
    assert again.sentences() == ['The training run "LSTM" was not resumed: its minutes are over.']
    assert (again.run.state, again.run.message) == ("finished", again.sentences()[0])


def test_a_run_that_is_not_there_cannot_go_on(study, corpus, training):
    with pytest.raises(CatalogueError, match='There is no run "LSTM" to go on with'):
        train_run(study, corpus, preset="house", name="LSTM", resume=True)


def test_stopping_the_row_stops_the_training(study, corpus, training):
    training.at_work = lambda: Run.objects.get().job.stop()
    assert train_run(study, corpus, preset="house", name="LSTM").run.state == "stopped"


def test_the_row_tells_how_far_training_is(study, corpus, training):
    said = []
    train_run(study, corpus, preset="house", name="LSTM", report=lambda _: said.append(Run.objects.get().message))
    assert said == ["Epoch 1.5 of 3, loss 2.00, on held-out pieces 2.50, about 3 min left"]


def test_one_run_is_trained_by_one_process(study, corpus, training):
    run = plan_run(study, corpus, preset="house", name="LSTM")
    run.save()
    job_of(run, "running")
    with pytest.raises(CatalogueError, match="is being trained at this moment by another process"):
        train_run(study, corpus, preset="house", name="LSTM")
    assert not training.calls


def test_a_training_in_a_terminal_keeps_workers_away(study, corpus, training):
    sent = []
    training.at_work = lambda: sent.append(send_training(Run.objects.get()))
    train_run(study, corpus, preset="house", name="LSTM")
    assert [job.in_terminal for job in sent] == [True]
    assert Job.objects.count() == len(training.calls) == 1


def test_a_training_whose_worker_was_killed_goes_on(study, corpus, training):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    keep_checkpoint(run.folder, preset("house"), seed=1, fingerprint=corpus.fingerprint)
    run_job(job_of(run, "waiting", attempts=1).pk, "the next one")
    [(_, _, resumed)] = training.calls
    assert resumed
    assert Run.objects.get().state == "finished"


def test_ctrl_c_at_a_worker_leaves_the_training_to_the_next_one(study, corpus, training, monkeypatch):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    training.state = "stopped"
    passed_on = []
    monkeypatch.setattr("generation.jobs.signal.raise_signal", passed_on.append)
    with pytest.raises(KeyboardInterrupt):
        run_job(job_of(run, "waiting").pk, "me")
    assert passed_on == [signal.SIGINT]
    assert (Run.objects.get().state, Job.objects.get().attempts) == ("waiting", 0)


def test_a_worker_that_lost_its_training_writes_nothing_more(study, corpus, training):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    job = job_of(run, "waiting")
    training.at_work = lambda: Job.objects.update(worker="the next one", attempts=2)
    run_job(job.pk, "me")
    job.refresh_from_db()
    assert (job.state, job.worker, job.outcome, job.details) == ("running", "the next one", {}, {})
    assert Run.objects.get().finished is None


def test_a_training_whose_checkpoint_is_damaged_says_so_on_its_page(study, corpus, training):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    keep_checkpoint(run.folder, preset("house"), seed=1, fingerprint=corpus.fingerprint)
    (run.folder / "checkpoint" / "checkpoint.npz").write_bytes(b"half of one")
    run_job(job_of(run, "waiting").pk, "me")
    run = Run.objects.get()
    assert run.state == "failed"
    assert "cannot be read. Train the run from the beginning" in run.message
    assert not training.calls


def test_a_run_whose_process_was_killed_is_not_called_training(study, corpus):
    run = plan_run(study, corpus, preset="house", name="LSTM")
    run.save()
    job_of(run, "running", in_terminal=True)
    assert run.state == "training"
    Job.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
    run.refresh_from_db()
    assert (run.state, run.message) == ("stopped", "The process that ran it ended before the job did.")
    assert run.may_go_on


def test_a_run_is_found_by_name_slug_and_folder(study, corpus, training, tmp_path):
    run = train_run(study, corpus, preset="house", name="My LSTM").run
    assert find_run(study, "My LSTM") == find_run(study, "my-lstm") == find_run(study, str(run.folder)) == run
    with pytest.raises(CatalogueError, match=r"manage\.py import_run"):
        find_run(study, str(tmp_path))


def test_a_name_whose_training_failed_before_it_learned_anything_is_free_again(study, corpus):
    with pytest.raises(RunError, match="window"):
        train_run(study, corpus, preset="paper", name="Again", values={"window": "5000"})
    assert train_run(study, corpus, preset="shuffled", name="Again").run.state == Run.State.FINISHED


def test_a_preset_that_does_not_exist_is_named_before_the_run_that_does(study, corpus):
    train_run(study, corpus, preset="shuffled", name="There")
    with pytest.raises(PresetError, match="no preset 'hose'"):
        train_run(study, corpus, preset="hose", name="There")
