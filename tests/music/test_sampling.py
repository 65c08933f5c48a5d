"""Choosing the next token."""

import numpy as np
import pytest

from generation.music.inference.sampling import choose

FOUR = np.array([[0.1, 0.2, 0.3, 0.4]])


def shares(rng, **how) -> list[float]:
    chosen = choose(np.repeat(FOUR, 20_000, axis=0), rng, **how)
    return (np.bincount(chosen, minlength=4) / len(chosen)).round(2).tolist()


def test_tokens_come_as_often_as_their_probability_says(rng):
    assert shares(rng) == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.011)


def test_temperature_is_a_power_of_the_probabilities(rng):
    assert shares(rng, temperature=0.5) == pytest.approx([1 / 30, 4 / 30, 9 / 30, 16 / 30], abs=0.011)


def test_temperature_zero_takes_the_likeliest(rng):
    assert choose(FOUR, rng, temperature=0).tolist() == [3]


def test_top_k_leaves_the_k_likeliest(rng):
    assert shares(rng, top_k=2) == pytest.approx([0, 0, 3 / 7, 4 / 7], abs=0.011)


def test_the_nucleus_is_the_smallest_set_that_has_the_share(rng):
    assert shares(rng, top_p=0.7) == pytest.approx([0, 0, 3 / 7, 4 / 7], abs=0.011)
    assert shares(rng, top_p=0.71) == pytest.approx([0, 2 / 9, 3 / 9, 4 / 9], abs=0.011)
    assert shares(rng, top_p=0) == [0, 0, 0, 1]


def test_what_the_mask_forbids_never_comes(rng):
    mask = np.array([[True, True, False, False]])
    assert shares(rng, mask=np.repeat(mask, 20_000, axis=0)) == pytest.approx([1 / 3, 2 / 3, 0, 0], abs=0.011)
    assert choose(FOUR, rng, temperature=0, mask=mask).tolist() == [1]


def test_where_everything_allowed_is_impossible_all_of_it_is_equally_likely(rng):
    impossible = np.array([[0.0, 0.0, 0.5, 0.5]] * 1000)
    mask = np.array([[True, True, False, False]] * 1000)
    assert set(choose(impossible, rng, mask=mask, temperature=0.5, top_p=0.9).tolist()) == {0, 1}


def test_with_a_generator_for_each_row_a_row_does_not_depend_on_its_neighbours():
    rows = np.random.default_rng(0).dirichlet(np.ones(50), 8)
    together = choose(rows, [np.random.default_rng(number) for number in range(8)], top_p=0.9)
    alone = [choose(rows[number : number + 1], [np.random.default_rng(number)], top_p=0.9)[0] for number in range(8)]
    assert together.tolist() == alone
