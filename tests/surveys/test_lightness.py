"""A participant's pages are served by a process that never loads the heavy libraries."""

import os
import subprocess
import sys

WHOLE_WAY = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from studies.models import Study
from surveys.opening import open_survey
from surveys.recipes import create_survey
from surveys.rehearsal import rehearse
from tests.surveys.conftest import add_source

study = Study.objects.create(name="Light")
for name, origin in (("Bach", "human"), ("LSTM", "ai")):
    add_source(study, name, origin)
survey, _ = create_survey(study, "Light", template="paper")
open_survey(survey)
pages = []
rehearse(survey, listeners=1, watch=pages.append)
pages.append(Client(headers={"host": "localhost"}).get(f"/s/{survey.slug}/withdraw/"))
assert len(pages) > 12, len(pages)
heavy = ["tensorflow", "keras", "pandas", "plotly", "scipy", "music21", "soundfile", "pydantic", "ninja"]
print([name for name in heavy if name in sys.modules])
"""


def test_from_the_first_page_to_withdrawal_no_heavy_library_is_loaded(tmp_path):
    environment = {**os.environ, "EARWITNESS_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", WHOLE_WAY], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "[]"
