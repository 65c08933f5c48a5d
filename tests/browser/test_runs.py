"""Corpora and runs in a real browser: a training is watched without a reload, and everybody can use the pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from generation.catalogue.corpora import import_corpus
from generation.models import Run
from generation.music.score.notes import Note, Piece, write_midi
from generation.music.training.runs import HISTORY
from jobs.models import Job
from tests.generation.conftest import job_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def corpus(study, tmp_path):
    folder = tmp_path / "songs"
    folder.mkdir()
    for number in range(1, 4):
        notes = [Note(48 + (number * 5 + beat * 7) % 30, beat, 1) for beat in range(48)]
        (folder / f"song {number}.mid").write_bytes(write_midi(Piece.of(notes)))
    return import_corpus(study, str(folder), name="Songs").corpus


@pytest.fixture
def run(study, corpus) -> Run:
    run = Run.objects.create(study=study, corpus=corpus, name="LSTM", preset="house")
    job_of(run, "running", done=100, total=900, details={"epoch": 1, "epochs": 9})
    run.folder.mkdir(parents=True)
    learned(run, 3.0)
    return run


def learned(run: Run, *losses: float) -> None:
    rows = [
        dict.fromkeys(HISTORY, 1.0) | {"epoch": epoch, "loss": loss + 0.2, "validation_loss": loss}
        for epoch, loss in enumerate(losses, 1)
    ]
    lines = [",".join(HISTORY), *(",".join(str(row[key]) for key in HISTORY) for row in rows)]
    (run.folder / "history.csv").write_text("\n".join(lines) + "\n")


def signed_in(page, live_server, client, user, study):
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.address = lambda name, *args: live_server.url + reverse(f"generation:{name}", args=[study.slug, *args])
    return page


def test_a_training_is_watched_until_it_ends(laptop, live_server, client, editor, study, run):
    page = signed_in(laptop, live_server, client, editor, study)
    page.goto(page.address("run", "lstm"))
    expect(page.get_by_text("Epoch 1.0 of 9")).to_be_visible()
    page.get_by_text("All evaluations").click()  # what one opens or closes stays so
    learned(run, 3.0, 2.5)
    Job.objects.update(done=200, details={"epoch": 2, "epochs": 9})
    expect(page.get_by_text("Epoch 2.0 of 9")).to_be_visible()
    expect(page.locator("progress")).to_have_attribute("value", "0.222")
    expect(page.locator("svg.curves")).to_be_visible()
    Run.objects.update(finished=timezone.now())
    Job.objects.update(state="done", finished=timezone.now())
    expect(page.locator("h1 .tag")).to_have_text("finished")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_what_is_fetched_again_keeps_ticks_and_focus_and_follows_a_server_that_was_away(
    laptop, live_server, client, editor, study, run
):
    page = signed_in(laptop, live_server, client, editor, study)
    page.goto(page.address("runs"))
    page.get_by_label("Compare LSTM").check()
    page.route("**/runs/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        pass
    page.unroute("**/runs/")
    page.complaints.clear()  # the browser notes the failure by itself
    Job.objects.update(done=200, details={"epoch": 2, "epochs": 9})
    expect(page.get_by_text("Epoch 2.0 of 9")).to_be_visible(timeout=15_000)
    expect(page.get_by_label("Compare LSTM")).to_be_checked()
    expect(page.get_by_label("Compare LSTM")).to_be_focused()


def test_a_training_is_begun_and_stopped(laptop, live_server, client, editor, study, corpus):
    page = signed_in(laptop, live_server, client, editor, study)
    page.goto(page.address("corpus", "songs"))
    page.get_by_role("link", name="Train network").click()
    page.get_by_role("link", name="house").click()
    page.get_by_text("All values of the preset").click()
    page.get_by_label("epochs", exact=True).fill("many")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("epochs must be a whole number, not 'many'.")).to_be_visible()
    page.get_by_label("epochs", exact=True).fill("3")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    assert Run.objects.get().settings == {"epochs": "3"}
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("resume it to continue")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_a_form_shows_what_belongs_to_the_choice(laptop, live_server, client, editor, study):
    page = signed_in(laptop, live_server, client, editor, study)
    page.goto(page.address("corpus_new"))
    expect(page.get_by_label("Web address", exact=True)).to_be_hidden()
    page.get_by_text("of a zip or MIDI file").click()
    expect(page.locator("#id_address")).to_be_visible()
    expect(page.locator("#id_zip")).to_be_hidden()


PAGES = ["corpora", "corpus_new", "runs", "run_new", "run_import", "runs_compared"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(scheme, laptop, live_server, client, editor, study, run):
    page = signed_in(laptop, live_server, client, editor, study)
    page.emulate_media(color_scheme=scheme)
    learned(run, 3.0, 2.5)
    for name, *args in [*([name] for name in PAGES), ("corpus", "songs"), ("run_new_of", "house"), ("run", "lstm")]:
        page.goto(page.address(name, *args))
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found = Axe().run(page).response["violations"]
        assert [(name, one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def test_nothing_is_wider_than_a_phone(phone, live_server, client, editor, study, run):
    page = signed_in(phone, live_server, client, editor, study)
    for name, *args in [*([name] for name in PAGES), ("corpus", "songs"), ("run_new_of", "house"), ("run", "lstm")]:
        page.goto(page.address(name, *args))
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
