"""Agreement, variance shares and the reliability of means."""

import numpy as np
import pytest

from evaluation.statistics.designs import rating_design
from evaluation.statistics.linear import fit_design
from evaluation.statistics.reliability import agreement, alpha, reliability, variance_shares
from tests.evaluation.known import complete, incomplete, reference
from tests.simulated_surveys import Taste, survey

X = np.nan
# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section E: four observers, twelve units.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3],
        [X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X],
    ]
)
COUNTS = np.stack([(value == OBSERVERS).sum(axis=0) for value in range(1, 6)], axis=1)


@pytest.mark.parametrize(("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_example(level, expected):
    assert alpha(COUNTS, range(1, 6), level) == pytest.approx(expected, abs=5e-4)


def test_alpha_is_one_where_all_agree_and_below_zero_where_all_disagree():
    assert alpha(np.array([[3, 0], [0, 3]]), [1, 2], "ordinal") == 1
    assert alpha(np.array([[1, 1], [1, 1]]), [1, 2], "nominal") < 0
    assert np.isnan(alpha(np.array([[3], [3]]), [1], "interval"))


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match='one of nominal, ordinal, interval, not "ratio"'):
        alpha(COUNTS, range(1, 6), "ratio")


def test_listeners_agree_little_and_their_means_are_reliable_all_the_same():
    design = rating_design(complete(200), "rating")
    agreed, reliable = agreement(design, rng=np.random.default_rng(1)), reliability(design, fit_design(design))
    assert agreed.low < agreed.alpha < agreed.high < 0.2
    assert reliable.mean > 0.9
    assert (agreed.clips, agreed.ratings) == (24, 4800)


def test_reliability_follows_from_the_variances_that_lme4_finds():
    design, sd = rating_design(incomplete(), "enjoyment"), reference("incomplete_60x30")["null"]["sd"]
    clip, participant, rest = (sd[name] ** 2 for name in ("clip", "participant", "Residual"))
    found = reliability(design, fit_design(design))
    assert found.single == pytest.approx(clip / (clip + participant + rest), rel=1e-5)
    assert found.mean == pytest.approx(clip / (clip + rest / found.listeners), rel=1e-5)
    assert found.mean_of(found.listeners) == pytest.approx(found.mean)
    assert found.mean < found.mean_of(100) < 1


def test_shares_of_variance_sum_to_one_and_show_what_was_put_in():
    taste = Taste({"a": 0.0, "b": 0.0, "c": 0.0}, clip=1.0, participant=0.3, taste=0.0)
    frame = survey(taste, np.random.default_rng(2), listeners=40, clips=12)
    shares = variance_shares(fit_design(rating_design(frame, "rating"), third=True))
    parts = [shares.source, shares.clip, shares.participant, shares.taste, shares.rest]
    assert sum(parts) == pytest.approx(1)
    assert shares.clip > shares.participant > shares.taste
    assert shares.source < 0.1
