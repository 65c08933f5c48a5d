"""Which third-party packages a web process holds: lists of what is allowed, so that whatever is new is noticed.

Each list is what is true today. Whoever makes it shorter, shortens it here.
"""

import json
import os
import subprocess
import sys

import pytest

FRAMEWORK = {
    *("django", "asgiref", "sqlparse", "csp", "whitenoise", "dj_database_url"),
    *("django_tasks", "django_tasks_db", "django_stubs_ext", "typing_extensions", "packaging"),
}
# A process of the studio looks at MIDI files and piano rolls; symusic brings a downloader along.
MUSIC = {"numpy", "symusic", "platformdirs", "pySmartDL"}
# `django.test` looks at each template engine that is installed; robots read forms with lxml.
TEST_CLIENT = {"jinja2", "markupsafe", "lxml"}

THIRD_PARTY = """
import json, os, sys, sysconfig
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django
django.setup()

def third_party():
    site = Path(sysconfig.get_paths()["purelib"])
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    names = {name.partition(".")[0] for name, file in files.items() if file and Path(file).is_relative_to(site)}
    return sorted(name for name in names if not name.startswith("_"))
"""
ADDRESSES = """
import config.wsgi
from django.urls import get_resolver, reverse
get_resolver().url_patterns
reverse("studio:api", args=["sources"])
"""
SURVEY = """
from django.core.management import call_command
from studies.models import Study
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source

call_command("migrate", verbosity=0)
study = Study.objects.create(name="Light")
for name, origin in (("Bach", "human"), ("LSTM", "ai")):
    add_source(study, name, origin)
survey, _ = create_survey(study, "Light", template="paper")
open_survey(survey)
"""
WHOLE_WAY = """
from django.test import Client
from surveys.models import Survey
from surveys.rehearsal.robots import rehearse

survey, pages = Survey.objects.get(), []
rehearse(survey, listeners=1, watch=pages.append)
client = Client(headers={"host": "localhost"})
pages.append(client.get(f"/s/{survey.slug}/withdraw/"))
survey.participants.get().delete()
assert len(pages) > 12, len(pages)
"""
EVERY_PAGE = """
import pkgutil
from importlib import import_module
import evaluation.pages, generation.pages, studio.api, surveys.researcher.views

for package in (evaluation.pages, generation.pages):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
"""


@pytest.fixture
def loaded_by(tmp_path):
    def run(program: str) -> set[str]:
        """Third-party packages in a process of its own, after the program."""
        environment = {**os.environ, "EARWITNESS_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
        lines = f"{THIRD_PARTY}{program}\nprint(json.dumps(third_party()))"
        answer = subprocess.run(
            [sys.executable, "-c", lines], env=environment, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return set(json.loads(answer.stdout.splitlines()[-1]))

    return run


def test_django_starts_with_the_framework_and_what_reads_midi(loaded_by):
    assert loaded_by("") - FRAMEWORK - MUSIC == set()


def test_no_address_brings_in_more(loaded_by):
    assert loaded_by(ADDRESSES) - FRAMEWORK - MUSIC == set()


@pytest.mark.slow
def test_a_participants_way_from_the_first_page_to_withdrawal_brings_in_nothing(loaded_by):
    loaded_by(SURVEY)
    assert loaded_by(ADDRESSES + WHOLE_WAY) - FRAMEWORK - MUSIC - TEST_CLIENT == set()


@pytest.mark.slow
def test_no_page_of_the_studio_loads_tensorflow_and_none_that_draws_charts_loads_plotly(loaded_by):
    loaded = loaded_by(EVERY_PAGE)
    assert {"pandas", "scipy", "ninja"} <= loaded
    assert loaded & {"tensorflow", "keras", "plotly", "kaleido", "music21"} == set()
