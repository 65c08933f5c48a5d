"""A survey taken in a real browser, with sound really played."""

import io

import numpy as np
import pytest
import soundfile
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import expect

from generation.models import Clip, Source
from surveys.models import Answer, Participant
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey

RATE = 44_100
SECONDS = 2

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(hertz: float, form: str, **options) -> ContentFile:
    time = np.arange(SECONDS * RATE) / RATE
    file = io.BytesIO()
    soundfile.write(
        file, 0.1 * np.sin(2 * np.pi * hertz * time), 48_000 if form == "OGG" else RATE, format=form, **options
    )
    return ContentFile(file.getvalue())


@pytest.fixture
def survey(study):
    for number, (name, origin) in enumerate([("Bach", "human"), ("Our LSTM", "ai")]):
        source = Source.objects.create(study=study, name=name, origin=origin)
        clip = Clip(source=source, number=1, content_sha256=name, samples=SECONDS * RATE, rendered=timezone.now())
        clip.mp3.save(f"{clip.name}.mp3", sound(220 + 110 * number, "MP3", bitrate_mode="CONSTANT"), save=False)
        clip.save()
    survey, _ = create_survey(study, "In a browser", template="recommended")
    open_survey(survey)
    return survey


def heard_enough(page):
    page.wait_for_selector("form.heard-enough")


def begin(page, live_server, survey):
    page.goto(live_server.url + survey.get_absolute_url())
    page.click("text=I agree, start the survey")
    page.wait_for_selector("#play")


def answer(page):
    for field in page.locator(".scale").all():
        field.locator("label").nth(3).click()
    page.locator(".verdict label").first.click()


def test_the_whole_survey_by_keyboard_alone(laptop, live_server, survey):
    page = laptop
    page.goto(live_server.url + survey.get_absolute_url())
    reach(page, "I agree, start the survey")
    page.keyboard.press("Enter")
    for position in (1, 2):
        expect(page).to_have_title(f"Clip {position} of 2")
        reach(page, "Play the clip")
        page.keyboard.press("Space")
        heard_enough(page)
        for _ in range(4):
            page.keyboard.press("Tab")
            page.keyboard.press("4")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    expect(page).to_have_title("Thank you")
    assert Participant.objects.get().finished
    for kept in Answer.objects.all():
        assert kept.verdict == "ai"
        assert kept.familiar is True
        assert kept.seconds_heard > 0.8 * SECONDS - 0.5
        assert [rating.value for rating in kept.ratings.all()] == [4, 4, 4, 4]


def reach(page, name: str):
    """Tab on until the thing with this name has the focus."""
    for _ in range(10):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
        )
        if focused.strip() == name:
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


def test_a_hasty_press_is_answered_without_interrupting_the_music(phone, live_server, survey):
    begin(phone, live_server, survey)
    phone.click("#play")
    answer(phone)
    phone.click("text=Next clip")
    assert phone.is_visible("text=Listen to the clip first")
    assert phone.evaluate("document.activeElement.id") == "hasty"
    assert not phone.evaluate("document.querySelector('audio').paused")
    assert not Answer.objects.exists()
    heard_enough(phone)
    assert not phone.is_visible("text=Listen to the clip first")


def test_a_reload_keeps_what_was_heard(phone, live_server, survey):
    begin(phone, live_server, survey)
    phone.click("#play")
    heard_enough(phone)
    phone.reload()
    heard_enough(phone)
    answer(phone)
    phone.click("text=Next clip")
    expect(phone).to_have_title("Clip 2 of 2")


def test_going_back_shows_where_one_stands(phone, live_server, survey):
    begin(phone, live_server, survey)
    phone.click("#play")
    heard_enough(phone)
    answer(phone)
    phone.click("text=Next clip")
    expect(phone).to_have_title("Clip 2 of 2")
    phone.go_back()
    expect(phone).to_have_title("Clip 2 of 2")
    assert Answer.objects.count() == 1


def test_nothing_plays_by_itself(phone, live_server, survey):
    begin(phone, live_server, survey)
    phone.wait_for_timeout(500)
    assert phone.evaluate("document.querySelector('audio').currentTime") == 0


def test_without_javascript_the_survey_is_taken_all_the_same(browser, live_server, survey):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + survey.get_absolute_url())
    page.click("text=I agree, start the survey")
    for _ in range(2):
        assert page.locator("audio[controls]").is_visible()
        assert not page.locator("#play").is_visible()
        page.wait_for_timeout(1300)  # nobody reports what is heard: the time that passes counts
        answer(page)
        page.click(".go-on button")
    assert page.title() == "Thank you"
    assert {kept.seconds_heard for kept in Answer.objects.all()} == {None}
    context.close()
