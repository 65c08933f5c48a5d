"""How many listeners, how many clips."""

import numpy as np
import pytest

from evaluation.statistics.designs import rating_design
from evaluation.statistics.linear import fit_design
from evaluation.statistics.power import (
    RATINGS,
    VERDICTS,
    Plan,
    Spread,
    advice,
    clips_needed,
    listeners_needed,
    power,
    precision,
    smallest_difference,
    table,
)
from tests.evaluation.known import complete

# Smallest difference of two models in rating points found with 80 % power;
# rows 2, 3, 4, 6, 8, 12, 20, 40 clips a model, columns 10, 20, 30, 50, 100, 200, 1000 listeners.
SMALLEST = [
    [1.49, 1.26, 1.18, 1.12, 1.07, 1.04, 1.02],
    [1.06, 0.89, 0.83, 0.78, 0.75, 0.73, 0.71],
    [0.89, 0.75, 0.69, 0.65, 0.62, 0.60, 0.59],
    [0.72, 0.60, 0.56, 0.52, 0.49, 0.47, 0.46],
    [0.63, 0.52, 0.48, 0.45, 0.42, 0.41, 0.39],
    [0.53, 0.43, 0.40, 0.37, 0.34, 0.33, 0.32],
    [0.44, 0.35, 0.32, 0.29, 0.27, 0.25, 0.24],
    [0.36, 0.28, 0.25, 0.22, 0.20, 0.18, 0.17],
]


def test_the_table_of_smallest_differences():
    found = table()
    assert found.index.tolist() == [2, 3, 4, 6, 8, 12, 20, 40]
    assert found.to_numpy()[1:] == pytest.approx(np.array(SMALLEST)[1:], abs=0.0051)
    assert found.to_numpy()[0] == pytest.approx(np.array(SMALLEST)[0], abs=0.012)


@pytest.mark.parametrize(("clips", "few", "many"), [(6, 0.85, 0.70), (12, 0.57, 0.47), (24, 0.39, 0.32)])
def test_detectable_d_primes_with_20_and_200_listeners(clips, few, many):
    found = [smallest_difference(Plan(listeners, clips, sources=2), VERDICTS) for listeners in (20, 200)]
    assert found == pytest.approx([few, many], abs=0.0051)


def test_power_is_what_simulated_surveys_reach():
    """300 made-up surveys with exact normal answers, judged by the t test on clips' means within listeners' reach."""
    rng, plan, spread = np.random.default_rng(1), Plan(20, 6, sources=2), Spread(clip=0.3, taste=0.0, rest=0.9)
    found = 0
    for _ in range(2000):
        clip_means = rng.normal(0, np.hypot(spread.clip, spread.rest / np.sqrt(plan.listeners)), (2, plan.clips))
        clip_means[1] += 0.6
        pooled = clip_means.var(axis=1, ddof=1).mean()
        found += abs(np.diff(clip_means.mean(axis=1))[0]) / np.sqrt(2 * pooled / plan.clips) > 2.228  # t(10)
    assert found / 2000 == pytest.approx(power(0.6, plan, spread), abs=0.04)


def test_power_at_the_smallest_difference_is_80_percent():
    plan = Plan(30, 6)
    assert power(smallest_difference(plan, RATINGS), plan, RATINGS) == pytest.approx(0.8, abs=1e-3)


def test_the_standard_error_is_that_of_the_model_with_the_same_spread():
    fit = fit_design(rating_design(complete(200), "rating"))
    se, df = precision(Plan(200, 6), Spread.from_fit(fit))
    assert se == pytest.approx(fit.pairs()[0].se, rel=1e-4)
    assert df == pytest.approx(20, rel=0.02)


def test_needed_numbers_are_the_fewest_that_suffice():
    listeners = listeners_needed(0.5, 6, RATINGS)
    assert (
        smallest_difference(Plan(listeners, 6), RATINGS) <= 0.5 < smallest_difference(Plan(listeners - 1, 6), RATINGS)
    )
    clips = clips_needed(0.3, 50, RATINGS)
    assert smallest_difference(Plan(50, clips), RATINGS) <= 0.3 < smallest_difference(Plan(50, clips - 1), RATINGS)


def test_with_few_clips_no_number_of_listeners_is_enough():
    assert listeners_needed(0.3, 6, RATINGS) is None


def test_a_larger_pool_of_which_each_hears_a_part_finds_more():
    same_effort = [Plan(60, clips, heard=6) for clips in (6, 24)]
    everybody, pool = (smallest_difference(plan, RATINGS) for plan in same_effort)
    assert pool < 0.8 * everybody


def test_advice_says_what_helps_more():
    assert "12 more clips help more than 40 more listeners" in advice(Plan(30, 6), RATINGS)
    assert "more listeners help more than" in advice(Plan(5, 40), RATINGS, more_clips=4)


def test_one_clip_finds_nothing():
    assert smallest_difference(Plan(100, 1), RATINGS) == float("inf")
