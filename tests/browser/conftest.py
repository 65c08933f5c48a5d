"""A real Chromium before a real server."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

# Playwright's synchronous interface runs an event loop in this thread; the database is still only ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


def chromium() -> str | None:
    """Where the system's Chromium is; None: Playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = [named, *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    return next((path for path in found if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-background-networking", "--disable-quic", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def phone(browser):
    yield from a_page(browser, PHONE)


@pytest.fixture
def laptop(browser):
    yield from a_page(browser, LAPTOP)


def a_page(browser, size):
    """A page that fails the test where the browser itself complains: errors in scripts, things forbidden or missing."""
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    yield page
    assert page.complaints == []
    context.close()
