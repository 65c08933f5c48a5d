"""The whole analysis: every fit under its formula, as plain numbers, or a sentence."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics.analysis import analyse
from evaluation.statistics.analysis_record import analysis_record
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.designs import rating_design
from evaluation.statistics.ranks import rank_correlation
from evaluation.statistics.reasons import Reason
from evaluation.statistics.sensitivity import clip_means
from tests.evaluation.known import complete, incomplete, reference
from tests.simulated_surveys import Taste, survey

FORMULA = "enjoyment ~ source + (1 | participant) + (1 | clip)"
TASTE = Taste({"Bach": 0.0, "LSTM": -0.8, "Magenta": 0.2}, d_primes={"Bach": -0.3, "LSTM": 1.0, "Magenta": 0.2})


@pytest.fixture(scope="module")
def written():
    aspects = [Aspect("enjoyment", "Enjoyment", lowest=1, highest=7)]
    analysis = analyse(incomplete(), aspects, groups=["training"], covariates=["training"])
    return json.loads(json.dumps(analysis_record(analysis), allow_nan=False))


@pytest.fixture
def answers():
    return survey(TASTE, np.random.default_rng(1), listeners=20, clips=4)


def test_every_fit_stands_under_its_formula_unrounded(written):
    r = reference("incomplete_60x30")
    linear, ordinal = written["fits"][FORMULA]["linear"], written["fits"][FORMULA]["ordinal"]
    assert written["reference"] == "Originals"
    assert linear["terms"] == r["lmm"]["terms"]
    assert linear["estimate"] == pytest.approx(r["lmm"]["estimate"], rel=1e-6)
    assert linear["contrasts"]["p_holm"] == pytest.approx(r["pairs"]["p_holm"], rel=1e-4)
    assert ordinal["estimate"] == pytest.approx(r["clmm_logit"]["estimate"], rel=1e-4)
    assert ordinal["thresholds"]["estimate"] == pytest.approx(r["clmm_logit"]["thresholds"], rel=1e-4)
    assert ordinal["log_likelihood"] == pytest.approx(r["clmm_logit"]["loglik"], abs=1e-5)
    third = written["fits"][f"{FORMULA} + (1 | participant:source)"]["linear"]
    assert third["df"] == pytest.approx(r["third"]["df"], rel=1e-4)
    probit = written["fits"]["verdict ~ source + (1 | participant) + (1 | clip)"]["verdict"]
    assert probit["estimate"][1:] == pytest.approx(r["verdict_probit"]["estimate"], rel=1e-4)


def test_an_aspect_has_everything_that_follows_from_its_fits(written):
    aspect = written["aspects"]["enjoyment"]
    assert aspect["equivalence_bound"] == 0.75
    assert aspect["comparisons"][0]["label"] == "Attention RNN - Originals"
    assert aspect["these_clips"]["scope"].startswith("for these clips only")
    assert 0 < aspect["agreement"]["alpha"] < 0.3
    assert sum(value for name, value in aspect["variance_shares"].items() if name != "variance") == pytest.approx(1)
    assert [variation["name"] for variation in aspect["sensitivity"]] == ["position", "training"]
    assert [detection["source"] for detection in written["verdicts"]["detections"]] == ["Attention RNN", "House LSTM"]
    assert list(written["verdicts_by"]["training"]) == ["much", "none", "some"]


def test_the_same_table_and_seed_give_the_same_results(answers):
    once, again = (analysis_record(analyse(rows, ["rating"], seed=5)) for rows in (answers, answers.copy()))
    assert once == again


def test_another_aspect_changes_no_other(answers):
    two = answers.assign(again=answers["rating"].to_numpy()[::-1])
    alone, together = (
        analysis_record(analyse(two, names))["aspects"]["rating"] for names in (["rating"], ["again", "rating"])
    )
    assert alone == together


def test_anchors_are_shown_apart(answers):
    apart = answers.assign(origin=np.where(answers["source"] == "Magenta", "anchor", answers["origin"]))
    analysis = analyse(apart, ["rating"])
    assert analysis.sources == {"Bach": "human", "LSTM": "ai", "Magenta": "anchor"}
    assert analysis.aspects["rating"].linear.sources == ("Bach", "LSTM")
    assert analysis.aspects["rating"].anchors.sources == ("Bach", "Magenta")


def test_known_pieces_are_left_out_in_a_variation(answers):
    known = answers.assign(familiar=np.where(np.arange(len(answers)) % 9 == 0, 1.0, 0.0))
    first = analyse(known, ["rating"]).aspects["rating"].sensitivity[0]
    assert (first.name, first.left_out, first.fit.answers) == ("unfamiliar", 27, 213)


def test_models_that_disagree_are_reported(answers):
    assert analyse(answers, ["rating"]).aspects["rating"].disagreements == ()


def test_the_t_test_on_clip_means_equals_the_mixed_model_where_all_heard_all():
    design = rating_design(complete(40), "rating")
    r = reference("ratings_40x24")["contrasts"]
    pairs = clip_means(design)
    assert [pair.estimate for pair in pairs] == pytest.approx(r["estimate"])
    assert [pair.se for pair in pairs] == pytest.approx(r["se"], rel=1e-4)


def test_rank_correlations_have_wide_intervals_for_few_clips():
    rho, low, high = rank_correlation(np.arange(8), np.array([1, 0, 2, 3, 5, 4, 7, 6]))
    assert rho == pytest.approx(0.9286, abs=1e-4)
    assert 0.5 < low < rho < high < 1


def test_progress_is_told(answers):
    told = []
    analyse(answers, ["rating"], progress=lambda text, share: told.append((text, share)))
    assert told[0] == ("Comparing models on rating", 0.0)
    assert told[-1] == ("Done", 1.0)


BACH = "Bach"
WRONG = {
    "no rows": lambda f: f.iloc[:0],
    "no rating": lambda f: f.assign(rating=np.nan),
    "no column": lambda f: f.drop(columns="rating"),
    "all equal": lambda f: f.assign(rating=3),
    "words": lambda f: f.assign(rating="good"),
    "one source": lambda f: f[f["source"] == BACH],
    "two clips": lambda f: f[~f["clip"].isin(["c0000", "c0001"])],
    "nine listeners": lambda f: f[f["participant"] < "p0009"],
    "one clip each": lambda f: survey(TASTE, np.random.default_rng(2), listeners=60, clips=4, heard=1),
    "one answer to a clip": lambda f: f.drop_duplicates("clip"),
    "top only": lambda f: f.assign(rating=np.where(f["source"] == BACH, 5, f["rating"])),
    "bottom only": lambda f: f.assign(rating=np.where(f["source"] == BACH, 1, f["rating"])),
    "constant by source": lambda f: f.assign(rating=f["source"].cat.codes.astype(int)),
    "follows from the clip": lambda f: f.assign(rating=f["clip"].str[1:].astype(int)),
    "follows from the listener": lambda f: f.assign(rating=f["participant"].str[1:].astype(int)),
    "one rating off": lambda f: f.assign(rating=np.where(np.arange(len(f)) == 7, 5, 1)),
    "yes or no": lambda f: f.assign(rating=(f["rating"] > 3).astype(int)),
    "0 to 100": lambda f: f.assign(rating=f["rating"] * 17.5 + f["position"] / 7),
    "always AI": lambda f: f.assign(verdict="ai"),
    "always right": lambda f: f.assign(verdict=f["origin"]),
    "no verdicts": lambda f: f.assign(verdict=None),
    "odd verdicts": lambda f: f.assign(verdict="maybe"),
    "no human": lambda f: f.assign(origin="ai"),
    "no origin": lambda f: f.assign(origin=f["origin"].where(f["source"] != BACH)),
    "rows twice": lambda f: pd.concat([f, f]),
    "clips without a name": lambda f: f.assign(clip=f["clip"].where(f.index % 7 > 0)),
    "numbers for names": lambda f: f.assign(
        clip=pd.factorize(f["clip"])[0], participant=f["participant"].str[1:].astype(int)
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_whatever_is_wrong_with_a_table_nothing_breaks_and_no_number_is_nonsense(answers, wrong):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis = analyse(WRONG[wrong](answers), ["rating"])
        json.dumps(analysis_record(analysis), allow_nan=False)
    linear = analysis.aspects["rating"].linear
    if isinstance(linear, Reason):
        assert linear.text.endswith(".")
    else:
        assert all(np.isfinite([pair.estimate, pair.se, pair.df, pair.p]).all() for pair in linear.pairs())
