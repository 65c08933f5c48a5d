"""What was heard of a clip: what the page says, and what can be true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.participation.listening import TOLERANCE, is_enough, read_stretches, seconds_heard


def test_what_was_heard_twice_counts_once():
    assert seconds_heard([(0, 10), (5, 12)], length=20, elapsed=60) == 12


def test_gaps_do_not_count():
    assert seconds_heard([(0, 4), (10, 14)], length=20, elapsed=60) == 8


def test_nothing_outside_the_clip_counts():
    assert seconds_heard([(-5, 3), (18, 99)], length=20, elapsed=200) == 5


def test_nobody_hears_more_than_the_time_that_passed():
    assert seconds_heard([(0, 20)], length=20, elapsed=3) == 3 + TOLERANCE


def test_without_stretches_nothing_was_heard():
    assert seconds_heard([], length=20, elapsed=60) == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-10, 50), st.floats(-10, 50)), max_size=20), st.floats(0, 40), st.floats(0, 100))
def test_seconds_heard_lie_between_nothing_and_the_whole_clip(stretches, length, elapsed):
    assert 0 <= seconds_heard(stretches, length=length, elapsed=elapsed) <= min(length, elapsed + TOLERANCE)


def test_stretches_are_read_as_the_page_writes_them():
    assert read_stretches("[[0, 3.456], [5, 7]]") == [(0, 3.46), (5, 7)]


def test_a_page_with_javascript_where_nothing_was_played_says_so():
    assert read_stretches("[]") == []


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "{}x", "[1]", '[["a", 1]]', "[[0, NaN]]", "[[0, Infinity]]", "null", "[[1,2,3]]", "[" * 5000],
)
def test_nonsense_is_no_report(text):
    assert read_stretches(text) is None


def test_stretches_that_run_backwards_are_left_out():
    assert read_stretches("[[5, 3], [1, 2]]") == [(1, 2)]


def test_the_share_is_of_the_clips_length():
    assert is_enough(16, length=20, share=0.8)
    assert not is_enough(15, length=20, share=0.8)


def test_a_clip_of_which_nothing_must_be_heard_can_be_rated_at_once():
    assert is_enough(0, length=20, share=0)
