"""Belief and liking, confidence, repeats, measures beside ratings, one listener: small tables by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.answers import clip_measures as bridge
from evaluation.answers.answers import collect
from evaluation.statistics import belief, clip_measures, confidence
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.listeners import answers_of, listeners
from evaluation.statistics.ranks import correlate
from evaluation.statistics.reasons import Reason
from evaluation.statistics.repeats import repeat_agreement
from generation.models import Clip
from tests.evaluation.conftest import collect_everything

LIKED = (Aspect("liked", "Liked"),)


def rng():
    return np.random.default_rng(1)


def answers(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "verdict", "liked"])


FOUR = answers(
    [
        ("A", "b1", "Bach", "human", "human", 5),
        ("B", "b1", "Bach", "human", "ai", 3),
        ("A", "l1", "LSTM", "ai", "human", 4),
        ("B", "l1", "LSTM", "ai", "ai", 2),
        ("B", "x1", "Noise", "anchor", "ai", 1),
    ]
)


def test_ratings_are_kept_apart_by_truth_and_belief_and_anchors_left_out():
    table = belief.ratings_by_belief(FOUR, LIKED, rng=rng(), replicates=20)
    assert table[["origin", "verdict", "mean"]].to_numpy().tolist() == [
        ["human", "human", 5],
        ["human", "ai", 3],
        ["ai", "human", 4],
        ["ai", "ai", 2],
    ]
    assert table["low"].isna().all() and table["why"].ne("").all()
    assert belief.mean_by_verdict(table) == {"human": 4.5, "ai": 2.5}


def test_nothing_judged_is_an_empty_table():
    assert belief.ratings_by_belief(FOUR.assign(verdict=None), LIKED, rng=rng()).empty
    assert belief.ratings_and_beliefs_of_clips(pd.DataFrame(), pd.DataFrame()).empty


def test_verdicts_are_right_or_wrong_at_each_level_of_confidence():
    table = confidence.calibration(FOUR.assign(confidence=[2, 1, 1, 2, 2]), rng=rng(), replicates=20)
    assert table[["confidence", "verdicts", "right", "share"]].to_numpy().tolist() == [[1, 2, 0, 0], [2, 2, 2, 1]]


def test_a_fine_scale_of_confidence_is_cut_into_fifths():
    many = pd.concat([FOUR[:4]] * 50, ignore_index=True).assign(confidence=np.arange(200) / 2)
    assert confidence.calibration(many, rng=rng(), replicates=10)["verdicts"].tolist() == [40] * 5


def test_listeners_who_know_when_they_know_are_found():
    answer_table = collect_everything(listeners=40, clips=6, aspects={"enjoyment": "Enjoyment"})
    found = confidence.insight(answer_table.answers)
    assert found.slope.low > 0
    assert found.formula == "right ~ confidence + source + (1 | participant) + (1 | clip)"


def test_where_nobody_was_asked_or_all_were_equally_sure_no_number_stands():
    assert confidence.insight(FOUR) is None
    assert isinstance(confidence.insight(FOUR.assign(confidence=3)), Reason)
    assert confidence.calibration(FOUR, rng=rng()).empty


def test_second_answers_are_compared_with_the_first():
    again = pd.DataFrame(
        {"participant": ["A", "B"], "clip": ["b1", "l1"], "verdict": ["human", "human"], "liked": [4.0, 2.0]}
    )
    table = repeat_agreement(FOUR, again, LIKED).set_index("aspect")
    assert table.loc["liked", ["pairs", "same", "near", "difference", "shift"]].tolist() == [2, 0.5, 1, 0.5, -0.5]
    assert table.loc["verdict", "same"] == 0.5


def test_spearmans_rho_is_scipys_and_needs_four_clips():
    from scipy.stats import spearmanr

    x, y = rng().normal(size=20), rng().integers(0, 5, 20) + np.arange(20) / 7
    found = correlate(x, y)
    expected = spearmanr(x, y)
    assert (found.rho, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.low < found.rho < found.high
    assert np.isnan(correlate(x[:3], y[:3]).rho) and np.isnan(correlate(np.ones(9), np.arange(9)).rho)


def test_what_models_differ_in_is_no_correlation_within_them():
    noise = rng().normal(size=(2, 40))
    source = ["Bach"] * 20 + ["LSTM"] * 20
    apart = np.repeat([0.0, 10.0], 20)
    assert correlate(noise[0] + apart, noise[1] + apart).rho > 0.7
    assert abs(correlate(noise[0] + apart, noise[1] + apart, source).rho) < 0.4


def test_only_human_sets_are_compared_with():
    answer_table = collect_everything(listeners=12, clips=4)
    origins = dict(zip(answer_table.sources["source"], answer_table.sources["origin"], strict=True))
    table = clip_measures.overlaps(
        answer_table.measures, answer_table.clips, origins, ["polyphony", "tempo"], rng=rng()
    )
    assert list(dict.fromkeys(table["source"])) == ["Magenta", "Our LSTM", "Shuffled notes"]
    assert ((table["low"] <= table["area"]) & (table["area"] <= table["high"])).all()
    assert table.loc[table["measure"] == "tempo", "area"].tolist() == [1, 1, 1]


def test_one_listener_is_measured_by_the_others_mean():
    flags = pd.DataFrame({"participant": ["A", "B"], "answers": [2, 3], "flagged": [False, True], "reasons": ["", "x"]})
    table = listeners(FOUR, LIKED, flags).set_index("participant")
    assert table["above"].tolist() == [2, -2]
    assert table.loc["A", "said_ai"] == 0 and table.loc["B", "said_ai"] == 1
    own = answers_of(FOUR, LIKED, "B")
    assert own[["clip", "rating"]].to_numpy().tolist() == [["b1", 3], ["l1", 2], ["x1", 1]]
    assert own["others"].tolist()[:2] == [5, 4] and np.isnan(own["others"].tolist()[2])


def test_what_is_known_about_clips_comes_with_the_answers(make_survey, listen):
    survey = make_survey("Spring survey", clips=3)
    listen(survey, listeners=2)
    assert collect(survey).measures.empty
    clip = survey.clips.filter(source__name="Our LSTM").first()
    owed = {"abc": {"corpus": "POP909", "melody": {"run": 7, "grams": 0.25}, "chords": {"run": 3, "grams": None}}}
    Clip.objects.filter(pk=clip.pk).update(measured={"notes": {"polyphony": 2.5, "tempo": None}}, originality=owed)
    known = collect(survey)
    assert known.measures.to_dict("records") == [
        {"clip": "our-lstm-1", "polyphony": 2.5, "shared_run": 7.0, "shared_runs": 0.25}
    ]
    assert known.measure_words["polyphony"] == ("Polyphony", "pitches")


def test_clips_without_files_go_without_measures(make_survey):
    survey = make_survey("Spring survey", clips=1)
    bridge.measure_clips(survey)
    assert not survey.clips.exclude(measured={}).exists()


def test_without_flagged_listeners_their_second_answers_go_too():
    answer_table = collect_everything(listeners=12, clips=3)
    left = answer_table.without(["P03"])
    assert "P03" not in set(left.repeats["participant"].astype(str))
    assert replace(left).fingerprint() != answer_table.fingerprint()
