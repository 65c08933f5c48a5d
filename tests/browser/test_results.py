# ruff: noqa: F811 (fixtures are asked for by their names)
"""The page with results in a real browser: charts are drawn under the strict policy, by day and by night."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse

from evaluation.pages import results
from tests.evaluation.conftest import analyst, fill, make_survey  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHITE_AND_COAL = ("rgb(33, 31, 29)", "rgb(236, 232, 225)")  # the text's colour by day and by night


@pytest.fixture
def survey(make_survey):
    survey = make_survey("Spring survey", clips=3)
    fill(survey, listeners=12)
    return survey


def visit(page, live_server, client, survey):
    """The results, signed in, with every chart drawn."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.requests = []
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(live_server.url + reverse("evaluation:results", args=[survey.study.slug, survey.slug]))
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('[data-chart]:not([data-drawn])').length === 0")


def test_charts_are_drawn_and_nobody_else_is_asked(laptop, live_server, client, analyst, survey):
    visit(laptop, live_server, client, survey)
    assert laptop.locator("svg.main-svg").count() >= 9
    assert [url for url in laptop.requests if not url.startswith((live_server.url, "data:", "blob:"))] == []
    titles = laptop.locator("[data-title]").evaluate_all("buttons => buttons.map(button => button.dataset.title)")
    assert titles and not any(re.search("share|cloud|edit", title, re.IGNORECASE) for title in titles)


def test_charts_follow_day_and_night(laptop, live_server, client, analyst, survey):
    visit(laptop, live_server, client, survey)
    label = laptop.locator("#means .ytick text").first
    by_day = label.evaluate("text => getComputedStyle(text).fill")
    laptop.emulate_media(color_scheme="dark")
    laptop.wait_for_function(
        "before => getComputedStyle(document.querySelector('#means .ytick text')).fill !== before", arg=by_day
    )
    assert (by_day, label.evaluate("text => getComputedStyle(text).fill")) == WHITE_AND_COAL


def test_nothing_is_cut_or_wider_than_the_page(phone, live_server, client, analyst, survey):
    visit(phone, live_server, client, survey)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_page_can_be_used_by_everybody(laptop, live_server, client, analyst, survey):
    visit(laptop, live_server, client, survey)
    for details in laptop.locator("figure details").all():
        details.evaluate("details => { details.open = true }")
    found = Axe().run(laptop).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def test_where_the_server_cannot_draw_files_the_browser_does(
    laptop,
    live_server,
    client,
    analyst,
    survey,
    monkeypatch,
):
    monkeypatch.setattr(results, "why_not", lambda: "no browser here")
    visit(laptop, live_server, client, survey)
    with laptop.expect_download() as waiting:
        laptop.locator("#means a[data-draw=svg]").click()
    text = waiting.value.path().read_text()
    assert waiting.value.suggested_filename == "means.svg"
    assert "Average ratings with 95 % intervals" in text
