"""A process that is killed leaves nothing half done, and the next one takes the work up."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from generation.music.audio.renderer import check_renderer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed"),
]


@pytest.fixture
def manage(tmp_path):
    """Commands on a home of their own, as a person would type them."""
    environment = {**os.environ, "EARWITNESS_HOME": str(tmp_path / "var")}
    environment.pop("DATABASE_URL", None)

    def start(*words):
        return subprocess.Popen(
            [sys.executable, "manage.py", *words], env=environment, stdout=subprocess.PIPE, text=True, process_group=0
        )

    def run(*words) -> str:
        with start(*words) as process:
            said = process.stdout.read()
        assert process.returncode == 0, said
        return said

    run.start = start
    return run


# Several commands in one process: starting Python takes longer than they do.
COMMANDS = """
from django.core.management import call_command
for words in {commands}:
    call_command(*words)
"""
NEW_STUDY = [("migrate", "-v", "0"), ("create_study", "Piano study", "--owner", "olga")]


def test_a_killed_rendering_leaves_no_half_clip(manage, songs, tmp_path):
    commands = [*NEW_STUDY, ("import_midi", str(songs), "--source", "Elsewhere", "--origin", "ai")]
    manage("shell", "-v", "0", "-c", COMMANDS.format(commands=commands))
    media = tmp_path / "var" / "media"
    with manage.start("render_clips", "--seconds", "10") as process:
        deadline = time.monotonic() + 60
        while not list(media.glob(".rendering-*/.rendering-*/*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert sounds(tmp_path) == [(None, "", "", "")] * 4
    assert manage("render_clips", "--seconds", "10") == "4 clips of 10 seconds rendered at -19.0 LUFS.\n"
    for _, *files in sounds(tmp_path):
        assert all((media / file).stat().st_size for file in files)


ORDER = """
import shutil
from generation import upload_staging
from generation.job_requests import send_files
from generation.music.score.arrangement import Arrangement
from studies.models import Study
folder = upload_staging.new_folder()
shutil.copytree({songs!r}, folder / "00001")
send_files(Study.objects.get(), folder, source="Elsewhere", origin="ai", arrangement=Arrangement(seconds=10))
"""


def test_what_a_killed_worker_was_at_is_finished_by_the_next(manage, songs, tmp_path):
    manage("shell", "-v", "0", "-c", COMMANDS.format(commands=NEW_STUDY) + ORDER.format(songs=str(songs)))
    media = tmp_path / "var" / "media"
    with manage.start("worker") as process:
        deadline = time.monotonic() + 60
        while not list(media.glob(".rendering-*/.rendering-*/*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert sounds(tmp_path) == [(None, "", "", "")] * 4
    assert job(tmp_path)[0] == "running"
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3") as database:
        database.execute("UPDATE jobs_job SET heartbeat = '2000-01-01'")  # long enough ago to be given up
    manage("worker", "--once")
    state, outcome = job(tmp_path)
    assert (state, [line["outcome"] for line in outcome["lines"]]) == ("done", ["taken"] * 4)
    for _, *files in sounds(tmp_path):
        assert all((media / file).stat().st_size for file in files)
    kept = {folder: len(list((media / folder).iterdir())) for folder in ("midi", "originals", "masters", "clips")}
    assert kept == {"midi": 4, "originals": 4, "masters": 4, "clips": 8}  # nothing twice
    assert not list((tmp_path / "var" / "inbox").glob("*"))


def job(tmp_path) -> tuple[str, dict]:
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3") as database:
        state, outcome = database.execute("SELECT state, outcome FROM jobs_job").fetchone()
    return state, json.loads(outcome)


def sounds(tmp_path) -> list[tuple]:
    with sqlite3.connect(tmp_path / "var" / "earwitness.sqlite3") as database:
        return database.execute("SELECT samples, master, mp3, opus FROM generation_clip ORDER BY number").fetchall()
