"""What listeners can hear: hits, false alarms, d', and when there is nothing to say."""

import numpy as np
import pytest
from scipy.stats import norm

from evaluation.statistics.describe import wilson
from evaluation.statistics.designs import rating_design
from evaluation.statistics.estimates import equivalence, t_estimate
from evaluation.statistics.laplace import fit_cumulative
from evaluation.statistics.reasons import Reason
from evaluation.statistics.verdicts import VerdictFit, fit_verdicts, fit_verdicts_by
from tests.evaluation.known import columns, complete, incomplete, reference
from tests.simulated_surveys import Taste, survey

TASTE = Taste({"Bach": 0.0, "LSTM": 0.0}, d_primes={"Bach": -0.4, "LSTM": 1.2})


@pytest.fixture
def answers():
    taste = Taste({"Bach": 0.0, "LSTM": 0.0, "Magenta": 0.0}, d_primes={"Bach": -0.4, "LSTM": 1.0, "Magenta": 0.3})
    return survey(taste, np.random.default_rng(1), listeners=20, clips=4)


def test_verdicts_are_analysed_as_by_clmm_with_probits():
    fit, r = fit_verdicts(incomplete()), reference("incomplete_60x30")["verdict_probit"]
    estimates, ses = columns(fit.coefficients, "estimate", "se")
    assert estimates == pytest.approx([-r["threshold"], *r["estimate"]], rel=2e-4)
    assert ses == pytest.approx(r["se"], rel=2e-4)
    assert fit.sd == pytest.approx(r["sd"], rel=2e-4)
    assert fit.log_likelihood == pytest.approx(r["loglik"], abs=1e-5)


@pytest.mark.parametrize("listeners", [40, 200])
def test_yes_and_no_in_log_odds_are_analysed_as_by_glmer(listeners):
    r = reference(f"ratings_{listeners}x24")["ai_logit"]
    design = rating_design(complete(listeners), "ai")
    factors = {"participant": design.participant, "clip": design.clip}
    fit = fit_cumulative(design.answers.astype(int), design.matrix[:, 1:], factors)
    assert [-fit.thresholds[0], *fit.beta] == pytest.approx(r["estimate"], rel=5e-4)
    assert list(fit.se) == pytest.approx(r["se"], rel=2e-3)  # glmer's own are good to three digits
    assert fit.sd == pytest.approx(r["sd"], rel=5e-4)
    assert fit.log_likelihood == pytest.approx(r["loglik"], abs=1e-4)


def test_rates_are_what_was_observed_and_d_prime_is_the_coefficient():
    frame = complete(200)
    fit = fit_verdicts(frame)
    observed = (frame["verdict"] == "ai").groupby(frame["source"]).mean()
    for share in fit.said_ai:
        assert share.value == pytest.approx(observed[share.label], abs=0.01)
    lstm = fit.detections[0]
    assert lstm.source == "lstm"
    assert lstm.d_prime.estimate == pytest.approx(fit.coefficients[1].estimate)
    assert lstm.hit_rate.value == pytest.approx(observed["lstm"], abs=0.01)
    assert lstm.false_alarm_rate.value == pytest.approx(observed["original"], abs=0.01)
    assert lstm.balanced_accuracy.value == pytest.approx((observed["lstm"] + 1 - observed["original"]) / 2, abs=0.01)
    hits, alarms = norm.ppf([lstm.hit_rate.value, lstm.false_alarm_rate.value])
    assert lstm.d_prime_average.estimate == pytest.approx(hits - alarms)
    spread = np.sqrt(1 + sum(sd**2 for sd in fit.sd.values()))
    assert lstm.criterion.estimate == pytest.approx(-(hits + alarms) / 2 * spread)
    assert lstm.d_prime.estimate == pytest.approx((hits - alarms) * spread)


def test_one_model_and_one_human_source_are_judged_with_clips_minus_two():
    fit = fit_verdicts(survey(TASTE, np.random.default_rng(2), listeners=40, clips=8))
    d_prime = fit.detections[0].d_prime
    assert fit.df == d_prime.df == 14
    assert d_prime.low < 1.2 < d_prime.high


def test_each_of_several_models_is_judged_by_its_own_and_the_human_clips(answers):
    fit = fit_verdicts(answers)
    assert fit.df == 9
    assert [detection.d_prime.df for detection in fit.detections] == [6, 6]


def test_what_cannot_be_told_apart_is_shown_by_equivalence_and_not_by_a_large_p():
    few = fit_verdicts(survey(Taste({"a": 0, "b": 0}), np.random.default_rng(3), listeners=12, clips=3))
    many = fit_verdicts(survey(Taste({"a": 0, "b": 0}), np.random.default_rng(3), listeners=150, clips=80, heard=20))
    assert few.detections[0].d_prime.p > 0.05 and not few.detections[0].equivalence.holds
    assert many.detections[0].equivalence.holds
    assert many.detections[0].equivalence.bound == 0.3


def test_equivalence_holds_when_the_90_percent_interval_lies_inside_the_bound():
    inside, outside = (equivalence(t_estimate("", 0.1, se, 20), 0.5) for se in (0.2, 0.3))
    assert inside.holds and inside.low > -0.5 and inside.high < 0.5
    assert not outside.holds and outside.high > 0.5


def test_two_human_sources_give_one_false_alarm_rate(answers):
    two = answers.assign(origin=np.where(answers["source"] == "Magenta", "human", answers["origin"]))
    fit = fit_verdicts(two)
    assert [detection.source for detection in fit.detections] == ["LSTM"]
    rates = {share.label: share.value for share in fit.said_ai}
    low, high = sorted([rates["Bach"], rates["Magenta"]])
    assert low < fit.detections[0].false_alarm_rate.value < high


def test_a_model_that_was_always_called_ai_has_a_sentence_and_the_others_have_numbers(answers):
    fit = fit_verdicts(answers.assign(verdict=np.where(answers["source"] == "LSTM", "ai", answers["verdict"])))
    assert isinstance(fit, VerdictFit)
    assert fit.undecided["LSTM"].text.startswith("All 80 verdicts on LSTM were AI")
    assert [detection.source for detection in fit.detections] == ["Magenta"]


def test_anchors_take_no_part_in_detection(answers):
    fit = fit_verdicts(answers.assign(origin=np.where(answers["source"] == "Magenta", "anchor", answers["origin"])))
    assert [share.label for share in fit.said_ai] == ["Bach", "LSTM"]


def test_where_nothing_can_be_detected_a_sentence_says_why(answers):
    def reason(frame):
        fit = fit_verdicts(frame)
        assert isinstance(fit, Reason)
        return fit.text

    assert "Nobody was asked" in reason(answers.drop(columns="verdict"))
    assert "Nobody said" in reason(answers.assign(verdict=""))
    assert "no human source" in reason(answers.assign(origin="ai"))
    assert "no AI source" in reason(answers.assign(origin="human"))
    assert '"perhaps"' in reason(answers.assign(verdict="perhaps"))
    assert "nothing to compare" in reason(answers.assign(verdict="ai"))
    assert "nothing to compare" in reason(answers.assign(verdict=answers["origin"]))
    assert "9 listeners" in reason(answers[answers["participant"] < "p0009"])


def test_verdicts_are_judged_for_each_group_of_listeners():
    by = fit_verdicts_by(incomplete(), "training")
    assert list(by) == ["much", "none", "some"]
    assert by["none"].levels["participant"] < 60
    assert fit_verdicts_by(incomplete(), "age") == {}


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_newcombe(successes, trials, low, high):
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3."""
    assert np.ravel(wilson([successes], [trials])) == pytest.approx([low, high], abs=5e-5)
