"""What a participant learns at the end."""

import pytest
from django.urls import reverse

from surveys.allocation.allocation import admit
from surveys.models import Participant
from surveys.participation.feedback import own_result
from surveys.rehearsal.robots import rehearse
from surveys.survey_templates import create_survey
from tests.surveys.conftest import finish
from tests.surveys.test_taking_part import text_of


def answer_all(participant, verdict: str = "ai") -> Participant:
    for trial in participant.trials.all():
        trial.record(ratings={}, verdict=verdict)
    return Participant.objects.select_related("survey").get(pk=participant.pk)


def test_it_says_which_clips_were_human(client, survey, participant, time):
    page = text_of(finish(client, participant, time))
    origins = participant.trials.values_list("clip__source__origin", flat=True)
    wanted = ["written by a person" if origin == "human" else "written by an AI" for origin in origins]
    assert [page[place : place + len(words)] for words, place in found(page, wanted)] == wanted


def found(page, wanted):
    """Each of the words with its place behind the one before."""
    place = 0
    for position, words in enumerate(wanted, start=1):
        place = page.index(f"Clip {position} {words}", place) + len(f"Clip {position} ")
        yield words, place


def test_it_counts_right_guesses(client, survey, participant, time):
    assert "2 of 4" in text_of(finish(client, participant, time))


def test_low_anchors_count_for_nothing(study, bach, lstm, shuffled, time):
    survey, _ = create_survey(study, "With anchors", template="paper")
    result = own_result(answer_all(admit(survey)))
    assert (result.right, result.judged, len(result.guesses)) == (2, 4, 6)


def test_with_few_others_there_is_no_comparison(survey, participant):
    for _ in range(4):
        answer_all(admit(survey))
    result = own_result(answer_all(participant))
    assert result.others is None


def test_with_five_others_there_is(survey, participant):
    for verdict in ("human", "human", "ai", "ai", "ai"):
        answer_all(admit(survey), verdict)
    result = own_result(answer_all(participant))
    assert (result.others, result.others_right, result.did_better_than) == (5, 0.5, 0)


def test_whoever_guesses_everything_did_better_than_those_who_guessed_half(survey, participant):
    for _ in range(5):
        answer_all(admit(survey))
    for trial in participant.trials.all():
        trial.record(ratings={}, verdict=trial.clip.source.origin)
    result = own_result(Participant.objects.get(pk=participant.pk))
    assert (result.right, result.did_better_than) == (4, 5)


def test_people_are_not_compared_with_robots(survey, participant):
    rehearse(survey, listeners=6)
    assert own_result(answer_all(participant)).others is None


def test_people_who_did_not_finish_are_not_compared_with(survey, participant):
    for _ in range(6):
        admit(survey).trials.first().record(ratings={}, verdict="ai")
    assert own_result(answer_all(participant)).others is None


def test_a_survey_without_the_question_shows_no_score(client, survey, participant, time):
    survey.verdict_question = ""
    survey.save()
    page = text_of(finish(client, participant, time))
    assert "guesses" not in page
    assert "written by a person" in page


def test_the_code_for_withdrawal_is_shown_with_what_it_does(client, survey, participant, time):
    page = text_of(finish(client, participant, time))
    assert participant.withdrawal_code in page
    assert "you can delete everything we store about you" in page


@pytest.mark.parametrize("name", ["welcome", "withdraw"])
def test_no_other_page_tells_the_truth_about_a_clip(client, survey, participant, time, name):
    finish(client, participant, time)
    assert "written by an AI" not in text_of(client.get(reverse(f"surveys:{name}", args=[survey.slug])))
