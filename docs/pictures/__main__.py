"""`make pictures`: the pictures in the README and the docs, taken in Chromium from the demonstration.

Prepares the demonstration (as `make demo` does), serves it at a free port, walks through it and photographs.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1200, "height": 860}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    import django

    django.setup()
    from docs.pictures.every_chart import photograph_charts
    from studio.demonstration import prepare
    from tests.browser.conftest import chromium

    photograph_charts()
    made = prepare("music21:bach", say=print, progress=lambda *_: None)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        photograph_participant(browser, address + made.survey.get_absolute_url())
        photograph_studio(browser, address, made)
        browser.close()


def photograph_participant(browser: Browser, survey: str) -> None:
    phone = a_page(browser, PHONE, scheme="light")
    phone.goto(survey)
    save(phone, "welcome-phone")
    phone.get_by_role("button", name="start the survey").click()
    phone.wait_for_load_state()
    save(phone, "trial-phone", full=True)
    dark = a_page(browser, PHONE, scheme="dark")
    dark.goto(phone.url)
    save(dark, "trial-phone-dark", full=True)
    withdraw(phone)


def withdraw(page: Page) -> None:
    """The photographer was no participant."""
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_load_state()


def photograph_studio(browser: Browser, address: str, made) -> None:
    page = a_page(browser, LAPTOP, scheme="light")
    page.goto(f"{address}/sign-in/?next={made.study.get_absolute_url()}")
    page.get_by_label("User name").fill(made.user)
    page.get_by_label("Password").fill(made.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    save(page, "study")
    study = address + made.study.get_absolute_url()
    for name, where in {
        "models": "sources/",
        "survey": f"surveys/{made.survey.slug}/",
        "results": f"surveys/{made.survey.slug}/results/?rehearsal=1",
        "fairness": f"surveys/{made.survey.slug}/fairness/",
        "gallery": "sources/originals/",
        "upload": "upload/",
    }.items():
        page.goto(study + where)
        page.wait_for_load_state("networkidle")
        if name == "upload":
            choose_files(page)
        save(page, name)
    night = browser.new_context(
        viewport=LAPTOP, color_scheme="dark", device_scale_factor=1.5, storage_state=page.context.storage_state()
    ).new_page()
    night.goto(study + "sources/originals/clips/1/")
    night.wait_for_function("() => document.querySelector('.score img').naturalWidth > 0")
    save(night, "clip-dark")


def choose_files(page: Page) -> None:
    """Chosen, not sent: the photographer leaves no clips behind."""
    named = [f"model output {number}.mid" for number in range(1, 7)] + ["recordings.zip"]
    files = [{"name": name, "mimeType": "application/octet-stream", "buffer": bytes(20_000)} for name in named]
    page.set_input_files("#files", files)
    page.fill("#id_name", "Music Transformer")
    page.get_by_label("AI", exact=True).check()


def a_page(browser: Browser, size: dict[str, int], *, scheme: str) -> Page:
    return browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5).new_page()


def save(page: Page, name: str, *, full: bool = False) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", full_page=full)
    print(f"docs/pictures/{name}.png")


@contextmanager
def served() -> Iterator[str]:
    """The address of a server of the demonstration, for as long as the pictures take."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [Path(sys.executable).parent / "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    main()
