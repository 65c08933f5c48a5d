"""Robots with known tastes: the analysis finds what was put in, and nothing else (at length: `bench.coverage`)."""

import numpy as np
import pytest

from bench.coverage import TASTE
from evaluation.statistics.designs import rating_design
from evaluation.statistics.linear import fit_linear
from evaluation.statistics.verdicts import fit_verdicts
from tests.simulated_surveys import Taste, survey

STUDIES = 250


@pytest.mark.slow
def test_intervals_hold_the_truth_in_95_percent_of_surveys_and_tests_find_nothing_in_95_percent_of_nothing():
    rng = np.random.default_rng(2026)
    truth = [TASTE.mean_rating(name) - TASTE.mean_rating("Originals") for name in list(TASTE.effects)[1:]]
    held, found = [], []
    for _ in range(STUDIES):
        fit = fit_linear(survey(TASTE, rng, listeners=40, clips=6), "rating")
        held += [one.low <= true <= one.high for one, true in zip(fit.coefficients[1:], truth, strict=True)]
        found += [one.p < 0.05 for one in fit.coefficients[1:3]]
    assert 0.93 <= np.mean(held) <= 0.97
    assert 0.03 <= np.mean(found) <= 0.07


def test_the_usual_test_on_all_ratings_finds_what_is_not_there():
    rng, found = np.random.default_rng(7), []
    for _ in range(60):
        design = rating_design(survey(TASTE, rng, listeners=60, clips=6), "rating")
        ratings = [design.answers[design.source == number] for number in (0, 1)]
        se = np.sqrt(sum(values.var(ddof=1) / len(values) for values in ratings))
        found.append(abs(ratings[1].mean() - ratings[0].mean()) > 1.96 * se)
    assert np.mean(found) > 0.2


def test_robots_with_a_known_taste_are_understood():
    taste = Taste({"Bach": 0.0, "LSTM": -1.2}, d_primes={"Bach": -0.4, "LSTM": 1.5})
    frame = survey(taste, np.random.default_rng(3), listeners=40, clips=12)
    difference = fit_linear(frame, "rating").pairs()[0]
    assert difference.p_holm < 0.001
    assert difference.low < taste.mean_rating("LSTM") - taste.mean_rating("Bach") < difference.high
    d_prime = fit_verdicts(frame).detections[0].d_prime
    assert d_prime.low < 1.5 < d_prime.high


def test_the_true_mean_of_a_made_up_source_is_the_mean_of_many_answers():
    taste = Taste({"Bach": 0.4})
    frame = survey(taste, np.random.default_rng(4), listeners=400, clips=400, heard=100)
    assert frame["rating"].mean() == pytest.approx(taste.mean_rating("Bach"), abs=0.06)
