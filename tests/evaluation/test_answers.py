"""Rows become one tidy table: people or robots, pseudonyms, nothing that leads to a person."""

import re
from pathlib import Path

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.answers.answers import COLUMNS, collect
from evaluation.answers.ratings_file import read_ratings
from evaluation.answers.version import answers_version
from surveys.models import Answer, Rating, Trial

DICTIONARY = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey(clips=2)
    listen(survey, listeners=5)
    return survey


def test_one_row_for_each_participant_and_clip(survey):
    answers = collect(survey).answers
    assert len(answers) == 5 * 8
    assert not answers.duplicated(["participant", "clip"]).any()


def test_columns_are_those_that_are_explained_and_one_for_each_aspect(survey):
    answer_table = collect(survey)
    explained = list(COLUMNS)
    assert list(answer_table.answers.columns) == explained[:5] + answer_table.keys + explained[5:]
    assert answer_table.keys == ["complexity", "creativity", "emotional_impact", "enjoyment"]


def test_the_data_dictionary_explains_each_column_in_the_same_words():
    of_answers, _others = DICTIONARY.read_text(encoding="utf-8").split("## The other tables")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", of_answers, re.MULTILINE)
    assert dict(rows) == COLUMNS


def test_every_value_is_the_one_that_was_given(survey):
    answers = collect(survey).answers.set_index(["participant", "clip"])
    by_ratings = {tuple(row) for row in answers[["complexity", "creativity", "emotional_impact", "enjoyment"]].values}
    stored = {
        tuple(float(value) for value in answer.ratings.order_by("aspect__position").values_list("value", flat=True))
        for answer in Answer.objects.all()
    }
    assert by_ratings == stored
    assert answers["verdict"].eq("ai").sum() == Answer.objects.filter(verdict="ai").count()
    assert answers.loc[(slice(None), "originals-1"), "origin"].unique().tolist() == ["human"]


def test_sources_stand_in_order_human_first_anchors_last(survey):
    answer_table = collect(survey)
    assert answer_table.sources["origin"].tolist() == ["human", "ai", "ai", "anchor"]
    assert list(answer_table.answers["source"].cat.categories) == answer_table.sources["source"].tolist()


def test_people_and_robots_are_never_in_one_table(survey, listen):
    listen(survey, listeners=3, robot=True)
    people, robots = collect(survey), collect(survey, rehearsal=True)
    assert people.answers["participant"].nunique() == 5
    assert robots.answers["participant"].nunique() == 3
    assert (people.rehearsal, robots.rehearsal) == (False, True)


def test_practice_checks_and_repeats_are_left_out(survey):
    for number, kind in enumerate((Trial.Kind.PRACTICE, Trial.Kind.CHECK, Trial.Kind.REPEAT)):
        trial = Trial.objects.all()[number]
        trial.kind = kind
        trial.save()
    assert len(collect(survey)) == 5 * 8 - 3


def test_an_unanswered_trial_is_no_row(survey):
    Answer.objects.first().delete()
    assert len(collect(survey)) == 39


def test_a_rating_that_was_not_given_is_missing(survey):
    Rating.objects.filter(aspect__key="creativity").first().delete()
    answer_table = collect(survey)
    assert answer_table.answers["creativity"].isna().sum() == 1
    assert len(answer_table) == 40


def test_a_survey_without_verdicts_or_ratings_is_a_table_as_well(make_survey, listen):
    only_verdicts = make_survey("Only verdicts", aspects={})
    listen(only_verdicts, listeners=2)
    only_ratings = make_survey("Only ratings", verdicts=False)
    listen(only_ratings, listeners=2)
    assert collect(only_verdicts).has_verdicts and collect(only_verdicts).keys == []
    assert not collect(only_ratings).has_verdicts


def test_no_answers_are_an_empty_table(make_survey):
    answer_table = collect(make_survey())
    assert len(answer_table) == 0
    assert set(COLUMNS) <= set(answer_table.answers.columns)


def test_nothing_in_the_tables_is_a_code_or_a_number_of_a_participant(survey):
    answer_table = collect(survey)
    written = answer_table.answers.to_csv() + answer_table.participants.to_csv() + answer_table.clips.to_csv()
    for person in survey.participants.all():
        assert person.code not in written
        assert person.withdrawal_code not in written
    for trial in Trial.objects.all():
        assert trial.audio_key not in written
    assert ":" not in "".join(answer_table.answers["given"].astype(str))  # the day, not the time


def test_the_same_answers_get_the_same_pseudonyms_and_one_answer_less_gets_others(survey):
    before = collect(survey)
    pd.testing.assert_frame_equal(before.answers, collect(survey).answers)
    orders = set()
    for answer in list(Answer.objects.all()[:4]):
        answer.delete()
        orders.add(tuple(pseudonyms_in_order_of_arrival(survey)))
    assert len(orders) > 1


def test_pseudonyms_do_not_follow_the_order_of_arrival(survey, settings):
    orders = set()
    for secret in ("one secret", "another secret", "a third secret"):
        settings.SECRET_KEY = secret
        orders.add(tuple(pseudonyms_in_order_of_arrival(survey)))
    assert len(orders) > 1


def pseudonyms_in_order_of_arrival(survey) -> list[str]:
    answers = collect(survey).answers
    said = answers.groupby("participant", observed=True)["seconds_taken"].size()
    ratings = answers.groupby("participant", observed=True)[["complexity", "enjoyment"]].agg(tuple)
    ratings = {tuple(map(tuple, row)): name for name, row in zip(said.index, ratings.to_numpy(), strict=True)}
    order = []
    for person in survey.participants.order_by("pk"):
        rows = list(person.trials.answered().order_by("position"))
        values = [
            tuple(float(trial.answer.ratings.get(aspect__key=key).value) for trial in rows)
            for key in ("complexity", "enjoyment")
        ]
        order.append(ratings[tuple(values)])
    return order


def test_a_hundred_times_the_answers_are_no_more_queries(survey, listen):
    with CaptureQueriesContext(
        connection,
    ) as few:
        collect(survey)
    listen(survey, listeners=40)
    with CaptureQueriesContext(connection) as many:
        collect(survey)
    assert len(many) == len(few) <= 8


def test_an_answer_more_or_a_person_less_changes_the_version(survey, listen):
    before = answers_version(survey)
    assert answers_version(survey) == before
    listen(survey, listeners=1)
    after = answers_version(survey)
    assert after != before
    survey.participants.first().delete()
    assert answers_version(survey) not in (before, after)


def test_robots_do_not_change_the_version_of_peoples_answers(survey, listen):
    before = answers_version(survey)
    listen(survey, listeners=2, robot=True)
    assert answers_version(survey) == before


def test_the_fingerprint_is_of_what_was_said_not_of_the_order_of_rows(survey):
    answer_table = collect(survey)
    shuffled = answer_table.without([])
    object.__setattr__(shuffled, "answers", answer_table.answers.sample(frac=1, random_state=1))
    assert shuffled.fingerprint() == answer_table.fingerprint()
    object.__setattr__(shuffled, "answers", answer_table.answers.assign(enjoyment=3.0))
    assert shuffled.fingerprint() != answer_table.fingerprint()


def test_participants_can_be_left_out(survey):
    answer_table = collect(survey)
    without = answer_table.without([answer_table.participants["participant"][0]])
    assert len(without) == 32
    assert len(without.participants) == 4
    assert len(answer_table) == 40


def test_models_stand_in_the_same_order_in_a_survey_and_in_its_file_read_again(make_survey, listen, tmp_path):
    named = {"Zither": "human", "Model 10": "ai", "Model 2": "ai", "Anchor": "anchor", "Alto": "human"}
    survey = make_survey("Orders", sources=named, clips=2)
    listen(survey, listeners=3)
    answer_table = collect(survey)
    answer_table.answers.to_csv(tmp_path / "answers.csv", index=False)
    again = read_ratings(tmp_path / "answers.csv", answer_table.keys, scale=(1, 5))
    expected = ["Alto", "Zither", "Model 2", "Model 10", "Anchor"]
    assert answer_table.sources["source"].tolist() == again.sources["source"].tolist() == expected
    assert list(answer_table.answers["clip"].cat.categories) == list(again.answers["clip"].cat.categories)
