"""Robots go through the real pages, marked, and find what they were given to feel."""

import json
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Avg
from django.utils import timezone

from surveys.allocation.allocation import admit
from surveys.errors import SurveyError
from surveys.models import Answer, Participant, Rating
from surveys.rehearsal.robots import delete_rehearsals, rehearse
from surveys.rehearsal.tastes import DEFAULT, read_tastes
from surveys.survey_templates import create_survey


@pytest.fixture
def draft(study, bach, lstm):
    return create_survey(study, "Draft", template="paper")[0]


def said(survey):
    """All that was said, in an order that does not depend on when."""
    return sorted(
        (
            answer.trial.participant.number,
            answer.trial.position,
            answer.trial.clip_id,
            answer.verdict,
            *answer.ratings.order_by("aspect").values_list("value", flat=True),
        )
        for answer in Answer.objects.filter(trial__survey=survey)
    )


def test_robots_take_a_draft_to_its_end(draft):
    rehearse(draft, listeners=3)
    robots = Participant.objects.all()
    assert [robot.robot for robot in robots] == [True] * 3
    assert all(robot.finished for robot in robots)
    assert Answer.objects.count() == 12
    assert Rating.objects.count() == 48


def test_robots_hear_every_clip_and_pass_the_checks(draft):
    rehearse(draft, listeners=1)
    assert {answer.seconds_heard for answer in Answer.objects.all()} == {20}
    assert all(answer.seconds_taken >= 24 for answer in Answer.objects.all())


def test_robots_do_not_answer_in_the_future(draft):
    rehearse(draft, listeners=1)
    assert Answer.objects.latest("given").given <= timezone.now()


def test_robots_leave_people_alone(survey, time):
    person = admit(survey)
    rehearse(survey, listeners=4)
    assert person.number == 1
    assert not Answer.objects.filter(trial__participant__robot=False).exists()
    assert set(Counter(admit(survey).trials.values_list("clip", flat=True)).values()) == {1}


def test_the_same_values_again_add_nothing(draft):
    rehearse(draft, listeners=2)
    again = rehearse(draft, listeners=2)
    assert (again.added, again.existing) == (0, 2)
    assert Participant.objects.count() == 2


def test_more_listeners_add_only_the_new_ones(draft):
    rehearse(draft, listeners=2)
    assert rehearse(draft, listeners=3).added == 1


def test_a_robot_that_was_stopped_on_its_way_begins_anew(draft):
    rehearse(draft, listeners=2)
    stopped = Participant.objects.last()
    Participant.objects.filter(pk=stopped.pk).update(finished=None)
    rehearse(draft, listeners=2)
    assert Participant.objects.finished().count() == 2


def test_the_same_seed_says_the_same(draft):
    rehearse(draft, listeners=2, seed=3)
    first = said(draft)
    delete_rehearsals(draft)
    rehearse(draft, listeners=2, seed=3)
    assert said(draft) == first


def test_another_seed_says_something_else(draft):
    rehearse(draft, listeners=2, seed=3)
    first = said(draft)
    delete_rehearsals(draft)
    rehearse(draft, listeners=2, seed=4)
    assert said(draft) != first


def test_what_was_put_in_comes_out(draft, tmp_path, lstm, bach):
    taste = tmp_path / "taste.json"
    taste.write_text(
        json.dumps(
            {
                "listener_sd": 0,
                "clip_sd": 0,
                "origins": {"human": {"mean": 4, "sd": 0.1, "judged_ai": 0}},
                "sources": {"Our LSTM": {"mean": 2, "enjoyment": 1, "sd": 0.1, "judged_ai": 1}},
            }
        )
    )
    tastes = read_tastes(taste, sources=["Bach", "Our LSTM"], aspects=["enjoyment"])
    rehearse(draft, listeners=3, tastes=tastes)

    def mean(source, key):
        ratings = Rating.objects.filter(answer__trial__clip__source=source, aspect__key=key)
        return ratings.aggregate(Avg("value"))["value__avg"]

    assert (mean(bach, "enjoyment"), mean(lstm, "enjoyment"), mean(lstm, "complexity")) == (4, 1, 2)
    verdicts = Answer.objects.order_by().values_list("trial__clip__source__name", "verdict").distinct()
    assert set(verdicts) == {("Bach", "human"), ("Our LSTM", "ai")}


def test_whoever_watches_sees_all_that_a_robot_received(draft):
    kinds = Counter()
    rehearse(draft, listeners=1, watch=lambda response: kinds.update([response.get("Content-Type", "").split(";")[0]]))
    assert kinds["audio/mpeg"] == 4
    assert kinds["text/html"] >= 6


def test_a_survey_without_clips_cannot_be_rehearsed(draft):
    draft.clips.clear()
    with pytest.raises(SurveyError, match="no clips"):
        rehearse(draft)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"sauces": {}}', 'cannot contain "sauces". Use sources'),
        ('{"sources": {"Our LTSM": {}}}', 'cannot contain "Our LTSM". Use Our LSTM'),
        ('{"origins": {"human": {"meen": 3}}}', 'human cannot contain "meen". Use mean'),
        ('{"origins": {"human": {"mean": "high"}}}', 'mean of human is "high". Enter a number from 1 to 100'),
        ('{"origins": {"human": {"judged_ai": 1.5}}}', "judged_ai of human"),
        ('{"origins": {"human": 3}}', "human must be a JSON object"),
        ('{"listener_sd": true}', "listener_sd"),
    ],
)
def test_a_taste_that_cannot_be_meant_is_named(tmp_path, content, message):
    path = tmp_path / "taste.json"
    path.write_text(content)
    with pytest.raises(SurveyError, match=message):
        read_tastes(path, sources=["Bach", "Our LSTM"], aspects=["enjoyment"])


def test_a_taste_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SurveyError, match="cannot be read"):
        read_tastes(tmp_path / "none.json", sources=[], aspects=[])


def test_what_a_taste_file_leaves_out_is_as_by_default(tmp_path):
    path = tmp_path / "taste.json"
    path.write_text("{}")
    assert read_tastes(path, sources=[], aspects=[]) == DEFAULT


# --- From the terminal -------------------------------------------------------------------------------


def test_the_way_of_a_survey_from_the_terminal(study, bach, lstm, capsys):
    call_command("create_survey", "Heard", "--template", "recommended", "--sources", "bach, Our LSTM", "--open")
    call_command("create_survey", "Heard", "--template", "recommended", "--sources", "bach, Our LSTM")
    call_command("rehearse", "heard", "--listeners", "2")
    call_command("rehearse", "Heard", "--listeners", "2")
    call_command("close_survey", "heard")
    call_command("open_survey", "heard")
    assert capsys.readouterr().out.splitlines() == [
        'Created the survey "Heard" with 4 clips.',
        "open: /s/heard/",
        'The survey "Heard" already exists with the same values.',
        "open: /s/heard/",
        '2 simulated participants took the survey "Heard".',
        'These simulated participants have already taken the survey "Heard".',
        'The survey "Heard" is closed.',
        'The survey "Heard" is open: /s/heard/',
    ]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["rehearse", "Nothing"], 'There is no survey "Nothing"'),
        (["rehearse", "draft", "--listeners", "0"], "at least one simulated participant"),
        (["rehearse", "draft", "--study", "Elsewhere"], 'There is no study "Elsewhere"'),
        (
            ["create_survey", "New", "--template", "paper", "--sources", "Mozart"],
            'There is no model "Mozart"',
        ),
        (["create_survey", "New", "--template", "poster"], 'There is no template "poster"'),
        (["close_survey", "draft"], "is not open"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(draft, command, message):
    with pytest.raises(CommandError, match=message):
        call_command(*command)
