"""Visits to the pages of a home folder in a separate process: a participant finishes or withdraws, owners look round.

    EARWITNESS_HOME=... python -m tests.visits finish /s/SURVEY/CODE/
    EARWITNESS_HOME=... python -m tests.visits withdraw /s/SURVEY/withdraw/ ABCD-EFGH-2345
    EARWITNESS_HOME=... python -m tests.visits look_round olga

Prints what the visitor saw as JSON. A visitor knows addresses and reads pages, and knows nothing of the code behind.
"""

import hashlib
import json
import os
import sys
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import django
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponse
from django.test import Client


class Page(HTMLParser):
    """What a visitor reads on a page: the title, the links, the sounds, and the answers offered to each question."""

    def __init__(self, response: HttpResponse):
        super().__init__()
        self.address = response.request["PATH_INFO"]
        self.title, self.links, self.sounds = "", [], []
        self.choices: dict[str, list[str]] = {}
        self.open_tag = ""
        if response["Content-Type"].startswith("text/html"):
            self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            self.links.append(urljoin(self.address, values["href"]))
        elif tag == "source" and self.open_tag == "audio":
            self.sounds.append(urljoin(self.address, values["src"]))  # the first is enough: a browser plays one
        elif tag == "input" and values.get("type") == "radio":
            self.choices.setdefault(values["name"], []).append(values["value"])
        self.open_tag = tag

    def handle_data(self, data: str) -> None:
        if self.open_tag == "title" and not self.title:
            self.title = data.strip()


def finish(address: str) -> list[dict]:
    """Listen to every clip that is left and choose the last answer to each question; stop if a page is shown twice."""
    browser = Client(headers={"host": "localhost"})
    page = Page(browser.get(address, follow=True))
    pages = []
    while page.choices and page.title not in [earlier["title"] for earlier in pages]:
        sounds = [b"".join(browser.get(sound)) for sound in page.sounds]
        pages.append({"title": page.title, "sounds": [hashlib.sha256(sound).hexdigest() for sound in sounds]})
        let_ten_seconds_pass()
        answers = {name: offered[-1] for name, offered in page.choices.items()}
        page = Page(browser.post(page.address, {"heard": "[[0, 6.0]]", **answers}, follow=True))
    return [*pages, {"title": page.title}]


def let_ten_seconds_pass() -> None:
    """Set back when the clips still to be answered were shown and sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE surveys_trial"
            " SET shown = datetime(shown, '-10 seconds'), audio_sent = datetime(audio_sent, '-10 seconds')"
            " WHERE id NOT IN (SELECT trial_id FROM surveys_answer)"
        )


def withdraw(address: str, code: str) -> list[dict]:
    browser = Client(headers={"host": "localhost"})
    return [{"title": Page(browser.post(address, {"code": code}, follow=True)).title}]


def look_round(name: str) -> list[dict]:
    """Follow every link to a page, starting at the home page; skip files and links with a query."""
    browser = Client(headers={"host": "localhost"}, raise_request_exception=False)
    browser.force_login(get_user_model().objects.get(username=name))
    addresses, visits = ["/"], []
    for address in addresses:
        response = browser.get(address, follow=True)
        visits.append({"address": address, "status": response.status_code})
        for link in map(urlsplit, Page(response).links):
            if not link.netloc and not link.query and link.path.endswith("/") and link.path not in addresses:
                addresses.append(link.path)
    return visits


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    visit = {"finish": finish, "withdraw": withdraw, "look_round": look_round}[sys.argv[1]]
    json.dump(visit(*sys.argv[2:]), sys.stdout)
