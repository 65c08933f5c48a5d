"""Training, watching, comparing and composing on pages; what a worker does is done at once."""

import io
import sys
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.models import Clip, Run
from generation.music.training.presets import preset
from generation.music.training.runs import HISTORY
from jobs.models import Job
from jobs.runner import run as run_job
from tests.generation.conftest import job_of, keep_checkpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(study):
    return lambda name, *args: reverse(f"generation:{name}", args=[study.slug, *args])


@pytest.fixture
def desk(client, editor, study):
    client.force_login(editor)
    return client


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def run(study, corpus) -> Run:
    return Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house", finished=timezone.now())


def learned(run: Run, *losses: float, **others: float) -> None:
    run.folder.mkdir(parents=True)
    rows = [
        dict.fromkeys(HISTORY, 1.0) | {"epoch": epoch, "validation_loss": loss, "known_loss": loss} | others
        for epoch, loss in enumerate(losses, 1)
    ]
    lines = [",".join(HISTORY), *(",".join(str(row[key]) for key in HISTORY) for row in rows)]
    (run.folder / "history.csv").write_text("\n".join(lines) + "\n")


def shown(client, address: str, *, part: str = "", status: int = 200) -> str:
    response = client.get(address, headers={"X-Part": part} if part else {})
    assert response.status_code == status
    return response.content.decode()


def test_a_preset_is_chosen_from_all_there_are(desk, address, corpus):
    page = shown(desk, address("run_new"))
    assert all(address("run_new_of", name) in page for name in ("paper", "house", "magenta-attention", "shuffled"))


def test_every_value_of_a_preset_is_shown_with_its_meaning(desk, address, corpus):
    page = shown(desk, address("run_new_of", "house"))
    assert "tokens in a window" in page
    assert 'name="set-window" value="64"' in page


def test_only_values_that_differ_from_the_preset_are_kept(desk, address, corpus, at_once, training):
    values = {"corpus": corpus.pk, "name": "Mine", "seed": 3, "set-window": "64", "set-epochs": "5"}
    response = desk.post(address("run_new_of", "house"), values)
    assert response.url == address("run", "mine")
    run = Run.objects.get()
    assert (run.settings, run.seed, run.state) == ({"epochs": "5"}, 3, "finished")
    [(preset, _, _)] = training.calls
    assert preset.training.epochs == 5


def test_several_values_make_a_run_for_each_and_lead_to_their_comparison(desk, address, corpus, at_once, training):
    values = {"corpus": corpus.pk, "name": "Grid", "seed": 3, "set-epochs": "5, 10", "set-window": "50"}
    response = desk.post(address("run_new_of", "house"), values)
    assert {(run.name, run.state, run.seed) for run in Run.objects.all()} == {
        ("Grid window=50 epochs=5", "finished", 3),
        ("Grid window=50 epochs=10", "finished", 3),
    }
    page = desk.get(response.url).content.decode()
    assert "Grid window=50 epochs=5" in page
    assert "Grid window=50 epochs=10" in page


def test_one_bad_value_of_several_begins_nothing(desk, address, corpus):
    values = {"corpus": corpus.pk, "name": "Grid", "seed": 3, "set-epochs": "5, ten"}
    page = desk.post(address("run_new_of", "house"), values).content.decode()
    assert "epochs must be a whole number, not &#x27;ten&#x27;." in page
    assert not Run.objects.exists()


def test_a_value_that_makes_no_sense_is_said_where_it_stands(desk, address, corpus):
    values = {"corpus": corpus.pk, "name": "Mine", "seed": 1, "set-window": "wide"}
    page = desk.post(address("run_new_of", "house"), values).content.decode()
    assert "window must be a whole number, not &#x27;wide&#x27;." in page
    assert '<details class="more" open>' in page
    assert not Run.objects.exists()


def test_a_preset_that_does_not_exist_is_answered_with_those_that_do(desk, address, corpus):
    page = desk.get(address("run_new_of", "hause"), follow=True).content.decode()
    assert "There is no preset &#x27;hause&#x27;; there is house" in page


def test_a_second_run_of_a_name_is_refused(desk, address, corpus, run):
    page = desk.post(address("run_new_of", "house"), {"corpus": corpus.pk, "name": "LSTM", "seed": 1}).content.decode()
    assert "There is a run “LSTM” already" in page


def test_a_run_waits_until_a_worker_takes_it(desk, address, corpus):
    desk.post(address("run_new_of", "house"), {"corpus": corpus.pk, "name": "Mine", "seed": 1})
    assert (Run.objects.get().state, Job.objects.get().kind) == ("waiting", "generation.train")
    assert "Waiting for a worker." in shown(desk, address("run", "mine"), part="now")


def test_what_goes_on_is_told_by_a_part_of_the_page(desk, address, run):
    job_of(run, "running", done=150, total=300, unit="%", details={"epoch": 1.5, "epochs": 3, "seconds_left": 90})
    part = shown(desk, address("run", "lstm"), part="now")
    assert "<html" not in part
    assert "Epoch 1.5 of 3, about 2 min left" in part
    assert 'max="1" value="0.500"' in part
    assert 'data-poll="' in part


def test_a_run_shows_how_it_learned(desk, address, run):
    learned(run, 2.456, 2.345)
    page = shown(desk, address("run", "lstm"))
    assert "2.456" in page
    assert '<svg class="curves lines"' in page
    assert "2.345" in shown(desk, address("runs"))


def test_stopping_keeps_a_waiting_run_from_being_trained(desk, address, run, at_once, training):
    Run.objects.update(finished=None)
    job = job_of(run, "waiting")
    desk.post(address("run_stop", "lstm"))
    assert Run.objects.get().state == "stopped"
    run_job(job.pk, "me")
    assert not training.calls


def test_a_stopped_run_is_resumed_to_another_end(desk, address, run, at_once, training):
    Run.objects.update(finished=None)
    job_of(run, "stopped")
    keep_checkpoint(run.folder, preset("house"), seed=run.seed, fingerprint=run.corpus.fingerprint)
    desk.post(address("run_resume", "lstm"), {"epochs": 40})
    run.refresh_from_db()
    assert (run.state, run.settings) == ("finished", {"epochs": "40"})
    assert training.calls[0][2]


def test_an_end_that_patience_set_can_be_set_anew(desk, address, run, at_once, training):
    Run.objects.update(finished=None)
    job_of(run, "stopped")
    keep_checkpoint(run.folder, preset("house"), seed=run.seed, fingerprint=run.corpus.fingerprint)
    assert 'name="patience" value="6"' in shown(desk, address("run", "lstm"))
    desk.post(address("run_resume", "lstm"), {"epochs": 30, "patience": 0})
    assert Run.objects.get().settings == {"patience": "0"}


def test_looking_at_a_run_never_changes_what_a_worker_on_another_host_does(desk, address, run, training):
    job = job_of(run, "waiting")

    def at_work():
        """The worker's heart is not heard here: clocks differ, or the line is down."""
        Job.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
        for name, *args in (("run", "lstm"), ("runs",), ("runs_compared",)):
            page = shown(desk, address(name, *args))
        assert "LSTM" in page
        assert Job.objects.get().state == "running"

    training.at_work = at_work
    run_job(job.pk, "a worker on another host")
    assert (Run.objects.get().state, Job.objects.get().state) == ("finished", "done")


def test_a_run_that_a_worker_took_with_it_says_so(desk, address, run):
    Run.objects.update(finished=None)
    job_of(run, "failed", cause="given_up", attempts=3)
    page = shown(desk, address("run", "lstm"))
    assert "Given up: 3 workers ended while running it." in page
    assert Run.objects.get().state == "failed"


def test_the_loss_of_words_seen_before_is_shown_where_there_were_others(desk, address, run):
    learned(run, 3.0, 2.5)
    assert "Held-out loss, known tokens" not in shown(desk, address("run", "lstm"))
    (run.folder / "history.csv").unlink()
    run.folder.rmdir()
    learned(run, 3.0, 2.5, known_loss=1.25)
    page = shown(desk, address("run", "lstm"))
    assert "Held-out loss, known tokens" in page
    assert page.count("1.250") == 2


def test_runs_are_compared_over_epochs_and_over_seconds(desk, study, address, run, corpus):
    other = Run.objects.create(study=study, corpus=corpus, name="Other", preset="house", settings={"window": "50"})
    learned(run, 3.0, 2.0)
    learned(other, 3.5, 2.5)
    page = shown(desk, address("runs_compared") + "?run=lstm&run=other")
    assert page.count('<svg class="curves lines"') == 2
    assert "window=50" in page
    assert "2.000" in page and "2.500" in page


def test_runs_of_different_tokens_are_compared_by_the_note(desk, study, address, run, corpus):
    other = Run.objects.create(study=study, corpus=corpus, name="Paper", preset="paper")
    learned(run, 3.0, 2.0)
    learned(other, 5.0, 4.0)
    assert "use different token encodings" in shown(desk, address("runs_compared") + "?run=lstm&run=paper")


@pytest.fixture
def trained(study, corpus, monkeypatch) -> Run:
    """A real run, of the preset that is trained in no time and without TensorFlow."""
    from generation.catalogue.runs import train_run
    from generation.music.training import baselines

    def train(*args, report, **values):
        return baselines.train(*args, **values)

    monkeypatch.setitem(sys.modules, "generation.music.training.loop", SimpleNamespace(train=train))
    return train_run(study, corpus, preset="shuffled", name="Shuffled").run


@pytest.fixture
def zipped(desk, address, trained) -> bytes:
    response = desk.get(address("run_folder", trained.slug))
    return response.getvalue()


def test_the_folder_of_a_run_travels_as_a_zip(desk, address, trained, zipped, at_once):
    names = zipfile.ZipFile(io.BytesIO(zipped)).namelist()
    assert {"shuffled/config.json", "shuffled/weights.npz"} <= set(names)
    file = io.BytesIO(zipped)
    file.name = "shuffled.zip"
    page = desk.post(address("run_import"), {"name": "Brought", "zip": file}, follow=True).content.decode()
    assert "The training run &quot;Brought&quot; is ready to compose." in page and address("run", "brought") in page
    brought = Run.objects.get(name="Brought")
    assert (brought.state, brought.corpus, brought.preset) == ("finished", trained.corpus, "shuffled")
    assert "shuffled.zip" in brought.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("shuffled/config.json"), "no config.json"),
        (lambda files: files.update({"shuffled/weights.npz": b"other"}), "was changed after training"),
        (lambda files: files.pop("shuffled/vocabulary.json"), "no readable vocabulary.json"),
    ],
)
def test_a_zip_that_is_no_whole_run_is_refused_in_a_sentence(change, said, desk, address, zipped, at_once):
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    file.seek(0)
    file.name = "run.zip"
    assert said in desk.post(address("run_import"), {"name": "Brought", "zip": file}, follow=True).content.decode()
    assert Run.objects.count() == 1


def composing(**values) -> dict:
    usual = {"source": "Noise", "clips": 2, "seconds": 5, "seed": 1, "origin": "anchor"}
    return usual | {"temperature": 1, "top_p": 1, "top_k": 0} | values


def test_what_a_run_composes_appears_on_its_page(desk, address, trained, at_once, renderer):
    response = desk.post(address("run_compose", trained.slug), composing())
    assert response.status_code == 302
    assert Clip.objects.rendered().count() == 2
    part = shown(desk, address("run", trained.slug), part="clips")
    assert part.count('<svg class="roll"') == 2
    assert part.count("<audio") == 2
    assert "2 clips added" in part


def test_composing_waits_as_a_row_that_a_reload_shows(desk, address, trained):
    desk.post(address("run_compose", trained.slug), composing())
    assert Job.objects.get(kind="generation.compose").arguments["clips"] == 2
    assert "Waiting for a worker." in shown(desk, address("run", trained.slug))


def test_a_model_of_another_run_is_not_added_to(desk, study, address, trained, source):
    page = desk.post(address("run_compose", trained.slug), composing(source="Elsewhere", origin="ai")).content.decode()
    assert "has clips from another training run or corpus" in page
    assert not Job.objects.filter(kind="generation.compose").exists()


def test_notes_to_continue_are_numbers_never_paths(desk, address, trained):
    page = desk.post(address("run_compose", trained.slug), composing(primer="notes", notes="/etc/passwd"))
    assert "Enter MIDI note numbers" in page.content.decode()


def test_a_run_is_deleted_only_while_nothing_uses_it(desk, address, trained, at_once, renderer):
    desk.post(address("run_compose", trained.slug), composing())
    desk.post(address("run_delete", trained.slug))
    assert Run.objects.count() == 1
    Clip.objects.all().delete()
    trained.sources.all().delete()
    desk.post(address("run_delete", trained.slug))
    assert not Run.objects.exists()
    assert not trained.folder.exists()


@pytest.mark.parametrize("name", ["run_stop", "run_resume", "run_compose", "run_delete"])
def test_who_may_only_look_changes_nothing(name, client, viewer, address, run):
    client.force_login(viewer)
    assert client.post(address(name, "lstm")).status_code == 403
    assert client.get(address("run_new")).status_code == 403
    assert "<button" not in shown(client, address("run", "lstm")).split("<main")[1]
