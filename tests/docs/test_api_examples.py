"""The examples of docs/api.md are run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from generation.models import Clip, Source
from studies.models import Token
from tests.generation.conftest import renderer, song  # noqa: F401 (fixture)

PAGE = Path(__file__).parents[2] / "docs/api.md"
HERE = "http://127.0.0.1:8000"


def example(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.fixture
def run(transactional_db, live_server, editor, study, renderer, settings, tmp_path):  # noqa: F811
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with zipfile.ZipFile(tmp_path / "clips.zip", "w") as archive:
        archive.writestr("1.mid", song(1))
        archive.writestr("2.mid", song(2))
    (tmp_path / "another.mid").write_bytes(song(3))
    environment = {**os.environ, "TOKEN": Token.objects.issue(editor, "example")[1]}

    def run(*command: str, text: str) -> str:
        text = text.replace(HERE, live_server.url)
        done = subprocess.run(
            [*command, text], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_example_with_curl_sends_clips(run):
    assert '"id":' in run("sh", "-c", text=example("sh")).replace('": ', '":')
    assert Clip.objects.rendered().count() == 3
    assert Source.objects.get().checkpoint == "step 90,000"


def test_the_example_with_python_sends_clips_and_fetches_their_sound(run, tmp_path):
    assert run(sys.executable, "-c", text=example("python")).splitlines() == ["1.mid taken ", "2.mid taken "]
    assert sorted(path.name for path in tmp_path.glob("*.mp3")) == ["001.mp3", "002.mp3"]
