"""Tokens, the API's page, soundfonts and policies in a real browser: usable, accessible, on a phone too."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page, client, live_server, user) -> None:
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}{reverse('studio:home')}")


def check(page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_token_is_made_with_the_keyboard_and_the_pages_are_accessible(phone, client, live_server, study, editor):
    sign_in(phone, client, live_server, editor)
    phone.get_by_role("link", name="emil").click()
    phone.get_by_label("Name").fill("laptop")
    phone.keyboard.press("Enter")
    assert phone.get_by_label("Token", exact=True).input_value().startswith("ew_")
    check(phone)


def test_the_api_page_shows_its_operations_and_asks_nobody_else(laptop, client, live_server, study, editor):
    sign_in(laptop, client, live_server, editor)
    requests = []
    laptop.on("request", lambda request: requests.append(request.url))
    laptop.goto(f"{live_server.url}{reverse('studio:api_page')}")
    operation = laptop.locator(".opblock-post", has_text="/api/sources/{name}/clips")
    operation.click()
    expect(operation).to_contain_text("multipart/form-data")
    assert laptop.locator(".opblock").count() >= 20
    assert [url for url in requests if not url.startswith((live_server.url, "data:", "blob:"))] == []
    laptop.emulate_media(color_scheme="dark")
    expect(laptop.locator("html")).to_have_class("dark-mode")


def test_the_api_page_fits_a_phone(phone, client, live_server, study, editor):
    sign_in(phone, client, live_server, editor)
    phone.goto(f"{live_server.url}{reverse('studio:api_page')}")
    phone.wait_for_selector(".opblock")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_soundfonts_and_policies_are_accessible(laptop, client, live_server, study, editor):
    add_source(study, "Bach", "human")
    survey, _ = create_survey(study, "Which?", template="paper")
    sign_in(laptop, client, live_server, editor)
    for address in (
        reverse("generation:soundfonts", args=[study.slug]),
        reverse("survey_studio:policy", args=[study.slug, survey.slug]),
        reverse("generation:originals", args=[study.slug]),
    ):
        laptop.goto(f"{live_server.url}{address}")
        check(laptop)
