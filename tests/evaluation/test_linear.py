"""The linear mixed model finds what R finds, and says so plainly where there is nothing to find."""

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics.designs import rating_design, source_order
from evaluation.statistics.linear import LinearFit, fit_linear, fit_mixed
from evaluation.statistics.reasons import Reason
from tests.evaluation.known import DATA, columns, complete, incomplete, reference
from tests.simulated_surveys import Taste, survey

TASTE = Taste({"Bach": 0.0, "LSTM": -0.6, "Magenta": 0.2})


@pytest.fixture
def answers():
    return survey(TASTE, np.random.default_rng(1), listeners=20, clips=4)


@pytest.mark.parametrize("listeners", [40, 200])
def test_complete_surveys_are_analysed_as_by_lmertest(listeners):
    fit, r = fit_linear(complete(listeners), "rating"), reference(f"ratings_{listeners}x24")["lmm"]
    names = ("estimate", "se", "df", "t", "p")
    assert fit.formula == "rating ~ source + (1 | participant) + (1 | clip)"
    assert [term.replace("source", "model") for term in fit.terms] == r["terms"]
    for ours, name in zip(columns(fit.coefficients, *names), names, strict=True):
        assert ours == pytest.approx(r[name], rel=5e-4 if name != "p" else 5e-3, abs=1e-15)
    assert fit.sd["participant"] == pytest.approx(r["sd"]["participant"], rel=1e-4)
    assert fit.sd["clip"] == pytest.approx(r["sd"]["clip"], rel=1e-4)
    assert fit.sd["residual"] == pytest.approx(r["sigma"], rel=1e-5)
    assert fit.reml == pytest.approx(r["reml"], abs=1e-5)


@pytest.mark.parametrize("listeners", [40, 200])
def test_pairs_are_compared_as_by_emmeans_with_holm(listeners):
    pairs, r = fit_linear(complete(listeners), "rating").pairs(), reference(f"ratings_{listeners}x24")["contrasts"]
    names = ("estimate", "se", "df", "low", "high", "p", "p_holm")
    assert [pair.label for pair in pairs] == r["pair"]
    for ours, name in zip(columns(pairs, *names), names, strict=True):
        assert ours == pytest.approx(r[name], rel=5e-4, abs=5e-5)


@pytest.mark.parametrize(
    ("model", "arguments"),
    [("lmm", {}), ("covariates", {"covariates": ["position", "training"]}), ("third", {"third": True})],
)
def test_incomplete_surveys_are_analysed_as_by_lmertest(model, arguments):
    fit, r = fit_linear(incomplete(), "enjoyment", **arguments), reference("incomplete_60x30")[model]
    assert list(fit.terms) == r["terms"]
    for name in ("estimate", "se", "df", "t"):
        assert columns(fit.coefficients, name)[0] == pytest.approx(r[name], rel=1e-5)
    assert columns(fit.coefficients, "p")[0] == pytest.approx(r["p"], rel=1e-3)
    for factor, sd in r["sd"].items():
        assert fit.sd[factor.lower()] == pytest.approx(sd, rel=1e-5)
    assert fit.reml == pytest.approx(r["reml"], abs=1e-6)


def test_means_and_pairs_of_an_incomplete_survey_are_those_of_emmeans():
    fit, r = fit_linear(incomplete(), "enjoyment"), reference("incomplete_60x30")
    for ours, theirs, names in (
        (fit.means(), r["means"], ("estimate", "se", "df", "low", "high")),
        (fit.pairs(), r["pairs"], ("estimate", "se", "df", "low", "high", "p_holm")),
    ):
        for name in names:
            assert columns(ours, name)[0] == pytest.approx(theirs[name], rel=1e-5)


def test_penicillin_comes_out_as_in_the_paper_on_lme4():
    data = pd.read_csv(DATA / "penicillin.csv")
    factors = {name: pd.factorize(data[name])[0] for name in ("plate", "sample")}
    fit = fit_mixed(data["diameter"].to_numpy(float), np.ones((144, 1)), ["(Intercept)"], factors)
    assert fit.reml == pytest.approx(330.860589, abs=1e-5)
    assert fit.sd == pytest.approx({"plate": 0.846704, "sample": 1.931559, "residual": 0.549923}, abs=1e-5)
    intercept = fit.coefficients[0]
    assert (intercept.estimate, intercept.se, intercept.df) == pytest.approx((22.972222, 0.808574, 5.487090), rel=1e-5)


def test_a_complete_survey_has_exactly_clips_minus_sources_degrees_of_freedom():
    assert fit_linear(complete(200), "rating").pairs()[0].df == pytest.approx(20, abs=1e-3)


def test_the_order_of_rows_does_not_matter(answers):
    fits = [fit_linear(rows, "rating") for rows in (answers, answers.sample(frac=1, random_state=1))]
    assert fits[0].terms == fits[1].terms
    assert fits[0].beta == pytest.approx(fits[1].beta, abs=1e-9)


def test_the_first_human_source_is_the_reference(answers):
    renamed = answers.assign(source=answers["source"].astype(str).replace({"Bach": "Zelenka"}))
    assert source_order(renamed)[0] == "Zelenka"
    assert fit_linear(renamed, "rating").terms == ("(Intercept)", "sourceLSTM", "sourceMagenta")


def test_anchors_take_no_part(answers):
    apart = answers.assign(origin=np.where(answers["source"] == "Magenta", "anchor", answers["origin"]))
    assert fit_linear(apart, "rating").sources == ("Bach", "LSTM")


def test_a_name_with_a_space_stands_in_backticks(answers):
    fit = fit_linear(answers.rename(columns={"rating": "emotional impact"}), "emotional impact")
    assert fit.formula.startswith("`emotional impact` ~ source")


def test_a_large_survey_with_few_answers_per_listener_is_sparse_and_the_same():
    frame = survey(TASTE, np.random.default_rng(2), listeners=1200, clips=120, heard=8)
    fit = fit_linear(frame, "rating")
    assert fit.levels == {"participant": 1200, "clip": 360}
    true = [TASTE.mean_rating(source) - TASTE.mean_rating("Bach") for source in ("LSTM", "Magenta")]
    assert all(pair.low < value < pair.high for pair, value in zip(fit.coefficients[1:], true, strict=True))


def test_clips_named_alike_by_two_sources_are_different_clips(answers):
    numbered = answers.assign(
        clip=answers.groupby("source", observed=True)["clip"].transform(lambda c: c.rank(method="dense"))
    )
    fit = fit_linear(numbered, "rating")
    assert fit.levels["clip"] == 12
    assert "read as different clips" in fit.notes[0]


def reason(frame, aspect="rating", **arguments) -> str:
    fit = fit_linear(frame, aspect, **arguments)
    assert isinstance(fit, Reason)
    return fit.text


def test_too_little_gets_a_sentence_instead_of_numbers(answers):
    assert "no column" in reason(answers, "beauty")
    assert reason(answers.assign(rating=np.nan)) == "Nobody rated rating."
    assert reason(answers.assign(rating=3)) == "Every rating of rating is 3: there is nothing to compare."
    assert "one model (Bach)" in reason(answers[answers["source"] == "Bach"])
    assert "9 listeners" in reason(answers[answers["participant"] < "p0009"])
    assert "Bach has 2 clips" in reason(answers[~answers["clip"].isin(["c0000", "c0001"])])
    assert '"loud", which is not a number' in reason(answers.assign(rating="loud"))
    assert '"inf", which is not a number' in reason(answers.assign(rating=answers["rating"].replace(5, np.inf)))
    assert "nothing is left" in reason(answers.assign(rating=answers["clip"].str[1:].astype(int)))
    assert "cannot be told apart" in reason(answers.assign(again=answers["source"].astype(str)), covariates=["again"])


def test_a_singular_fit_is_said(answers):
    alike = survey(Taste({"Bach": 0.0, "LSTM": 0.5}, clip=0, taste=0, participant=0), np.random.default_rng(5), clips=3)
    fit = fit_linear(alike, "rating")
    assert fit.sd["clip"] == 0
    assert any("no variance between clips" in note and "surer than they are" in note for note in fit.notes)
    assert all(np.isfinite(pair.p) for pair in fit.pairs())


@pytest.mark.parametrize("seed", range(4))
def test_listeners_who_agree_do_not_hide_that_clips_differ(seed):
    """The slope is 0 at no variance: the search must not stop there because another factor has none."""
    rng = np.random.default_rng(seed)
    fit = fit_linear(
        survey(Taste({"Bach": 0.0, "LSTM": 0.5}, clip=0.4, taste=0, participant=0), rng, clips=6), "rating"
    )
    assert fit.sd["clip"] > 0.1


def test_listeners_of_one_clip_each_are_no_factor():
    frame = survey(TASTE, np.random.default_rng(4), listeners=400, clips=4, heard=1)
    fit = fit_linear(frame, "rating")
    assert fit.formula == "rating ~ source + (1 | clip)"
    assert "Every listener heard one clip" in fit.notes[0]
    assert isinstance(fit_linear(frame, "rating", third=True), Reason)


def test_a_scale_from_0_to_100_changes_only_the_unit(answers):
    fit, stretched = (
        fit_linear(answers, "rating"),
        fit_linear(answers.assign(rating=answers["rating"] * 20 - 10), "rating"),
    )
    assert isinstance(stretched, LinearFit)
    assert stretched.beta[1:] == pytest.approx(fit.beta[1:] * 20, rel=1e-6)
    assert columns(stretched.pairs(), "p")[0] == pytest.approx(columns(fit.pairs(), "p")[0], rel=1e-4)


def test_ratings_are_laid_out_without_changing_the_table(answers):
    before = answers.copy()
    rating_design(answers, "rating")
    pd.testing.assert_frame_equal(answers, before)
