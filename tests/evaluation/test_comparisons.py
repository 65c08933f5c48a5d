"""Pairs of sources: Holm, Cliff's delta, equivalence, and the tests that speak of these clips only."""

import numpy as np
import pytest
from scipy import stats

from evaluation.statistics.comparisons import cliffs_delta, cliffs_deltas, compare, compare_these_clips, signed_rank
from evaluation.statistics.designs import rating_design
from evaluation.statistics.estimates import holm
from evaluation.statistics.linear import fit_design
from evaluation.statistics.reasons import Reason
from tests.evaluation.known import complete, incomplete, reference
from tests.simulated_surveys import Taste, survey


@pytest.fixture
def design():
    return rating_design(incomplete(), "enjoyment")


def test_holm_corrects_step_by_step():
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]
    assert np.isnan(holm([0.01, np.nan])[1]) and holm([0.01, np.nan])[0] == 0.01
    assert holm([]).tolist() == []


def test_cliffs_delta_counts_who_is_higher():
    assert cliffs_delta(np.array([0, 0, 4]), np.array([3, 0, 0])) == 1
    assert cliffs_delta(np.array([1, 1]), np.array([1, 1])) == 0
    assert np.isnan(cliffs_delta(np.array([0, 0]), np.array([1, 1])))


def test_cliffs_delta_is_mann_and_whitneys_u_in_other_words():
    rng = np.random.default_rng(1)
    a, b = rng.integers(1, 6, size=40), rng.integers(1, 6, size=55)
    counts = [np.bincount(values, minlength=6) for values in (a, b)]
    assert cliffs_delta(*counts) == pytest.approx(2 * stats.mannwhitneyu(a, b).statistic / (40 * 55) - 1)


def test_intervals_of_cliffs_delta_hold_it_and_repeat(design):
    first, again = (cliffs_deltas(design, rng=np.random.default_rng(7)) for _ in range(2))
    assert first == again
    for delta in first:
        assert -1 <= delta.low < delta.delta < delta.high <= 1
        assert delta.superiority == pytest.approx((delta.delta + 1) / 2)


def test_more_listeners_do_not_narrow_an_interval_that_clips_decide():
    taste = Taste({"a": 0.0, "b": 0.3}, clip=0.8)
    widths = []
    for listeners in (50, 800):
        frame = survey(taste, np.random.default_rng(3), listeners=listeners, clips=5)
        delta = cliffs_deltas(rating_design(frame, "rating"), rng=np.random.default_rng(1))[0]
        widths.append(delta.high - delta.low)
    assert widths[1] > 0.6 * widths[0]


def test_each_pair_is_compared_in_every_way(design):
    fit = fit_design(design)
    first, *_ = compare(fit, design, bound=0.5, rng=np.random.default_rng(1))
    assert first.label == "Attention RNN - Originals"
    assert first.difference == fit.pairs()[0]
    assert first.standardised == pytest.approx(first.difference.estimate / fit.total_sd)
    assert first.delta.delta < 0
    assert not first.equivalence.holds


def test_friedman_is_that_of_r_and_carries_its_label():
    for listeners in (40, 200):
        tests = compare_these_clips(rating_design(complete(listeners), "rating"))
        r = reference(f"ratings_{listeners}x24")["friedman_on_participant_means"]
        assert (tests.friedman.statistic, tests.friedman.p) == pytest.approx((r["chi2"], r["p"]), rel=1e-6)
        assert tests.scope.startswith("for these clips only")


def test_rank_tests_leave_out_listeners_who_missed_a_source(design):
    tests, r = compare_these_clips(design), reference("incomplete_60x30")
    assert tests.friedman.listeners == r["friedman"]["n"] == 59
    assert tests.friedman.p == pytest.approx(r["friedman"]["p"], rel=1e-6)
    for ours, theirs in zip(tests.pairs, r["wilcoxon"].values(), strict=True):
        assert (ours.statistic, ours.p) == pytest.approx((theirs["v"], theirs["p"]), rel=1e-6)
    assert [test.p_holm for test in tests.pairs] == pytest.approx(holm([test.p for test in tests.pairs]))


def test_too_few_complete_listeners_give_a_sentence():
    frame = survey(Taste({"a": 0.0, "b": 0.0, "c": 0.0}), np.random.default_rng(1), listeners=60, clips=4, heard=2)
    assert isinstance(compare_these_clips(rating_design(frame, "rating")), Reason)


def test_the_signed_rank_test_is_that_of_hollander_and_wolfe():
    """Depression scores before and after tranquillisers: Hollander & Wolfe 1973, p. 29."""
    first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    v, p = signed_rank(np.array(first) - np.array(second))
    assert (v, p) == pytest.approx((40, 2 * 0.01953), abs=1e-4)


def test_friedmans_test_is_that_of_hollander_and_wolfe():
    """Three ways to round first base: Hollander & Wolfe 1973, p. 140."""
    times = """
        5.40 5.50 5.55 5.85 5.70 5.75 5.20 5.60 5.50 5.55 5.50 5.40 5.90 5.85 5.70 5.45 5.55 5.60
        5.40 5.40 5.35 5.45 5.50 5.35 5.25 5.15 5.00 5.85 5.80 5.70 5.25 5.20 5.10 5.65 5.55 5.45
        5.60 5.35 5.45 5.05 5.00 4.95 5.50 5.50 5.40 5.45 5.55 5.50 5.55 5.55 5.35 5.45 5.50 5.55
        5.50 5.45 5.25 5.65 5.60 5.40 5.70 5.65 5.55 6.30 6.30 6.25
    """
    rounded = np.array(times.split(), float).reshape(22, 3)
    result = stats.friedmanchisquare(*rounded.T)  # what our test calls
    assert (result.statistic, result.pvalue) == pytest.approx((11.143, 0.003805), abs=1e-3)


def test_nothing_but_zeros_is_no_difference():
    assert signed_rank(np.zeros(12)) == (0.0, 1.0)
