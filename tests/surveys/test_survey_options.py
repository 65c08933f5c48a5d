"""Practice, attention checks and repeats: beside what counts, in places that give nothing away; and how sure one is."""

import random
import re
from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from surveys.allocation.allocation import admit, count_plans_by_position
from surveys.allocation.trial_sequence import draw_positions
from surveys.errors import SurveyError
from surveys.exclusion_rules import standard_rules
from surveys.models import Answer, Survey, Trial
from surveys.rehearsal.robots import rehearse
from surveys.researcher.opening import open_survey, set_rules
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source, hear_and_reply, listen, reply


@pytest.fixture
def full(study, time) -> Survey:
    """Everything a survey may have beside its clips."""
    for number, origin in enumerate(("human", "ai", "ai")):
        add_source(study, f"Source {number}", origin, clips=4)
    extras = {"practice": 2, "checks": 1, "repeats": 2, "asks_confidence": True}
    survey, _ = create_survey(study, "Full", template="recommended", **extras)
    open_survey(survey)
    return survey


def kinds(participant) -> Counter:
    return Counter(participant.trials.values_list("kind", flat=True))


def test_every_kind_has_its_number(full):
    assert kinds(admit(full)) == {"practice": 2, "rating": 10, "check": 1, "repeat": 2}


def test_practice_comes_first_and_is_the_same_for_everybody(full):
    people = [admit(full) for _ in range(3)]
    assert len({tuple(person.trials.all()[:2].values_list("clip", flat=True)) for person in people}) == 1
    assert {trial.kind for person in people for trial in person.trials.all()[:2]} == {"practice"}


def test_practised_clips_never_count(full):
    practised = set(full.practice_clips.values_list("pk", flat=True))
    assert len(practised) == 2
    assert practised.isdisjoint(full.clips.values_list("pk", flat=True))
    assert practised.isdisjoint(admit(full).trials.exclude(kind="practice").values_list("clip", flat=True))


def test_clips_that_do_not_count_anyway_are_practised_with_first(study, bach, lstm, shuffled):
    survey, _ = create_survey(study, "Spare", template="paper", sources=[bach, lstm], practice=2)
    assert {clip.source for clip in survey.practice_clips.all()} == {shuffled}
    assert survey.clips.count() == 4


@pytest.mark.parametrize("number", [3, 6, 12, 24])
def test_checks_and_repeats_stand_where_nothing_points_at_them(number):
    for seed in range(50):
        where = draw_positions(number, practice=2, checks=2, repeats=2, rng=random.Random(seed))
        everything = sorted([*where.real, *where.checks, *where.repeats])
        assert everything == list(range(3, number + 7))
        assert where.real[0] == 3
        assert min(where.repeats) > 2 + (number + 4) * 2 // 3 - 1


def test_a_repeat_was_rated_a_while_before_and_no_clip_twice(full):
    for _ in range(6):
        trials = list(admit(full).trials.all())
        repeats = [trial for trial in trials if trial.kind == "repeat"]
        assert len({trial.clip_id for trial in repeats}) == 2
        for repeat in repeats:
            (first,) = [t for t in trials if t.kind == "rating" and t.clip_id == repeat.clip_id]
            assert repeat.position - first.position > 3


def test_repeats_and_checks_are_no_exposures(full, time):
    admit(full)
    held = count_plans_by_position(full, robot=False, now=time())
    assert sum(held.values()) == 10
    assert max(Counter(clip for clip, _ in held).values()) == 1


def test_a_repeat_looks_like_any_other_clip(client, full, time):
    participant = admit(full)
    pages = {}
    for trial in participant.trials.all():
        text = client.get(trial.get_absolute_url()).content.decode()
        for key in participant.trials.values_list("audio_key", flat=True):
            text = text.replace(key, "KEY")
        place = r"Clip \d+ of|value=\"\d+\"|\d+ of 13|Next clip|Finish"
        last = r"<script[^>]*ahead[^>]*></script>|<div hidden data-ahead[^>]*></div>"
        pages.setdefault(trial.kind, set()).add("".join(re.sub(f"{place}|{last}", "", text).split()))
        trial.record(verdict="ai")
    assert pages["repeat"] == pages["rating"]
    assert len(pages["rating"]) == 1


def test_practice_has_a_count_of_its_own(client, full, time):
    participant = admit(full)
    page = client.get(participant.next_trial().get_absolute_url()).content.decode()
    assert "Practice clip 1 of 2" in page and "answers here do not count" in page
    for trial in participant.trials.all()[:2]:
        trial.record(verdict="ai")
    assert "Clip 1 of 13" in client.get(participant.next_trial().get_absolute_url()).content.decode()


def test_a_check_says_what_to_choose_and_asks_nothing_else(client, full, time):
    check = admit(full).trials.get(kind="check")
    Trial.objects.filter(participant=check.participant, position__lt=check.position).delete()
    page = client.get(check.get_absolute_url()).content.decode()
    assert f"choose {check.asked_for} for every question" in page
    assert "verdict" not in page and "familiar" not in page and "confidence" not in page
    listen(client, check, time)
    reply(client, check, verdict="", **{f"rating_{a.key}": check.asked_for for a in full.aspects.all()})
    answer = Answer.objects.get()
    assert answer.familiar is None and answer.confidence is None
    assert {rating.value for rating in answer.ratings.all()} == {int(check.asked_for)}


def test_how_sure_one_is_is_kept_with_the_answer(client, full, time):
    participant = admit(full)
    answer = hear_and_reply(client, participant, time, confidence=3)
    assert answer.confidence == 3


def test_how_sure_one_is_follows_the_verdict(client, full, time):
    page = client.get(admit(full).next_trial().get_absolute_url()).content.decode()
    assert page.index("Who do you think") < page.index("How sure are you of that?")


def test_robots_pass_the_checks(full):
    rehearse(full, listeners=2)
    for answer in Answer.objects.filter(trial__kind="check").select_related("trial"):
        assert {str(rating.value) for rating in answer.ratings.all()} == {answer.trial.asked_for}
    assert Answer.objects.filter(trial__kind="repeat").count() == 4


def test_beside_pairs_a_repeat_turns_the_two(study, time):
    for number in range(3):
        add_source(study, f"Source {number}", "ai", clips=4)
    survey, _ = create_survey(study, "Pairs", template="preference", practice=1, checks=1, repeats=1)
    assert survey.practice_clips.count() == 2 and survey.clips.count() == 10
    participant = admit(survey)
    assert kinds(participant) == {"practice": 1, "pair": 5, "check": 1, "repeat": 1}
    repeat = participant.trials.get(kind="repeat")
    assert participant.trials.filter(kind="pair", clip=repeat.clip_b, clip_b=repeat.clip).count() == 1
    assert participant.trials.get(kind="check").asked_for in ("a", "b", "tie")


@pytest.mark.parametrize("field", ["practice", "checks", "repeats"])
def test_too_many_are_refused_by_the_form_and_by_the_database(study, bach, lstm, field):
    with pytest.raises(SurveyError, match="Choose 0 to"):
        create_survey(study, "Too many", template="paper", **{field: 4})
    survey, _ = create_survey(study, "Plain", template="paper")
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=survey.pk).update(**{field: 4})


# --- Rules -------------------------------------------------------------------------------------------


def test_rules_are_set_before_anybody_has_answered_and_never_after(full):
    set_rules(full, {"fastest": 7})
    full.refresh_from_db()
    assert full.rules == standard_rules() | {"fastest": 7}
    rehearse(full, listeners=1)
    set_rules(full, {"fastest": 8})  # robots are no people
    admit(full).next_trial().record(verdict="ai")
    with pytest.raises(SurveyError, match="has answers already"):
        set_rules(full, {"fastest": 9})
