"""The background's door: what a task gives back is what a command prints."""

import pytest

from generation import tasks
from generation.models import Clip, Run
from generation.music.training.presets import preset
from tests.generation.conftest import keep_checkpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def result_of(task, *args, **values) -> dict:
    return task.enqueue(*args, **values).return_value


def test_from_a_folder_to_clips_that_can_be_heard(study, songs, renderer):
    said = result_of(tasks.import_corpus, study.pk, str(songs), name="Songs")
    assert said == {"said": ['The corpus "Songs" has 4 pieces, 384 notes, 3 minutes.']}
    corpus = study.corpora.get()
    result_of(tasks.excerpt, corpus.pk, source="Originals", clips=2, seconds=5)
    result_of(tasks.import_midi, study.pk, [str(songs)], source="Elsewhere", origin="ai")
    said = result_of(tasks.render_clips, study.pk)
    assert said == {"said": ["6 clips of 5 seconds rendered at -19.0 LUFS."]}
    assert Clip.objects.rendered().count() == 6


def test_a_mistake_is_one_sentence_and_no_traceback(study):
    said = result_of(tasks.import_corpus, study.pk, "/nowhere")
    assert said == {"error": "/nowhere does not exist. Give a folder, a zip or a file."}


def test_a_training_whose_worker_was_killed_goes_on(study, corpus, training):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house", state=Run.State.TRAINING)
    keep_checkpoint(run.folder, preset("house"), seed=1, fingerprint=corpus.fingerprint)
    result_of(tasks.train_run, run.pk)
    [(_, _, resumed)] = training.calls
    assert resumed
    assert Run.objects.get().state == "finished"


def test_a_training_whose_checkpoint_is_damaged_says_so_on_its_page(study, corpus, training):
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    keep_checkpoint(run.folder, preset("house"), seed=1, fingerprint=corpus.fingerprint)
    (run.folder / "checkpoint" / "checkpoint.npz").write_bytes(b"half of one")
    said = result_of(tasks.train_run, run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert said == {"error": run.message}
    assert "cannot be read. Train the run from the beginning" in run.message
    assert not training.calls
