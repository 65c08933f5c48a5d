"""Tokens, the API's page, soundfonts and policies in a real browser: usable, accessible, on a phone too."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse

from surveys.recipes import create_survey
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
    phone.get_by_role("link", name="API").click()
    phone.get_by_text("/api/sources/{name}/clips", exact=True).last.click()
    assert phone.get_by_text("To be sent, as multipart/form-data").is_visible()
    check(phone)


def test_soundfonts_and_policies_are_accessible(laptop, client, live_server, study, editor):
    add_source(study, "Bach", "human")
    survey, _ = create_survey(study, "Which?", template="paper")
    sign_in(laptop, client, live_server, editor)
    for address in (
        reverse("generation:soundfonts", args=[study.slug]),
        reverse("desk:policy", args=[study.slug, survey.slug]),
        reverse("generation:originals", args=[study.slug]),
    ):
        laptop.goto(f"{live_server.url}{address}")
        check(laptop)
