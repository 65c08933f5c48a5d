"""What listeners said about themselves, in tables, results and the package."""

import pytest

from evaluation.answers.answers import collect
from evaluation.package.tidy import tidy_tables
from evaluation.preregistration import compose_text
from evaluation.statistics.rating_results import describe_ratings, fit_models

TRAINED = {"musical_training": "10+", "listens_on": "headphones"}
UNTRAINED = {"musical_training": "none"}


@pytest.fixture
def survey(make_survey, listen):
    asking = make_survey(sources={"Originals": "human", "Our LSTM": "ai"}, clips=3, aspects={"enjoyment": "Enjoyment"})
    asking.asks_background = True
    asking.save()
    for number, person in enumerate(listen(asking, listeners=24)):
        person.record_background(TRAINED if number % 2 else UNTRAINED)
    return asking


def test_it_stands_beside_each_answer_and_in_the_table_of_listeners(survey):
    answer_table = collect(survey)
    assert answer_table.background == ("musical_training", "listens_on")
    people = answer_table.answers.groupby("participant", observed=True)[["musical_training", "listens_on"]].first()
    assert people["musical_training"].value_counts().to_dict() == {"none": 12, "10+": 12}
    assert people["listens_on"].isna().sum() == 12
    assert answer_table.participants["musical_training"].value_counts().to_dict() == {"none": 12, "10+": 12}


def test_a_survey_that_does_not_ask_has_no_such_columns(make_survey, listen):
    silent = make_survey()
    listen(silent, listeners=3)
    assert collect(silent).background == ()
    assert "musical_training" not in collect(silent).answers


def test_verdicts_are_given_by_musical_training(survey):
    analysis = fit_models(describe_ratings(collect(survey), replicates=200))
    assert set(analysis.verdicts_by["musical_training"]) == {"none", "10+"}


def test_the_package_has_it_once_for_each_listener(survey):
    people = tidy_tables(describe_ratings(collect(survey), replicates=200))["participants"]
    assert people["musical_training"].notna().all()


def test_the_preregistration_says_that_it_is_asked(survey):
    assert "lessons on an instrument" in compose_text(survey)
