"""Which of two? Pairs are balanced, blind, heard on both sides, and robots rehearse them."""

import random
from collections import Counter
from itertools import combinations

import pytest
from django.urls import reverse

from surveys.allocation.allocation import admit
from surveys.allocation.pair_allocation import draw_pairs
from surveys.errors import SurveyError
from surveys.models import Answer, Choice, Trial
from surveys.rehearsal.robots import rehearse
from surveys.rehearsal.tastes import DEFAULT, SourceTaste, Tastes
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source, begin

SOURCES = {name: [f"{name}{number}" for number in range(6)] for name in "ABCD"}


@pytest.fixture
def pairs(study, bach, lstm, time):
    survey, _ = create_survey(study, "Which?", template="preference")
    open_survey(survey)
    return survey


@pytest.fixture
def many(study, time):
    for name in ("Bach", "LSTM", "Magenta"):
        add_source(study, name, "ai" if name != "Bach" else "human", clips=4)
    survey, _ = create_survey(study, "Many", template="preference", pairs_per_participant=6)
    open_survey(survey)
    return survey


def drawn(people: int, number: int, sources=SOURCES):
    """The pairs of so many participants, one after the other."""
    held, plans = Counter(), []
    for person in range(people):
        plans.append(draw_pairs(sources, held, number=number, rng=random.Random(person)))
        held.update(plans[-1])
    return plans


# --- Planning ----------------------------------------------------------------------------------------


def test_no_source_meets_itself_and_no_pair_comes_twice():
    for plan in drawn(20, 12):
        assert all(a[0] != b[0] for a, b in plan)
        assert len({frozenset(pair) for pair in plan}) == 12


@pytest.mark.parametrize("number", [5, 6, 12])
def test_any_two_sources_meet_equally_often(number):
    met = Counter(frozenset((a[0], b[0])) for plan in drawn(13, number) for a, b in plan)
    assert len(met) == 6
    assert max(met.values()) - min(met.values()) <= 1


def test_the_clips_of_a_source_are_heard_equally_often():
    heard = Counter(clip for plan in drawn(17, 12) for pair in plan for clip in pair)
    for clips in SOURCES.values():
        counts = [heard[clip] for clip in clips]
        assert max(counts) - min(counts) <= 1


def test_each_of_two_sources_stands_first_equally_often():
    order = Counter((a[0], b[0]) for plan in drawn(15, 12) for a, b in plan)
    for s, t in combinations("ABCD", 2):
        assert abs(order[s, t] - order[t, s]) <= 1


def test_nobody_hears_a_clip_twice_while_there_are_others():
    for plan in drawn(10, 12):
        assert max(Counter(clip for pair in plan for clip in pair).values()) == 1


def test_more_pairs_than_there_are_end_with_all_of_them():
    (plan,) = drawn(1, 99, {"A": ["A0", "A1"], "B": ["B0", "B1"]})
    assert len(plan) == 4


def test_the_same_seed_and_arrivals_give_the_same_plan(many):
    plans = []
    for _ in range(2):
        plans.append([list(admit(many).trials.values_list("clip", "clip_b", "position")) for _ in range(3)])
        many.participants.all().delete()
    assert plans[0] == plans[1]


def test_people_meet_a_balanced_plan_of_rows(many):
    for _ in range(5):
        admit(many)
    trials = Trial.objects.filter(survey=many).select_related("clip__source", "clip_b__source")
    met = Counter(frozenset((trial.clip.source.name, trial.clip_b.source.name)) for trial in trials)
    assert sorted(met.values()) == [10, 10, 10]
    assert {trial.kind for trial in trials} == {"pair"}
    assert len({trial.audio_key for trial in trials} | {trial.audio_key_b for trial in trials}) == 60


def test_pairs_that_expire_are_given_again(many, time):
    first = admit(many)
    time.run(3 * 3600)
    second = admit(many)
    heard = [Counter(x for row in p.trials.values_list("clip", "clip_b") for x in row) for p in (first, second)]
    assert sum(heard[0].values()) == sum(heard[1].values()) == 12
    # Nothing of the first is held any more: the second may get the same clips; both plans are whole.
    assert all(max(counts.values()) == 1 for counts in heard)


# --- The page ----------------------------------------------------------------------------------------


def listen_to_both(client, trial, time, seconds=20):
    client.get(trial.get_absolute_url())
    for side in trial.sides:
        client.get(side.sounds()[0][0])
    time.run(2 * seconds)


def choose(client, trial, **changes):
    said = {"rating_preference": "a", "heard": "[[0, 20]]", "heard_b": "[[0, 19]]"}
    return client.post(trial.get_absolute_url(), {**said, **changes}, follow=True)


def test_a_participant_chooses_and_goes_on(client, pairs, time):
    begin(client, pairs)
    trial = pairs.participants.get().next_trial()
    listen_to_both(client, trial, time)
    page = choose(client, trial, rating_preference="tie", familiar="on")
    answer = Answer.objects.get()
    assert (answer.seconds_heard, answer.seconds_heard_b, answer.familiar) == (20, 19, True)
    assert Choice.objects.get().value == "tie"
    assert "Pair 2 of 2" in page.content.decode()


def test_both_clips_must_be_heard(client, pairs, time):
    participant = admit(pairs)
    trial = participant.next_trial()
    listen_to_both(client, trial, time)
    page = choose(client, trial, heard_b="[[0, 3]]").content.decode()
    assert "Listen to both clips first" in page
    assert not Answer.objects.exists()


def test_without_javascript_the_time_of_both_clips_counts(client, pairs, time):
    trial = admit(pairs).next_trial()
    listen_to_both(client, trial, time, seconds=15)  # 30 of 40 seconds; 32 are asked for
    choose(client, trial, heard="", heard_b="")
    assert not Answer.objects.exists()
    time.run(3)
    choose(client, trial, heard="", heard_b="")
    assert Answer.objects.get().seconds_heard is None


def test_nothing_is_chosen_beforehand_and_a_gap_is_named(client, pairs, time):
    trial = admit(pairs).next_trial()
    listen_to_both(client, trial, time)
    assert "checked" not in client.get(trial.get_absolute_url()).content.decode()
    page = choose(client, trial, rating_preference="").content.decode()
    assert "Choose an answer to “Which of the two do you prefer?”" in page


def test_no_difference_is_offered_only_where_it_may_be_said(client, study, bach, lstm, time):
    survey, _ = create_survey(study, "Decide", template="preference", ties=False)
    open_survey(survey)
    trial = admit(survey).next_trial()
    assert "No difference" not in client.get(trial.get_absolute_url()).content.decode()


def test_the_sound_of_either_clip_comes_only_with_its_trial(client, many, time):
    first, _, third = admit(many).trials.all()[:3]
    assert [client.get(side.sounds()[0][0]).status_code for side in first.sides] == [200, 200]
    assert [client.get(side.sounds()[0][0]).status_code for side in third.sides] == [404, 404]


def test_the_end_tells_the_truth_about_both(client, pairs, time):
    participant = admit(pairs)
    while trial := participant.next_trial():
        trial.record(choices={pairs.aspects.get(): "b"})
    page = client.get(reverse("surveys:thanks", args=[pairs.slug, participant.code])).content.decode()
    assert page.count("written by a person") == page.count("written by an AI") == 2
    assert "Pair 1A" in page and "Pair 2B" in page
    assert "of your guesses" not in page


# --- Making one --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"pairs_per_participant": 5}, "These clips make 1 to 4 pairs"),
        ({"clips_per_participant": 2}, "give the number of pairs"),
        ({"asks_confidence": True}, "does not ask who composed"),
        ({"practice": 2}, "not enough clips for practice"),
    ],
)
def test_what_makes_no_sense_with_pairs_is_refused(study, bach, lstm, wanted, message):
    with pytest.raises(SurveyError, match=message):
        create_survey(study, "Odd", template="preference", **wanted)


def test_one_model_alone_cannot_be_compared(study, bach):
    with pytest.raises(SurveyError, match="at least two models"):
        create_survey(study, "Odd", template="preference", sources=[bach])


def test_pairs_are_not_for_other_templates(study, bach, lstm):
    with pytest.raises(SurveyError, match="Only the template preference has pairs"):
        create_survey(study, "Odd", template="paper", pairs_per_participant=2)


# --- Robots ------------------------------------------------------------------------------------------


def test_robots_prefer_what_they_like_more(many):
    loud = {
        "Bach": SourceTaste(4.5, 0.5, 0.2),
        "LSTM": SourceTaste(3.0, 0.5, 0.5),
        "Magenta": SourceTaste(1.5, 0.5, 0.5),
    }
    rehearse(many, listeners=6, tastes=Tastes(DEFAULT.origins, loud))
    won = Counter()
    for choice in Choice.objects.select_related("answer__trial__clip__source", "answer__trial__clip_b__source"):
        trial = choice.answer.trial
        a, b = trial.clip.source.name, trial.clip_b.source.name
        won[{"a": a, "b": b, "tie": "tie"}[choice.value]] += 1
    assert won["Bach"] > won["LSTM"] > won["Magenta"]
    assert Answer.objects.filter(seconds_heard=20, seconds_heard_b=20).count() == 36
