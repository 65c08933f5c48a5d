"""A participant's way, as a visitor reads it."""

import re

import pytest
from django.urls import reverse

from surveys.allocation.allocation import admit
from surveys.models import Answer, Participant, Survey, Trial
from surveys.participation.tickets import write_ticket
from surveys.researcher.opening import close_survey
from tests.surveys.conftest import begin, finish, hear_and_reply, listen, reply


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def title_of(response) -> str:
    return re.search("<title>(.*?)</title>", response.content.decode(), re.S)[1]


def stands_at(response) -> str:
    return response.redirect_chain[-1][0] if response.redirect_chain else response.request["PATH_INFO"]


# --- Beginning ---------------------------------------------------------------------------------------


def test_the_welcome_page_says_what_is_coming(client, survey):
    page = text_of(client.get(survey.get_absolute_url()))
    assert "Can you tell?" in page
    assert "Some were composed by people" in page
    assert "4 clips" in page
    assert "about 3 minutes" in page
    assert "Taking part is voluntary" in page


def test_looking_at_the_welcome_page_keeps_nothing(client, survey):
    client.get(survey.get_absolute_url())
    assert not Participant.objects.exists()
    assert not client.cookies


def test_whoever_agrees_stands_at_the_first_clip(client, survey):
    page = begin(client, survey)
    assert title_of(page) == "Clip 1 of 4"
    assert Participant.objects.get().consent_version == survey.consent_version


def test_the_wording_that_was_agreed_to_is_kept(client, survey):
    begin(client, survey)
    survey.consent_text = "Other words."
    survey.save()
    agreed = survey.consent_texts.get(version=Participant.objects.get().consent_version)
    assert agreed.text.startswith("Taking part is voluntary")
    assert survey.consent_version == 2


def test_a_second_press_is_the_same_participant(client, survey):
    ticket = {"ticket": write_ticket(survey)}
    client.cookies.clear()
    first = client.post(survey.get_absolute_url(), ticket)
    client.cookies.clear()
    second = client.post(survey.get_absolute_url(), ticket)
    assert first["Location"] == second["Location"]
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("ticket", ["", "made up", "WzEsICJhIiwgIiJd:1abc:def"])
def test_nobody_begins_with_a_ticket_that_is_not_ours(client, survey, ticket):
    page = client.post(survey.get_absolute_url(), {"ticket": ticket}, follow=True)
    assert "I agree, start the survey" in text_of(page)
    assert not Participant.objects.exists()


def test_a_ticket_is_good_for_its_survey_only(client, survey, paper):
    client.post(survey.get_absolute_url(), {"ticket": write_ticket(paper)})
    assert not Participant.objects.exists()


def test_a_returning_browser_is_told_where_it_stands(client, survey, time):
    begin(client, survey)
    hear_and_reply(client, Participant.objects.get(), time)
    page = text_of(client.get(survey.get_absolute_url()))
    assert "You are at clip 2 of 4" in page


def test_beginning_again_in_the_same_browser_goes_on(client, survey):
    begin(client, survey)
    begin(client, survey)
    assert Participant.objects.count() == 1


def test_somebody_else_at_the_same_device_begins_anew(client, survey):
    begin(client, survey)
    client.post(survey.get_absolute_url(), {"ticket": write_ticket(survey), "anew": "yes"})
    assert Participant.objects.count() == 2


def test_a_draft_says_that_it_is_not_open_yet(client, survey):
    Survey.objects.update(state="draft")
    assert "not open yet" in text_of(client.get(survey.get_absolute_url()))
    begin(client, survey)
    assert not Participant.objects.exists()


def test_a_closed_survey_says_so_and_takes_no_more(client, survey, participant, time):
    listen(client, participant.next_trial(), time)
    close_survey(survey)
    response = reply(client, participant.next_trial())
    assert response["Location"] == survey.get_absolute_url()
    assert "closed" in text_of(client.get(survey.get_absolute_url()))
    assert not Answer.objects.exists()


# --- Going on ----------------------------------------------------------------------------------------


def test_the_personal_address_works_on_another_device(client, survey, participant, time):
    hear_and_reply(client, participant, time)
    client.cookies.clear()
    page = client.get(reverse("surveys:resume", args=[survey.slug, participant.code]), follow=True)
    assert title_of(page) == "Clip 2 of 4"


def test_an_address_that_nobody_has_is_not_found(client, survey):
    assert client.get(reverse("surveys:resume", args=[survey.slug, "nobody"])).status_code == 404


def test_a_participant_of_one_survey_is_unknown_to_another(client, survey, paper, participant):
    assert client.get(reverse("surveys:resume", args=[paper.slug, participant.code])).status_code == 404


@pytest.mark.parametrize("position", [2, 4, 9])
def test_skipping_ahead_leads_back(client, survey, participant, position):
    page = client.get(reverse("surveys:trial", args=[survey.slug, participant.code, position]), follow=True)
    assert title_of(page) == "Clip 1 of 4"


def test_going_back_leads_to_where_one_stands(client, survey, participant, time):
    first = hear_and_reply(client, participant, time).trial
    assert title_of(client.get(first.get_absolute_url(), follow=True)) == "Clip 2 of 4"


def test_the_end_is_not_reached_before_the_end(client, survey, participant):
    page = client.get(reverse("surveys:thanks", args=[survey.slug, participant.code]), follow=True)
    assert title_of(page) == "Clip 1 of 4"


def test_after_the_last_clip_comes_the_end(client, survey, participant, time):
    page = finish(client, participant, time)
    assert title_of(page) == "Thank you"
    assert participant.finished == time()


def test_pages_are_not_kept_by_the_browser_so_that_back_asks_again(client, survey, participant):
    page = client.get(participant.next_trial().get_absolute_url())
    assert "no-store" in page["Cache-Control"]


# --- Answering ---------------------------------------------------------------------------------------


def test_an_answer_is_kept_as_given(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time, seconds=30)
    reply(client, trial, rating_enjoyment=5, rating_complexity=1, verdict="human", familiar="on", heard="[[0,20]]")
    answer = Answer.objects.get()
    assert answer.verdict == "human"
    assert answer.familiar is True
    assert answer.seconds_heard == 20
    assert answer.seconds_taken == 30
    assert answer.order == "ratings_first"
    assert answer.given == time()
    assert {rating.aspect.key: rating.value for rating in answer.ratings.all()} == {
        "enjoyment": 5,
        "emotional_impact": 4,
        "creativity": 4,
        "complexity": 1,
    }
    trial.refresh_from_db()
    assert trial.heard == [[0, 20]]


def test_the_first_answer_counts(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time)
    reply(client, trial, verdict="human")
    again = reply(client, trial, verdict="ai")
    assert again["Location"] == Participant.objects.get().get_absolute_url()
    assert Answer.objects.get().verdict == "human"


def test_recording_twice_keeps_the_first_answer(survey, participant, time):
    trial = participant.next_trial()
    aspect = survey.aspects.first()
    trial.record(ratings={aspect: 2}, verdict="human")
    Trial.objects.get(pk=trial.pk).record(ratings={aspect: 5}, verdict="ai")
    answer = Answer.objects.get()
    assert (answer.verdict, answer.ratings.get().value) == ("human", 2)


def test_an_answer_to_a_clip_that_is_not_at_hand_is_not_taken(client, survey, participant, time):
    third = participant.trials.get(position=3)
    listen(client, third, time)
    reply(client, third)
    assert not Answer.objects.exists()


def test_nothing_is_chosen_beforehand(client, survey, participant):
    assert "checked" not in client.get(participant.next_trial().get_absolute_url()).content.decode()


def test_a_gap_is_named_and_the_rest_kept(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time)
    page = reply(client, trial, rating_creativity="", rating_enjoyment=2)
    assert title_of(page) == "Error: Clip 1 of 4"
    assert "Choose a number for “How creative is it?”" in page.content.decode()
    assert re.search(r'name="rating_enjoyment" value="2"[^>]*checked', page.content.decode())
    assert not Answer.objects.exists()


@pytest.mark.parametrize("value", ["0", "6", "-1", "3.5", "five", "9" * 400])
def test_a_number_that_was_not_offered_is_not_taken(client, survey, participant, time, value):
    trial = participant.next_trial()
    listen(client, trial, time)
    reply(client, trial, rating_enjoyment=value)
    assert not Answer.objects.exists()


def test_ratings_come_first_in_the_recommended_template(client, survey, participant):
    page = text_of(client.get(participant.next_trial().get_absolute_url()))
    assert page.index("How much do you enjoy it") < page.index("Who do you think composed")


def test_the_paper_asks_for_the_verdict_first_and_in_its_own_words(client, paper):
    page = text_of(client.get(admit(paper).next_trial().get_absolute_url()))
    asked = [
        "Do you believe this song was generated by AI?",
        "Yes",
        "No",
        "How complex is it?",
        "How creative is it?",
        "How strongly does it move you?",
        "How much do you enjoy it overall?",
    ]
    places = [page.index(words) for words in asked]
    assert places == sorted(places)


def test_scales_have_words_at_both_ends(client, survey, participant):
    page = text_of(client.get(participant.next_trial().get_absolute_url()))
    assert "1 very simple" in page
    assert "5 very complex" in page


# --- Listening ---------------------------------------------------------------------------------------


def test_a_hasty_press_is_answered_at_the_top_and_keeps_what_was_chosen(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time, seconds=5)
    page = reply(client, trial, rating_enjoyment=2, heard="[[0, 5]]").content.decode()
    told, questions = page.index('role="alert" autofocus'), page.index("<fieldset")
    assert told < questions
    assert "Listen to the clip first" in page[told:questions]
    assert re.search(r'name="rating_enjoyment" value="2"[^>]*checked', page)
    assert re.search(r'name="heard" value="\[\[0, 5\]\]"', page)
    assert not Answer.objects.exists()


def test_a_page_that_claims_more_than_the_time_that_passed_is_not_believed(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time, seconds=5)
    reply(client, trial, heard="[[0, 20]]")
    assert not Answer.objects.exists()


def test_the_share_that_the_survey_asks_for_is_enough(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time, seconds=16)
    reply(client, trial, heard="[[0, 16]]")
    assert Answer.objects.get().seconds_heard == 16


def test_without_javascript_the_time_since_the_sound_was_sent_counts(client, survey, participant, time):
    trial = participant.next_trial()
    listen(client, trial, time, seconds=15)
    reply(client, trial)
    assert not Answer.objects.exists()
    time.run(2)
    reply(client, trial)
    assert Answer.objects.get().seconds_heard is None


def test_whoever_never_asked_for_the_sound_has_not_heard_it(client, survey, participant, time):
    trial = participant.next_trial()
    client.get(trial.get_absolute_url())
    time.run(100)
    reply(client, trial, heard="[[0, 20]]")
    assert not Answer.objects.exists()


def test_sound_fetched_ahead_counts_from_when_its_page_is_shown(client, survey, participant, time):
    first, second = participant.trials.all()[:2]
    listen(client, first, time)
    client.get(second.sounds()[0][0])
    time.run(100)
    reply(client, first)
    client.get(second.get_absolute_url())
    time.run(5)
    reply(client, second)
    assert Answer.objects.count() == 1


def test_without_javascript_the_browsers_own_player_is_there(client, survey, participant):
    page = client.get(participant.next_trial().get_absolute_url()).content.decode()
    assert "<audio controls" in page
    assert re.search(r'<button type="button" id="play"[^>]*hidden', page)
