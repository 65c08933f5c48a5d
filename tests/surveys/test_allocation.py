"""Who hears what, without rows."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.allocation.allocation import plan

SOURCES = st.lists(st.integers(1, 5), min_size=1, max_size=5).map(
    lambda sizes: {f"source {s}": [(s, k) for k in range(size)] for s, size in enumerate(sizes)}
)


def arrive(sources, people, *, number=None, seed=1):
    """The plans of so many people who arrive one after another."""
    held, plans = Counter(), []
    for person in range(people):
        order = plan(sources, held, number=number, rng=random.Random(f"{seed} {person}"))
        held.update((clip, position) for position, clip in enumerate(order, start=1))
        plans.append(order)
    return plans


def neighbours(order):
    return sum(a[0] == b[0] for a, b in pairwise(order))


def exposure(plans, sources):
    heard = Counter(clip for order in plans for clip in order)
    return {source: [heard[clip] for clip in clips] for source, clips in sources.items()}


@given(sources=SOURCES, number=st.none() | st.integers(1, 25), people=st.integers(1, 12), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_whoever_arrives_the_exposure_within_a_source_differs_by_at_most_one(sources, number, people, seed):
    plans = arrive(sources, people, number=number, seed=seed)
    assert all(max(times) - min(times) <= 1 for times in exposure(plans, sources).values())


@given(sources=SOURCES, number=st.none() | st.integers(1, 25), people=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_nobody_hears_a_clip_twice_and_everybody_as_many_as_wanted(sources, number, people):
    there = sum(map(len, sources.values()))
    for order in arrive(sources, people, number=number):
        assert len(set(order)) == len(order) == min(number or there, there)


@given(sources=SOURCES, number=st.integers(1, 25), people=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_every_source_gives_equally_many_or_one_more_or_all_it_has(sources, number, people):
    for order in arrive(sources, people, number=number):
        given_by = Counter(source for source, _ in order)
        most = max(given_by.values())
        assert all(given_by[s] >= min(most - 1, len(clips)) for s, clips in enumerate(sources.values()))


@given(sources=SOURCES, number=st.none() | st.integers(1, 25), people=st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_no_source_follows_itself_where_that_can_be_avoided(sources, number, people):
    for order in arrive(sources, people, number=number):
        largest = max(Counter(source for source, _ in order).values())
        # So many of one source can be kept apart by all the others only with one of these between each two.
        assert neighbours(order) == max(0, 2 * largest - len(order) - 1)


def test_sources_stand_equally_often_at_each_position():
    sources = {source: [(source, k) for k in range(6)] for source in range(4)}
    plans = arrive(sources, 40)
    for position in range(24):
        at = Counter(order[position][0] for order in plans)
        assert all(9 <= at[source] <= 11 for source in range(4))


def test_clips_stand_equally_often_at_each_position():
    sources = {source: [(source, k) for k in range(2)] for source in range(5)}
    plans = arrive(sources, 60)
    for position in range(10):
        at = Counter(order[position] for order in plans)
        assert all(4 <= at[source, k] <= 8 for source in range(5) for k in range(2))


def test_two_sources_take_turns_in_beginning():
    sources = {source: [(source, k) for k in range(4)] for source in range(2)}
    begins = Counter(order[0][0] for order in arrive(sources, 20))
    assert begins == {0: 10, 1: 10}


def test_the_remainder_goes_to_the_sources_heard_least():
    sources = {source: [(source, k) for k in range(4)] for source in range(3)}
    plans = arrive(sources, 30, number=4)
    heard = Counter(source for order in plans for source, _ in order)
    assert heard == {0: 40, 1: 40, 2: 40}


def test_the_same_seed_and_order_of_arrival_give_the_same_plans():
    sources = {source: [(source, k) for k in range(6)] for source in range(4)}
    assert arrive(sources, 5, seed=7) == arrive(sources, 5, seed=7)
    assert arrive(sources, 5, seed=7) != arrive(sources, 5, seed=8)


def test_what_was_given_back_is_heard_first():
    sources = {"one": ["a", "b", "c"]}
    held = {("a", 1): 3, ("b", 1): 3, ("c", 1): 2}
    assert plan(sources, held, number=1, rng=random.Random(1)) == ["c"]


def test_without_clips_there_is_nothing_to_hear():
    assert plan({}, {}, rng=random.Random(1)) == []
