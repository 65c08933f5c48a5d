"""The cumulative link mixed model finds what R's clmm finds."""

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics.crossing import CrossTable, Elimination
from evaluation.statistics.laplace import CumulativeModel, fit_cumulative
from evaluation.statistics.links import Categories
from evaluation.statistics.ordinal import fit_ordinal
from evaluation.statistics.reasons import Reason
from tests.evaluation.known import DATA, complete, incomplete, reference
from tests.simulated_surveys import Taste, survey

TASTE = Taste({"Bach": 0.0, "LSTM": -0.6, "Magenta": 0.2})


@pytest.fixture
def answers():
    return survey(TASTE, np.random.default_rng(1), listeners=20, clips=4)


def same(fit, r):
    assert list(fit.fit.thresholds) == pytest.approx(r["thresholds"], rel=2e-4)
    assert list(fit.fit.beta) == pytest.approx(r["estimate"], rel=2e-4)
    assert list(fit.fit.se)[-len(r["se"]) :] == pytest.approx(r["se"], rel=2e-4)
    assert fit.sd == pytest.approx(r["sd"], rel=2e-4)
    assert fit.log_likelihood == pytest.approx(r["loglik"], abs=1e-5)


@pytest.mark.parametrize("listeners", [40, 200])
def test_complete_surveys_are_analysed_as_by_clmm(listeners):
    same(fit_ordinal(complete(listeners), "rating"), reference(f"ratings_{listeners}x24")["clmm"])


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_incomplete_surveys_are_analysed_as_by_clmm(link):
    same(fit_ordinal(incomplete(), "enjoyment", link=link), reference("incomplete_60x30")[f"clmm_{link}"])


def test_wine_comes_out_as_in_the_vignette_of_ordinal():
    data = pd.read_csv(DATA / "wine.csv")
    matrix = np.column_stack([data["temp"] == "warm", data["contact"] == "yes"]).astype(float)
    fit = fit_cumulative(data["rating"].to_numpy() - 1, matrix, {"judge": data["judge"].to_numpy() - 1})
    assert list(fit.thresholds) == pytest.approx([-1.6237, 1.5134, 4.2285, 6.0888], abs=1e-4)
    assert list(fit.beta) == pytest.approx([3.0630, 1.8349], abs=1e-4)
    assert list(fit.se) == pytest.approx([0.6824, 0.6038, 0.8090, 0.9725, 0.5954, 0.5125], abs=1e-4)
    assert fit.sd["judge"] ** 2 == pytest.approx(1.2795, abs=1e-3)
    assert fit.log_likelihood == pytest.approx(-81.565409, abs=1e-5)


def test_wine_with_bottles_has_a_factor_without_variance():
    data = pd.read_csv(DATA / "wine.csv")
    matrix = np.column_stack([data["temp"] == "warm", data["contact"] == "yes"]).astype(float)
    factors = {name: data[name].to_numpy() - 1 for name in ("judge", "bottle")}
    fit = fit_cumulative(data["rating"].to_numpy() - 1, matrix, factors)
    assert (fit.flat, fit.sd["bottle"]) == (("bottle",), 0)
    assert list(fit.se)[-2:] == pytest.approx([0.5954, 0.5125], abs=1e-4)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_gradient_written_out_is_the_gradient(link, answers):
    category = answers["rating"].to_numpy() - 1
    matrix = pd.get_dummies(answers["source"], dtype=float).to_numpy()[:, 1:]
    factors = {name: pd.factorize(answers[name])[0] for name in ("participant", "clip")}
    model = CumulativeModel(category, matrix, factors, link)
    at = np.array([-1.8, -0.6, 0.5, 1.9, -0.4, 0.3, -0.2, -0.9])
    steps = 1e-5 * np.eye(len(at))
    numerical = [(model.negative(at + step)[0] - model.negative(at - step)[0]) / 2e-5 for step in steps]
    assert model.negative(at)[1] == pytest.approx(np.array(numerical), abs=1e-5)


def test_chances_keep_their_digits_far_out_in_the_tails():
    for link in ("logit", "probit"):
        rows = Categories(np.array([0, 1, 2, 0, 1, 2]), 3, link)
        far = rows.chances(np.array([-1.0, 1.0]), np.array([-30.0, -30, -30, 30, 30, 30]))
        assert np.all(np.isfinite(far.slope)) and np.all(far.weight >= 0)
        mirrored = rows.chances(np.array([-1.0, 1.0]), np.array([30.0, 30, 30, -30, -30, -30]))
        assert far.slope[[0, 1, 2]] == pytest.approx(-mirrored.slope[[2, 1, 0]])


def test_eliminating_a_factor_is_exact():
    rng = np.random.default_rng(5)
    first, second, weight = rng.integers(7, size=60), rng.integers(4, size=60), rng.random(60)
    z = np.hstack([np.eye(7)[first] * 0.8, np.eye(4)[second] * 0.5])
    h = np.eye(11) + z.T @ (weight[:, None] * z)
    table = CrossTable(first, second, (7, 4))
    counts = [np.bincount(codes, weight, size) for codes, size in ((first, 7), (second, 4))]
    taken = Elimination.factorise(1 + 0.64 * counts[0], 0.4 * table.sums(weight), np.diag(1 + 0.25 * counts[1]))
    right = rng.normal(size=11)
    assert taken.log_determinant == pytest.approx(np.linalg.slogdet(h)[1])
    assert np.concatenate(taken.solve(right[:7], right[7:])) == pytest.approx(np.linalg.solve(h, right))
    own, cross, other = taken.inverse_at(table)
    inverse = np.linalg.inv(h)
    assert np.concatenate([own, other]) == pytest.approx(np.diag(inverse))
    assert cross == pytest.approx(inverse[first, 7 + second])


def test_a_large_pool_of_clips_is_kept_sparse_and_gives_the_same(monkeypatch):
    frame = survey(TASTE, np.random.default_rng(6), listeners=60, clips=8, heard=5)
    dense = fit_ordinal(frame, "rating")
    monkeypatch.setattr("evaluation.statistics.crossing.SPARSE_ABOVE", 0)
    sparse = fit_ordinal(frame, "rating")
    assert sparse.log_likelihood == pytest.approx(dense.log_likelihood, abs=1e-8)
    assert sparse.fit.se == pytest.approx(dense.fit.se, rel=1e-6)


def test_tests_use_clips_minus_sources_degrees_of_freedom(answers):
    fit = fit_ordinal(answers, "rating")
    assert [estimate.df for estimate in fit.coefficients] == [9, 9]
    assert fit.pairs()[0].label == "LSTM - Bach"
    assert fit.pairs()[0].estimate == pytest.approx(fit.coefficients[0].estimate)


def test_the_expected_share_of_high_ratings_is_near_the_observed_one():
    frame = complete(200)
    observed = (frame["rating"] >= 4).groupby(frame["source"]).mean()
    for share in fit_ordinal(frame, "rating").share_at_least(4):
        assert share.value == pytest.approx(observed[share.label], abs=0.03)
        assert share.low < share.value < share.high


def test_a_share_beyond_all_ratings_given_is_none():
    fit = fit_ordinal(complete(40).assign(rating=lambda table: (table["rating"] > 3).astype(int)), "rating")
    assert fit.share_at_least(4) == fit.share_at_least(0) == ()
    assert len(fit.share_at_least(1)) == 4


def test_a_point_that_nobody_chose_has_no_threshold(answers):
    fit = fit_ordinal(answers.assign(rating=answers["rating"].replace(2, 1)), "rating")
    assert [threshold.label for threshold in fit.thresholds] == ["1|3", "3|4", "4|5"]
    assert "Nobody chose 2" in fit.notes[0]


def test_what_the_model_cannot_answer_is_said(answers):
    praised = answers.assign(rating=np.where(answers["source"] == "LSTM", 5, answers["rating"]))
    assert "Every rating of LSTM on rating is the highest one given, 5" in fit_ordinal(praised, "rating").text
    fine = answers.assign(rating=answers["rating"] * 10 + answers["position"] / 10)
    assert "different values" in fit_ordinal(fine, "rating").text
    assert isinstance(fit_ordinal(answers.assign(rating=1), "rating"), Reason)
