"""Who hears what, with rows: one transaction that picks and reserves."""

from collections import Counter

import pytest

from surveys.allocation.allocation import RESERVED_FOR, admit
from surveys.models import Participant, Trial
from surveys.survey_templates import create_survey
from tests.surveys.conftest import hear_and_reply, listen, reply

HOURS = 60 * 60


def planned(survey, *participants):
    return [list(participant.trials.values_list("clip", flat=True)) for participant in participants]


def test_everybody_gets_a_number_in_the_order_of_arrival(survey):
    assert [admit(survey).number for _ in range(3)] == [1, 2, 3]


def test_people_and_robots_are_counted_apart(survey):
    admit(survey)
    robot = admit(survey, robot=True, rehearsal="x")
    assert robot.number == 1
    assert Trial.objects.filter(robot=True).count() == 4


def test_the_same_code_is_the_same_participant(survey):
    assert admit(survey, code="abc") == admit(survey, code="abc")
    assert Participant.objects.count() == 1


def test_all_clips_are_reserved_at_once(survey, time):
    trials = admit(survey).trials.all()
    assert [trial.position for trial in trials] == [1, 2, 3, 4]
    assert {trial.reserved_until for trial in trials} == {time() + RESERVED_FOR}


def test_half_the_clips_each_are_shared_out_equally(study, bach, lstm, time):
    survey, _ = create_survey(study, "Half", template="paper", clips_per_participant=2)
    admit(survey)
    admit(survey)
    assert set(Counter(Trial.objects.values_list("clip", flat=True)).values()) == {1}


def test_the_same_seed_gives_the_same_plan_again(study, bach, lstm, time):
    survey, _ = create_survey(study, "Once", template="paper", seed=5)
    first = planned(survey, admit(survey), admit(survey))
    survey.participants.all().delete()
    assert planned(survey, admit(survey), admit(survey)) == first


def test_another_seed_gives_another_plan(study, bach, lstm, time):
    plans = []
    for seed in range(5):
        survey, _ = create_survey(study, f"Seed {seed}", template="paper", seed=seed)
        plans += planned(survey, admit(survey))
    assert len({tuple(plan) for plan in plans}) > 1


def test_clips_of_people_who_left_are_heard_by_the_next(study, bach, lstm, time):
    survey, _ = create_survey(study, "Left", template="paper", clips_per_participant=2)
    left = admit(survey)
    time.run(2 * HOURS + 1)
    first, second = admit(survey), admit(survey)
    assert set(planned(survey, first, second)[0]).isdisjoint(planned(survey, second)[0])
    assert left.trials.count() == 2


def test_clips_of_people_who_are_still_there_are_not_given_away(study, bach, lstm, time):
    survey, _ = create_survey(study, "There", template="paper", clips_per_participant=2)
    first = admit(survey)
    time.run(2 * HOURS - 1)
    second = admit(survey)
    assert set(planned(survey, first)[0]).isdisjoint(planned(survey, second)[0])


def test_what_is_answered_is_held_for_good(client, survey, participant, time):
    hear_and_reply(client, participant, time)
    time.run(1000 * HOURS)
    assert Trial.objects.active(time()).count() == 1


def test_whoever_goes_on_after_an_hour_keeps_the_places(client, survey, participant, time):
    time.run(1.5 * HOURS)
    hear_and_reply(client, participant, time)
    time.run(1 * HOURS)
    assert participant.trials.active(time()).count() == 4


def test_whoever_comes_back_after_days_goes_on_with_the_same_clips(client, survey, participant, time):
    before = planned(survey, participant)
    time.run(100 * HOURS)
    trial = participant.next_trial()
    listen(client, trial, time)
    reply(client, trial)
    assert planned(survey, participant) == before
    assert participant.trials.answered().count() == 1


@pytest.mark.parametrize(
    ("order", "wanted"), [("ratings_first", {"ratings_first"}), ("verdict_first", {"verdict_first"})]
)
def test_the_order_of_questions_is_the_surveys(survey, order, wanted):
    survey.order = order
    survey.save()
    assert {admit(survey).order, admit(survey).order} == wanted


def test_alternated_orders_take_turns(survey):
    survey.order = "alternated"
    survey.save()
    assert [admit(survey).order for _ in range(4)] == ["ratings_first", "verdict_first"] * 2
