"""The results page with a million ratings: when the first chart can be seen, and what the server needed.

    python -m bench.results_page [--listeners 2500] [--json FILE]

Every listener rates 100 clips of four models on four aspects. The page shows the newest report, as it does with so many
answers; the description is worked out beforehand, as a worker does.
"""

import argparse
import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SOURCES = {"Originals": "human", "LSTM": "ai", "Magenta": "ai", "Shuffled": "anchor"}
MEANS = {"Originals": 3.7, "LSTM": 3.2, "Magenta": 2.9, "Shuffled": 1.8}
CLIPS = 25  # of each
TARGET = 1.0  # seconds to the first chart


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=2500)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"EARWITNESS_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        import django

        django.setup()
        measured = measure(options.listeners)
    for name, value in measured.items():
        print(f"  {name:32}{value}")
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1))
    return 0


def measure(listeners: int) -> dict:
    survey = filled(listeners)
    started = time.perf_counter()
    describe(survey)
    worked_out = time.perf_counter() - started
    cookie, address = signed_in(survey)
    with served() as base:
        asked = [server_seconds(base + address, cookie) for _ in range(5)]
        shown = first_chart(base + address, cookie)
    return {
        "listeners": listeners,
        "ratings": listeners * CLIPS * len(SOURCES) * 4,
        "worked_out_by_a_worker_seconds": round(worked_out, 1),
        "page_from_the_server_seconds": round(median(seconds for seconds, _ in asked), 3),
        "of_a_processor_seconds": round(median(seconds for _, seconds in asked), 3),
        "first_chart_seconds": shown,
        "target_seconds": TARGET,
    }


def filled(listeners: int):
    """A closed survey with all its answers, put into the tables in bulk."""
    import numpy as np
    from django.core.management import call_command
    from django.db import connection

    from generation.models import Clip, Source
    from studies.creation import start_study
    from surveys.survey_templates import create_survey

    call_command("migrate", verbosity=0)
    study, _ = start_study("Bench", owner="bench")
    for name, origin in SOURCES.items():
        source = Source.objects.create(study=study, name=name, origin=origin)
        Clip.objects.bulk_create(
            Clip(source=source, number=n, content_sha256=f"{name}{n}", samples=882_000, rendered="2026-01-01T00:00Z")
            for n in range(1, CLIPS + 1)
        )
    survey, _ = create_survey(study, "A million", template="recommended")
    clips = list(survey.clips.select_related("source").order_by("pk"))
    aspects = list(survey.aspects.values_list("pk", flat=True))
    rng = np.random.default_rng(1)
    means = np.array([MEANS[clip.source.name] for clip in clips])
    values = np.clip(np.rint(means[:, None] + rng.normal(0, 1, (listeners, len(clips), len(aspects)))), 1, 5).astype(
        int
    )
    verdicts = rng.random((listeners, len(clips))) < 0.5
    day = "2026-03-01 12:00:00"
    trials = [
        (listener * len(clips) + place, listener, place) for listener in range(listeners) for place in range(len(clips))
    ]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        insert(cursor, "surveys_participant", listener_rows(survey, listeners, day))
        insert(cursor, "surveys_trial", (trial_row(survey, clips, *trial, day) for trial in trials))
        insert(
            cursor,
            "surveys_answer",
            (answer_row(trial, verdicts[listener, place], day) for trial, listener, place in trials),
        )
        ratings = (
            {"answer_id": trial + 1, "aspect_id": aspect, "value": int(values[listener, place, column])}
            for trial, listener, place in trials
            for column, aspect in enumerate(aspects)
        )
        insert(cursor, "surveys_rating", ratings)
        cursor.execute("ANALYZE")
    return survey


def listener_rows(survey, listeners: int, day: str):
    for number in range(listeners):
        yield {
            **{"id": number + 1, "survey_id": survey.pk, "code": f"code{number}", "withdrawal_code": f"W{number}"},
            **{"number": number + 1, "robot": 0, "rehearsal": "", "order": "ratings_first", "consent_version": 1},
            **{"consented": day, "finished": day},
        }


def trial_row(survey, clips, trial: int, listener: int, place: int, day: str) -> dict:
    return {
        **{"id": trial + 1, "participant_id": listener + 1, "clip_id": clips[place].pk, "kind": "rating"},
        **{"position": place + 1, "audio_key": f"key{trial}", "heard": "[]", "heard_b": "[]", "asked_for": ""},
        **{"survey_id": survey.pk, "robot": 0, "shown": day},
    }


def answer_row(trial: int, is_ai: bool, day: str) -> dict:
    return {
        **{"id": trial + 1, "trial_id": trial + 1, "verdict": "ai" if is_ai else "human", "familiar": 0},
        **{"seconds_heard": 20.0, "seconds_taken": 30.0, "order": "ratings_first", "given": day},
    }


def insert(cursor, table: str, rows) -> None:
    """In blocks; all rows have the same columns."""
    rows = iter(rows)
    first = next(rows)
    names = ", ".join(f'"{name}"' for name in first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(first))})"
    block = [tuple(first.values())]
    for row in rows:
        block.append(tuple(row.values()))
        if len(block) == 50_000:
            cursor.executemany(statement, block)
            block = []
    cursor.executemany(statement, block)


def describe(survey) -> None:
    """What a worker keeps before the mixed models begin."""
    from evaluation import reports
    from evaluation.answers import snapshots
    from evaluation.models import Report
    from evaluation.pipeline import evaluate_snapshot

    report = Report.objects.create(survey=survey, state=Report.State.WORKING)
    snapshot = snapshots.take(survey)
    evaluation = evaluate_snapshot(snapshot)
    reports.store(report, evaluation, version=snapshot.version, snapshot=snapshot, state=Report.State.DONE)


def signed_in(survey) -> tuple[str, str]:
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(get_user_model().objects.get(username="bench"))
    return client.cookies["sessionid"].value, reverse("evaluation:results", args=[survey.study.slug, survey.slug])


class served:
    """The site on a free port, in a thread."""

    def __enter__(self) -> str:
        from django.contrib.staticfiles.handlers import StaticFilesHandler
        from django.core.wsgi import get_wsgi_application

        class Quiet(WSGIRequestHandler):
            def log_message(self, *args):
                pass

        self.server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *args):
        self.server.shutdown()


def server_seconds(address: str, cookie: str) -> tuple[float, float]:
    """By the wall's clock, and of a processor: a machine that does other work as well shows only in the first."""
    from urllib.request import Request, urlopen

    started, worked = time.perf_counter(), time.process_time()
    with urlopen(Request(address, headers={"Cookie": f"sessionid={cookie}"})) as answer:
        answer.read()
    return time.perf_counter() - started, time.process_time() - worked


def first_chart(address: str, cookie: str) -> dict | str:
    """From asking for the page until a chart is drawn in Chromium: the first time, and with the scripts at hand."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        return "skipped: Chromium is not installed"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
        page = context.new_page()
        seconds = []
        for _ in range(4):
            started = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.wait_for_selector("[data-drawn]")
            seconds.append(round(time.perf_counter() - started, 2))
        browser.close()
    return {"first_visit": seconds[0], "later": median(seconds[1:])}


if __name__ == "__main__":
    raise SystemExit(main())
