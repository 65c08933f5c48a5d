"""Who listened as asked: what is noticed, and what it changes (nothing, unless asked for)."""

from dataclasses import asdict

import numpy as np
import pytest

from evaluation.statistics.quality import Rules, flags, flow
from evaluation.statistics.rating_results import describe_ratings
from surveys.exclusion_rules import standard_rules


@pytest.fixture
def answer_table(made_up):
    answer_table = made_up(listeners=12, clips=3)
    return changed(answer_table, seconds_taken=40.0, seconds_heard=20.0, familiar=0.0)


def changed(answer_table, **columns):
    copy = answer_table.without([])
    object.__setattr__(copy, "answers", answer_table.answers.assign(**columns))
    return copy


def only(answer_table, person, column, value, times=99):
    """The first `times` answers of one person get another value."""
    answers = answer_table.answers
    rows = answers.index[answers["participant"] == person][:times]
    values = answers[column].astype(object).where(~answers.index.isin(rows), value)
    kind = float if column not in ("verdict",) else object
    return changed(answer_table, **{column: values.astype(kind)})


def noticed(answer_table, **rules) -> dict[str, str]:
    table = flags(answer_table, Rules(**rules))
    return dict(table.loc[table["flagged"], ["participant", "reasons"]].itertuples(index=False))


def test_ordinary_listeners_are_not_flagged(answer_table):
    assert noticed(answer_table) == {}


def test_half_of_the_answers_may_be_fast_not_more(answer_table):
    assert noticed(only(answer_table, "P03", "seconds_taken", 2.0, times=6)) == {}
    flagged = noticed(only(answer_table, "P03", "seconds_taken", 2.0, times=7))
    assert flagged == {"P03": "answered faster than the clip and the questions allow"}


def test_the_same_rating_for_everything_is_noticed(answer_table):
    for key in answer_table.keys:
        answer_table = only(answer_table, "P01", key, 3.0)
    assert noticed(answer_table) == {"P01": "gave the same rating to everything"}


def test_the_same_verdict_for_everything_is_noticed_after_a_few_clips(answer_table):
    assert noticed(only(answer_table, "P02", "verdict", "ai")) == {"P02": "gave the same verdict to every clip"}
    assert noticed(only(answer_table, "P02", "verdict", "ai"), fewest_verdicts=13) == {}


def test_too_little_heard_is_noticed(answer_table):
    assert noticed(only(answer_table, "P05", "seconds_heard", 1.5)) == {"P05": "heard too little of the clips"}


def test_what_was_not_measured_flags_nobody(answer_table, made_up):
    assert noticed(changed(answer_table, seconds_heard=np.nan, seconds_taken=np.nan)) == {}
    assert noticed(made_up(listeners=12)) == {}


def test_after_one_or_two_answers_nothing_is_said(answer_table):
    early = answer_table.without([])
    answers = answer_table.answers.groupby("participant", observed=True).head(2)
    object.__setattr__(early, "answers", answers.assign(seconds_taken=1.0))
    assert noticed(early) == {}


def checked(answer_table, **failed):
    """Two checks for everybody; who failed how many."""
    people = answer_table.participants.assign(checks=2.0, checks_failed=0.0).set_index("participant")
    for person, number in failed.items():
        people.loc[person, "checks_failed"] = number
    copy = answer_table.without([])
    object.__setattr__(copy, "participants", people.reset_index())
    return copy


def test_a_failed_check_is_noticed_unless_the_rule_allows_it(answer_table):
    failed = checked(answer_table, P02=1.0)
    assert noticed(failed) == {"P02": "did not answer the attention checks as asked"}
    assert noticed(failed, failed_checks=2) == noticed(failed, failed_checks=0) == {}


def again(answer_table, apart: float, person="P04"):
    """Everybody rates one clip a second time: alike, but for one person."""
    first = answer_table.answers.groupby("participant", observed=True).head(1)
    moved = np.where(first["participant"] == person, apart, 0)
    second = first.assign(**{key: first[key] + np.where(first[key] > 3, -moved, moved) for key in answer_table.keys})
    copy = answer_table.without([])
    object.__setattr__(copy, "repeats", second[["participant", "clip", "verdict", *answer_table.keys]])
    return copy


def test_who_rates_a_clip_quite_differently_the_second_time_is_noticed(answer_table):
    assert noticed(again(answer_table, 2.0)) == {"P04": "rated clips heard again quite differently"}
    assert noticed(again(answer_table, 1.0)) == {}  # a quarter of the scale is human
    assert noticed(again(answer_table, 2.0), repeat_apart=0.6) == {}


def test_who_knew_most_of_the_pieces_is_noticed(answer_table):
    assert noticed(only(answer_table, "P04", "familiar", 1.0, times=6)) == {}
    assert noticed(only(answer_table, "P04", "familiar", 1.0, times=7)) == {"P04": "knew most of the pieces"}


def test_a_surveys_own_rules_count(answer_table):
    fast = only(answer_table, "P03", "seconds_taken", 20.0)
    object.__setattr__(fast, "rules", {"fastest": 25})
    assert list(noticed_by_own_rules(fast)) == ["P03"]


def noticed_by_own_rules(answer_table):
    table = flags(answer_table)
    return table.loc[table["flagged"], "participant"]


def test_what_a_survey_keeps_is_what_the_statistics_know():
    assert standard_rules() == asdict(Rules())


def test_knowing_a_few_pieces_concerns_the_clips_and_flags_nobody(answer_table):
    table = flags(only(answer_table, "P04", "familiar", 1.0, times=2)).set_index("participant")
    assert table.loc["P04", "familiar"] == 2
    assert not table["flagged"].any()


def test_every_result_can_be_had_with_and_without(answer_table):
    fast = only(answer_table, "P03", "seconds_taken", 2.0)
    everybody, without = (
        describe_ratings(fast, replicates=50),
        describe_ratings(fast, replicates=50, without_flagged=True),
    )
    assert everybody.table.answers["participant"].nunique() == 12
    assert without.table.answers["participant"].nunique() == 11
    assert without.left_out == 1
    assert everybody.ratings["ratings"].sum() - without.ratings["ratings"].sum() == 12 * 4


def test_the_way_from_those_who_came_to_those_who_count(answer_table):
    counted = changed(only(answer_table, "P03", "seconds_taken", 2.0))
    object.__setattr__(counted, "flow", {"agreed to take part": 15, "finished": 11})
    table = flow(counted, flags(counted), left_out=1)
    assert list(table.itertuples(index=False, name=None)) == [
        ("agreed to take part", 15),
        ("answered at least one clip", 12),
        ("finished", 11),
        ("were flagged", 1),
        ("are in these results", 11),
    ]
