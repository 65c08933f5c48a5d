"""From a zip of files to clips that are heard and compared, in a real browser."""

import os
import re
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import expect

from generation.music.audio.renderer import check_renderer
from generation.music.score.notes import Note, Piece, write_midi
from jobs.models import Job
from jobs.runner import run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(check_renderer()), reason="needs FluidSynth and a soundfont"),
]


@pytest.fixture(autouse=True)
def at_once(settings):
    """The worker's part is done within the request, so that no other process is needed."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def song(number: int) -> bytes:
    return write_midi(Piece.of([Note(48 + (number + beat * 7) % 30, beat, 1) for beat in range(16)]))


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "clips.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1, 4):
            archive.writestr(f"song {number}.mid", song(number))
        archive.writestr("broken.mid", song(4)[:150])
        archive.writestr("letter.txt", "Dear all")
    return path


@pytest.fixture
def studio(laptop, live_server, client, editor, study):
    """The laptop, signed in, and the address of a page by its name."""
    client.force_login(editor)
    name = django_settings.SESSION_COOKIE_NAME
    laptop.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    laptop.address = lambda name, *args: live_server.url + reverse(f"generation:{name}", args=[study.slug, *args])
    return laptop


def upload(page, path, *, name, origin="AI", seconds="2"):  # short clips are quickly rendered
    page.goto(page.address("upload"))
    page.set_input_files("#files", path)
    page.fill("#id_name", name)
    page.get_by_label(origin, exact=True).check()
    page.get_by_text("Clip settings for MIDI files").click()
    page.fill("#id_arrangement-seconds", seconds)
    page.get_by_role("button", name="Upload clips", exact=True).click()


def no_barriers(page):
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def test_a_zip_becomes_clips_that_are_heard_and_compared(studio, archive):
    page = studio
    upload(page, archive, name="Some model")
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("caption")).to_have_text("3 added, 2 refused")
    expect(page.locator("tr", has_text="broken.mid")).to_contain_text("refused is damaged")
    expect(page.locator("tr", has_text="letter.txt")).to_contain_text("neither a MIDI file nor an audio file")
    no_barriers(page)
    page.click("text=Show result")
    expect(page.locator(".gallery li")).to_have_count(3)
    no_barriers(page)

    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    page.keyboard.press("j")
    page.wait_for_function("() => document.querySelectorAll('audio')[1].currentTime > 0.1")
    assert page.evaluate("document.querySelector('audio').paused")

    page.goto(page.address("clip", "some-model", 1))
    expect(page.locator("svg.roll")).to_be_visible()
    expect(page.locator("svg.wave")).to_be_visible()
    no_barriers(page)

    upload(page, archive, name="Another model", origin="humans")
    page.wait_for_url("**/jobs/*/")
    page.goto(page.address("fairness"))
    expect(page.locator("main")).to_contain_text("6 clips of 2 models")
    expect(page.locator("main")).to_contain_text("No measured feature differs")
    no_barriers(page)


@pytest.fixture
def two_dozen(tmp_path):
    """Songs of POP909 where it is at hand, ours where it is not; and four files that are no clips."""
    path, pop909 = tmp_path / "two dozen.zip", os.environ.get("EARWITNESS_POP909", "")
    songs = {f"song {number:02}.mid": song(number) for number in range(24)}
    if Path(pop909).is_file():
        with zipfile.ZipFile(pop909) as archive:
            names = [name for name in sorted(archive.namelist()) if re.fullmatch(r".*/(\d{3})/\1\.mid", name)]
            # Among the first are two that begin alike: one clip.
            songs = {Path(name).name: archive.read(name) for name in names[100:124]}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in songs.items():
            archive.writestr(name, content)
        archive.writestr("broken.mid", song(1)[:100])
        archive.writestr("empty.mid", b"")
        archive.writestr("picture.png", b"\x89PNG")
        archive.writestr("../out.mid", song(2))
    return path


@pytest.mark.slow
def test_two_dozen_songs_are_taken_seen_on_their_way_heard_and_compared(studio, two_dozen, settings):
    page = studio
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    upload(page, two_dozen, name="Pop", seconds="5")
    page.wait_for_url("**/jobs/*/")
    expect(page.locator("[data-poll]")).to_contain_text("Waiting for a worker")
    page.evaluate(
        "() => { new MutationObserver(() => { sessionStorage.seen = (sessionStorage.seen ?? '') + "
        "document.querySelector('main').innerText; }"
        ").observe(document.querySelector('main'), { childList: true, subtree: true }); }"
    )
    run(Job.objects.get().pk, "me")  # as a worker does
    expect(page.locator("caption")).to_have_text("24 added, 4 refused")
    seen = page.evaluate("() => sessionStorage.seen")
    assert re.search(r"\d+ of \d+ (files|steps|clips measured)", seen)
    expect(page.get_by_role("button", name="Stop job")).to_have_count(0)
    assert page.locator("tbody tr").first.inner_text().startswith("../out.mid")
    expect(page.locator("tr", has_text="../out.mid")).to_contain_text("points outside the zip")

    page.click("text=Show result")
    expect(page.locator(".gallery li")).to_have_count(24)
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    page.goto(page.address("clip", "pop", 1))
    score = page.locator(".score img")
    score.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.score img').naturalWidth > 0")
    no_barriers(page)

    page.goto(page.address("fairness"))
    expect(page.locator("main")).to_contain_text("24 clips of 1 model")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download report").click()
    assert "Note density" in Path(kept.value.path()).read_text()


def test_a_click_on_the_notes_takes_the_sound_there(studio, archive):
    page = studio
    upload(page, archive, name="Some model")
    page.wait_for_url("**/jobs/*/")
    page.goto(page.address("clip", "some-model", 1))
    page.wait_for_function("() => document.querySelector('audio').duration > 0")
    place = page.locator("[data-picture]").bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + 40)
    page.wait_for_function(
        "() => document.querySelector('audio').currentTime > document.querySelector('audio').duration * 0.45"
    )
    expect(page.locator("[data-head]")).to_be_visible()


def test_what_cannot_be_sent_is_said_before_it_is_sent(studio, archive):
    page = studio
    page.goto(page.address("upload"))
    page.evaluate("document.querySelector('form[data-upload]').dataset.mostBytes = 100")
    page.set_input_files("#files", archive)
    expect(page.locator("[data-refusal]")).to_contain_text("You can upload up to 1 kB at a time.")


def test_a_name_that_means_something_else_is_refused_and_the_files_stay_chosen(studio, archive):
    page = studio
    upload(page, archive, name="Some model")
    page.wait_for_url("**/jobs/*/")
    page.complaints.clear()
    upload(page, archive, name="Some model", origin="humans")
    expect(page.locator("[data-refusal]")).to_contain_text("already exists, and its origin is “AI”")
    assert page.evaluate("document.querySelector('#files').files.length") == 1
    page.complaints.clear()  # the browser notes the answer 400 by itself


def test_files_can_be_dropped(studio):
    page = studio
    page.goto(page.address("upload"))
    dropped = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['MThd'], 'dropped.mid')); return data; }"
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": dropped})
    expect(page.locator("[data-chosen]")).to_contain_text("dropped.mid")


def test_it_works_without_javascript(browser, studio, archive):
    context = browser.new_context(java_script_enabled=False, storage_state=studio.context.storage_state())
    page = context.new_page()
    page.address = studio.address
    upload(page, archive, name="Some model")
    expect(page.locator("caption")).to_have_text("3 added, 2 refused")
    context.close()
