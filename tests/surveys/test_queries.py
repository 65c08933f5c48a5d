"""How often a page of a participant asks the database: many take part at once, however many clips there are."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.allocation.allocation import admit
from surveys.models import Survey
from surveys.participation.tickets import write_ticket
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source, finish, listen


@pytest.fixture
def large(study, time) -> Survey:
    """As many clips as a long survey has."""
    for number in range(4):
        add_source(study, f"Source {number}", "ai", clips=6)
    survey, _ = create_survey(study, "Large", template="recommended")
    open_survey(survey)
    return survey


def queries(act) -> int:
    """How often `act` asks the database, the bounds of transactions not counted."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_the_welcome_page(client, large):
    assert queries(lambda: client.get(large.get_absolute_url())) == 3


def test_beginning_with_24_clips(client, large):
    for _ in range(5):
        admit(large)
    ticket = {"ticket": write_ticket(large)}
    assert queries(lambda: client.post(large.get_absolute_url(), ticket)) == 11


def test_a_trial_shown_first_and_again(client, large):
    address = admit(large).next_trial().get_absolute_url()
    assert queries(lambda: client.get(address)) == 5
    assert queries(lambda: client.get(address)) == 4


def test_the_sound_sent_first_and_again(client, large):
    address = admit(large).next_trial().sounds()[0][0]
    assert queries(lambda: client.get(address)) == 3
    assert queries(lambda: client.get(address)) == 2


def test_an_answer(client, large, time):
    trial = admit(large).next_trial()
    listen(client, trial, time)
    keys = [f"rating_{aspect.key}" for aspect in large.aspects.all()]
    said = {**dict.fromkeys(keys, 4), "verdict": "ai", "heard": "[[0, 20]]"}
    assert queries(lambda: client.post(trial.get_absolute_url(), said)) == 9


def test_the_end(client, survey, participant, time):
    for _ in range(6):
        for trial in admit(survey).trials.all():
            trial.record(ratings={}, verdict="ai")
    finish(client, participant, time)
    thanks = reverse("surveys:thanks", args=[survey.slug, participant.code])
    assert queries(lambda: client.get(thanks)) == 4


def test_a_participants_pages_are_light(client, large, time):
    """Without the sound, and with everything that a page brings along, well below 50 kB."""
    participant = admit(large)
    page = client.get(participant.next_trial().get_absolute_url()).content
    brought = ["css/theme.css", "css/base.css", "css/participant.css", "earwitness.svg"]
    brought += [f"js/{name}.js" for name in ("player", "listening", "digits", "ahead")]
    sizes = [Path(finders.find(name)).stat().st_size for name in brought]
    assert len(page) + sum(sizes) < 50_000
