"""Whoever wants to be forgotten is."""

import pytest
from django.urls import reverse

from surveys.models import Answer, Participant, Rating, Trial
from surveys.researcher.opening import close_survey
from tests.surveys.conftest import begin, finish
from tests.surveys.test_taking_part import text_of


@pytest.fixture
def finished(client, survey, participant, time):
    finish(client, participant, time)
    return participant


def withdraw(client, survey, code):
    return client.post(reverse("surveys:withdraw", args=[survey.slug]), {"code": code}, follow=True)


def test_the_code_deletes_everything_and_says_so(client, survey, finished):
    page = withdraw(client, survey, finished.withdrawal_code)
    assert "Your data has been deleted" in text_of(page)
    assert [model.objects.count() for model in (Participant, Trial, Answer, Rating)] == [0, 0, 0, 0]


def test_it_works_however_the_code_is_typed(client, survey, finished):
    withdraw(client, survey, f" {finished.withdrawal_code.lower().replace('-', ' ')} ")
    assert not Participant.objects.exists()


def test_it_works_after_the_survey_is_closed(client, survey, finished):
    close_survey(survey)
    withdraw(client, survey, finished.withdrawal_code)
    assert not Participant.objects.exists()


def test_others_are_left_alone(client, survey, finished):
    begin(client, survey)
    withdraw(client, survey, finished.withdrawal_code)
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "' OR 1=1", "x" * 39])
def test_an_unknown_code_deletes_nothing(client, survey, finished, code):
    page = withdraw(client, survey, code)
    assert "Your data has been deleted" not in text_of(page)
    assert Participant.objects.count() == 1


def test_a_code_is_good_for_its_survey_only(client, survey, paper, finished):
    withdraw(client, paper, finished.withdrawal_code)
    assert Participant.objects.count() == 1


def test_guessing_is_stopped_for_an_hour(client, survey, finished, time):
    for _ in range(10):
        withdraw(client, survey, "AAAA-AAAA-AAAA")
    assert withdraw(client, survey, finished.withdrawal_code).status_code == 429
    time.run(3601)
    withdraw(client, survey, finished.withdrawal_code)
    assert not Participant.objects.exists()


def test_whoever_stops_on_the_way_finds_the_code_filled_in(client, survey):
    begin(client, survey)
    page = client.get(reverse("surveys:withdraw", args=[survey.slug]))
    assert Participant.objects.get().withdrawal_code in page.content.decode()


def test_whoever_comes_next_to_the_same_browser_does_not(client, survey, time):
    begin(client, survey)
    participant = Participant.objects.get()
    finish(client, participant, time)
    page = client.get(reverse("surveys:withdraw", args=[survey.slug]))
    assert participant.withdrawal_code not in page.content.decode()


def test_after_withdrawing_the_welcome_page_knows_nobody(client, survey):
    begin(client, survey)
    withdraw(client, survey, Participant.objects.get().withdrawal_code)
    assert "I agree, start the survey" in text_of(client.get(survey.get_absolute_url()))
