"""What listeners may say about themselves, before the first clip."""

import pytest

from surveys.allocation.allocation import admit
from surveys.models import Participant
from surveys.rehearsal.robots import rehearse
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey


@pytest.fixture
def asking(study, bach, lstm, time):
    survey, _ = create_survey(study, "About you", template="recommended", asks_background=True)
    open_survey(survey)
    return survey


@pytest.fixture
def newcomer(asking):
    return admit(asking)


def about(participant) -> str:
    return f"/s/{participant.survey.slug}/{participant.code}/about/"


def test_it_is_asked_before_the_first_clip(client, newcomer):
    assert newcomer.get_absolute_url() == about(newcomer)
    page = client.get(about(newcomer)).content.decode()
    assert "lessons on an instrument" in page
    assert "checked" not in page


def test_no_clip_is_heard_before(client, newcomer):
    first = newcomer.next_trial()
    assert client.get(first.get_absolute_url())["Location"] == about(newcomer)


def test_what_was_said_is_kept_and_the_first_clip_comes(client, newcomer):
    response = client.post(about(newcomer), {"musical_training": "4-9", "listens_on": "headphones"})
    newcomer.refresh_from_db()
    assert newcomer.background == {"musical_training": "4-9", "listens_on": "headphones"}
    assert response["Location"] == newcomer.next_trial().get_absolute_url()


def test_everything_may_be_left_out_and_is_not_asked_again(client, newcomer):
    response = client.post(about(newcomer))
    newcomer.refresh_from_db()
    assert newcomer.background == {}
    assert response["Location"] == newcomer.next_trial().get_absolute_url()


def test_the_first_time_counts(client, newcomer):
    client.post(about(newcomer), {"musical_training": "none"})
    client.post(about(newcomer), {"musical_training": "10+"})
    newcomer.refresh_from_db()
    assert newcomer.background == {"musical_training": "none"}


def test_of_two_at_the_same_moment_the_first_is_kept(newcomer):
    same = Participant.objects.get(pk=newcomer.pk)
    newcomer.record_background({"musical_training": "none"})
    same.record_background({"musical_training": "10+"})
    assert same.background == {"musical_training": "none"}


def test_an_answer_that_was_not_offered_is_refused_and_nothing_kept(client, newcomer):
    response = client.post(about(newcomer), {"musical_training": "a hundred"})
    newcomer.refresh_from_db()
    assert response.status_code == 200
    assert newcomer.background is None


def test_a_survey_that_does_not_ask_goes_straight_to_the_clips(client, participant):
    assert participant.get_absolute_url() == participant.next_trial().get_absolute_url()
    assert client.get(about(participant))["Location"] == participant.get_absolute_url()


def test_robots_answer_as_well(asking):
    rehearse(asking, listeners=2, seed=1)
    said = [robot.background for robot in Participant.objects.robots()]
    assert all(set(one) == {"musical_training", "listens_on"} for one in said)
