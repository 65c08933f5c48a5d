# ruff: noqa: F811 (fixtures are asked for by their names)
"""Two clips in a real browser: heard one after the other, chosen by keyboard or thumb."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from surveys.models import Answer
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.browser.test_results import visit
from tests.browser.test_taking_part import SECONDS, reach, survey  # noqa: F401 (fixtures)
from tests.evaluation.conftest import analyst, fill, make_survey  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pairs(study, survey):
    """The same two clips, side by side."""
    pairs, _ = create_survey(study, "Two of them", template="preference")
    open_survey(pairs)
    return pairs


def begin(page, live_server, pairs):
    page.goto(live_server.url + pairs.get_absolute_url())
    page.click("text=I agree, start the survey")
    page.wait_for_selector("#play-a")


def test_a_pair_by_keyboard_alone(laptop, live_server, pairs):
    page = laptop
    page.goto(live_server.url + pairs.get_absolute_url())
    reach(page, "I agree, start the survey")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Pair 1 of 1")
    for letter in "AB":
        reach(page, f"Play clip {letter}")
        page.keyboard.press("Space")
        page.wait_for_selector(f"[data-hear]:has(#play-{letter.lower()}).heard-enough")
    page.keyboard.press("Tab")
    page.keyboard.press("b")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Thank you")
    kept = Answer.objects.get()
    assert kept.choices.get().value == "b"
    assert min(kept.seconds_heard, kept.seconds_heard_b) > 0.8 * SECONDS - 0.5


def test_one_clip_stops_the_other_and_one_alone_is_not_enough(phone, live_server, pairs):
    begin(phone, live_server, pairs)
    phone.click("#play-a")
    phone.wait_for_selector("[data-hear].heard-enough")
    phone.click("#play-b")
    assert phone.evaluate("[...document.querySelectorAll('audio')].map((audio) => audio.paused)") == [True, False]
    phone.click("text=No difference")
    phone.click("text=Finish")
    assert phone.is_visible("text=Listen to both clips first")
    phone.wait_for_selector("form.heard-enough")
    phone.click("text=Finish")
    expect(phone).to_have_title("Thank you")


def test_the_page_of_a_pair_has_no_barriers_and_fits_a_phone(phone, live_server, pairs):
    begin(phone, live_server, pairs)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(phone, options={"rules": {"scrollable-region-focusable": {"enabled": False}}})
    assert found.violations_count == 0, found.generate_report()


def test_results_follow_the_answers(laptop, live_server, client, analyst, make_survey):
    survey = make_survey("Following", clips=3)
    fill(survey, listeners=11)
    laptop.clock.install()
    visit(laptop, live_server, client, survey)
    expect(laptop.locator(".flow li").first).to_contain_text("11")
    fill(survey, listeners=1)
    laptop.clock.fast_forward(10_500)
    expect(laptop.locator(".flow li").first).to_contain_text("12", timeout=15_000)


def test_the_planning_page_has_no_barriers(laptop, live_server, client, analyst, make_survey):
    survey = make_survey("Barriers", clips=3)
    fill(survey, listeners=6)
    visit(laptop, live_server, client, survey)
    laptop.goto(live_server.url + reverse("evaluation:planning", args=[survey.study.slug]))
    laptop.wait_for_selector("[data-drawn]")
    assert Axe().run(laptop).violations_count == 0
