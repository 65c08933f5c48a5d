"""What the answers are: counts, means, shares. Expectations are written out."""

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics import describe
from evaluation.statistics.answer_table import Aspect

ENJOYMENT = Aspect("enjoyment", "Enjoyment")


def answers(**columns):
    table = pd.DataFrame(columns)
    return table.assign(origin=table["source"].map({"Bach": "human", "LSTM": "ai"}))


@pytest.fixture
def three_listeners():
    return answers(
        participant=["A", "B", "C", "A", "B"],
        clip=["b1", "b1", "b2", "l1", "l1"],
        source=["Bach", "Bach", "Bach", "LSTM", "LSTM"],
        enjoyment=[5.0, 4.0, 3.0, 2.0, np.nan],
        verdict=["human", "human", "ai", "ai", None],
    )


def test_a_source_is_described_by_its_ratings(three_listeners):
    bach = describe.ratings_by_source(three_listeners, [ENJOYMENT]).iloc[0]
    assert bach[["source", "aspect", "ratings", "listeners", "clips"]].tolist() == ["Bach", "enjoyment", 3, 3, 2]
    assert bach[["mean", "sd", "median", "q1", "q3"]].tolist() == [4.0, 1.0, 4.0, 3.5, 4.5]


def test_a_missing_rating_is_not_counted(three_listeners):
    lstm = describe.ratings_by_source(three_listeners, [ENJOYMENT]).iloc[1]
    assert (lstm["ratings"], lstm["listeners"], lstm["mean"]) == (1, 1, 2.0)
    assert np.isnan(lstm["sd"])


def test_an_aspect_that_nobody_rated_has_no_row(three_listeners):
    table = describe.ratings_by_source(three_listeners.assign(beauty=np.nan), [Aspect("beauty", "Beauty"), ENJOYMENT])
    assert table["aspect"].unique().tolist() == ["enjoyment"]


def test_no_ratings_at_all_are_an_empty_table(three_listeners):
    assert describe.ratings_by_source(three_listeners.iloc[:0], [ENJOYMENT]).empty
    assert describe.ratings_by_clip(three_listeners.iloc[:0], [ENJOYMENT]).empty
    assert describe.categories(three_listeners.iloc[:0], [ENJOYMENT]).empty


def test_each_clip_has_its_own_mean(three_listeners):
    clips = describe.ratings_by_clip(three_listeners, [ENJOYMENT])
    assert clips[["clip", "ratings", "mean"]].values.tolist() == [["b1", 2, 4.5], ["b2", 1, 3.0], ["l1", 1, 2.0]]


def test_the_table_that_was_given_stays_as_it_was(three_listeners):
    before = three_listeners.copy()
    describe.ratings_by_source(three_listeners, [ENJOYMENT])
    describe.verdicts_by_clip(three_listeners)
    pd.testing.assert_frame_equal(three_listeners, before)


def test_points_that_nobody_chose_are_counted_as_zero(three_listeners):
    bach = describe.categories(three_listeners, [ENJOYMENT]).query("source == 'Bach'")
    assert bach["value"].tolist() == [1, 2, 3, 4, 5]
    assert bach["ratings"].tolist() == [0, 0, 1, 1, 1]


def test_a_diverging_bar_splits_the_middle_point_at_zero():
    four = answers(participant=list("ABCD"), clip=["b"] * 4, source=["Bach"] * 4, enjoyment=[1.0, 3.0, 3.0, 5.0])
    bars = describe.categories(four, [ENJOYMENT]).set_index("value")
    assert bars["share"].tolist() == [0.25, 0.0, 0.5, 0.0, 0.25]
    assert bars["start"].tolist() == [-0.5, -0.25, -0.25, 0.25, 0.25]


def test_a_scale_without_a_middle_point_parts_between_two_points():
    four = answers(participant=list("ABCD"), clip=["b"] * 4, source=["Bach"] * 4, enjoyment=[1.0, 2.0, 3.0, 4.0])
    bars = describe.categories(four, [Aspect("enjoyment", "Enjoyment", highest=4)])
    assert bars["start"].tolist() == [-0.5, -0.25, 0.0, 0.25]


def test_a_scale_of_a_hundred_points_is_not_counted_point_by_point(three_listeners):
    assert describe.categories(three_listeners, [Aspect("enjoyment", "Enjoyment", lowest=0, highest=100)]).empty


def test_the_upper_half_of_a_scale_of_five_is_four_and_five(three_listeners):
    counted = describe.categories(three_listeners, [ENJOYMENT])
    upper = describe.upper_shares(counted, [ENJOYMENT])
    assert upper["source"].tolist() == ["Bach", "LSTM"]
    assert upper["share"].tolist() == pytest.approx([2 / 3, 0])


def test_share_judged_ai_counts_each_source(three_listeners):
    table = describe.verdicts_by_source(three_listeners)
    assert table[["source", "verdicts", "ai", "human"]].values.tolist() == [["Bach", 3, 1, 2], ["LSTM", 1, 1, 0]]
    assert table["share"].tolist() == pytest.approx([1 / 3, 1.0])


def test_share_judged_ai_counts_each_clip_apart(three_listeners):
    assert describe.verdicts_by_clip(three_listeners)["share"].tolist() == [0.0, 1.0, 1.0]


# Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3: r, n, lower, upper.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), NEWCOMBE)
def test_wilson_intervals_are_those_that_newcombe_printed(successes, trials, low, high):
    ends = describe.wilson(np.array([successes]), np.array([trials]))
    assert [round(float(end[0]), 4) for end in ends] == [low, high]


def test_too_few_clips_or_listeners_are_a_reason_in_words():
    assert describe.why_no_interval(2, 30) == "no interval: 2 clips of this model, at least 3 are needed"
    assert describe.why_no_interval(6, 1) == "no interval: 1 listener, at least 10 are needed"
    assert describe.why_no_interval(3, 10) == ""
