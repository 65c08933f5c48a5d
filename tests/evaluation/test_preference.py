"""Which of two? Strengths that choices reveal."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics.bradley_terry import chance, davidson, fit_preferences
from evaluation.statistics.reasons import Reason


def choices(strengths, rng, *, listeners=40, trials=12, clips=6, ties=0.5, clip_sd=0.3):
    """Made-up choices between clips of two different sources, by Davidson's model."""
    names, log_strengths = np.array(list(strengths)), np.array(list(strengths.values()))
    number = listeners * trials
    first = rng.integers(len(names), size=number)
    second = (first + rng.integers(1, len(names), size=number)) % len(names)
    clip = rng.integers(clips, size=(2, number))
    offsets = rng.normal(0, clip_sd, (len(names), clips))
    a, b = (log_strengths[s] + offsets[s, c] for s, c in zip((first, second), clip, strict=True))
    weights = np.exp(np.stack([a, b, (a + b) / 2 + np.log(ties) if ties else np.full(number, -50.0)], axis=1))
    chosen = (rng.random(number)[:, None] > np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
    return pd.DataFrame(
        {
            "participant": np.repeat(np.arange(listeners), trials),
            "clip_a": clip[0],
            "source_a": names[first],
            "origin_a": np.where(first == 0, "human", "ai"),
            "clip_b": clip[1],
            "source_b": names[second],
            "origin_b": np.where(second == 0, "human", "ai"),
            "choice": np.array(["a", "b", "tie"])[np.minimum(chosen, 2)],
        }
    )


@pytest.fixture
def frame():
    return choices({"Originals": 0.0, "LSTM": -1.0, "Magenta": -0.4}, np.random.default_rng(1))


def test_journals_are_as_strong_as_stigler_found_them():
    """Citations between four journals of statistics: Stigler 1994; Turner & Firth 2012, JSS 48(9), `BradleyTerry2`."""
    cited = np.array([[714, 730, 498, 221], [33, 425, 68, 17], [320, 813, 1072, 142], [284, 276, 325, 188]])
    fit = davidson(np.array([[cited[i, j], cited[j, i], 0] for i, j in combinations(range(4), 2)], float), 4)
    assert fit.values == pytest.approx([-2.94907, -0.47957, 0.26895], abs=1e-5)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx([0.10255, 0.06059, 0.07083], abs=1e-5)


def test_strengths_and_ties_that_were_put_in_are_found():
    strengths = {"Originals": 0.0, "LSTM": -1.0, "Magenta": -0.4}
    fit = fit_preferences(choices(strengths, np.random.default_rng(2), listeners=400, clips=20, clip_sd=0.0))
    assert [estimate.estimate for estimate in fit.strengths] == pytest.approx([-1.0, -0.4], abs=0.15)
    assert fit.ties == pytest.approx(0.19, abs=0.02)
    assert [pair.label for pair in fit.pairs] == ["LSTM - Originals", "Magenta - Originals", "Magenta - LSTM"]
    assert fit.chances[0].value == pytest.approx(chance(fit.pairs[0].estimate, 0.5), abs=0.01)
    assert fit.chances[0].low < fit.chances[0].value < fit.chances[0].high < 0.5


def test_choices_about_the_same_clips_are_not_taken_for_independent(frame):
    fit = fit_preferences(choices({"a": 0, "b": 0}, np.random.default_rng(3), listeners=200, clips=4, clip_sd=0.6))
    assert fit.strengths[0].se > 2 * fit.naive_se[0]


def test_surveys_without_ties_have_none():
    fit = fit_preferences(choices({"a": 0.0, "b": -0.5, "c": 0.2}, np.random.default_rng(4), ties=0))
    assert fit.ties == 0
    assert fit.chances[0].value == pytest.approx(1 / (1 + np.exp(-fit.pairs[0].estimate)))


def test_which_side_a_clip_was_on_makes_no_difference(frame):
    other = {"a": "b", "b": "a", "tie": "tie"}
    swapped = frame.rename(
        columns={f"{what}_{side}": f"{what}_{other[side]}" for what in ("clip", "source", "origin") for side in "ab"}
    )
    swapped["choice"] = frame["choice"].map(other)
    for ours, theirs in zip(fit_preferences(swapped).pairs, fit_preferences(frame).pairs, strict=True):
        assert (ours.label, ours.estimate, ours.se) == (
            theirs.label,
            pytest.approx(theirs.estimate),
            pytest.approx(theirs.se),
        )


def test_too_little_gets_a_sentence(frame):
    def reason(rows):
        fit = fit_preferences(rows)
        assert isinstance(fit, Reason)
        return fit.text

    assert "choice is missing" in reason(frame.drop(columns="choice"))
    assert '"both"' in reason(frame.assign(choice="both"))
    assert "9 listeners" in reason(frame[frame["participant"] < 9])
    assert "LSTM has 2 clips" in reason(
        frame[(frame["source_a"] != "LSTM") & ((frame["source_b"] != "LSTM") | (frame["clip_b"] < 2))]
    )
    assert "two different models" in reason(frame.assign(source_a="LSTM", source_b="LSTM"))
    loser = np.where(frame["source_a"] == "LSTM", "b", np.where(frame["source_b"] == "LSTM", "a", frame["choice"]))
    assert "no finite strengths" in reason(frame.assign(choice=loser))


def made_of(*choices: str) -> pd.DataFrame:
    """Choices between two sources, by turns."""
    rows = [
        (f"P{person:02d}", "A", f"a{i}", "B", f"b{i}", choices[(person + i) % len(choices)])
        for person in range(12)
        for i in range(4)
    ]
    return pd.DataFrame(rows, columns=["participant", "source_a", "clip_a", "source_b", "clip_b", "choice"])


@pytest.mark.parametrize("choices", [("b", "tie"), ("tie",), ("b",)])
def test_where_one_of_two_was_never_chosen_no_strengths_are_likeliest(choices):
    """Ties do not help: the larger ν and the strength of B together, the likelier they and the choices of B become."""
    fit = fit_preferences(made_of(*choices))
    assert isinstance(fit, Reason)
    assert "no finite strengths" in fit.text


def test_a_source_that_never_won_has_a_strength_where_its_ties_can_be_measured_by_others():
    """How often A ties says how strong it is, once B and C have shown how often equals tie."""
    rows = [
        (f"P{person:02d}", one, f"{one}{i}", other, f"{other}{i}", choices[(person + i) % len(choices)])
        for person in range(12)
        for one, other, choices in (("A", "B", ("b", "tie")), ("A", "C", ("b", "tie")), ("B", "C", ("a", "b", "tie")))
        for i in range(3)
    ]
    fit = fit_preferences(
        pd.DataFrame(rows, columns=["participant", "source_a", "clip_a", "source_b", "clip_b", "choice"])
    )
    # From statsmodels 0.15.0: GLM(family=Poisson) of the nine counts, as in test_reference_values.
    assert [strength.estimate for strength in fit.strengths] == pytest.approx([2.36772872, 2.36772872], abs=1e-6)


def test_sources_that_were_never_compared_by_any_way_have_no_strengths(frame):
    apart = frame[frame["source_a"].isin(["Originals", "LSTM"]) & frame["source_b"].isin(["Originals", "LSTM"])]
    names = {"Originals": "Piano", "LSTM": "Organ"}
    others = apart.assign(source_a=apart["source_a"].map(names), source_b=apart["source_b"].map(names))
    assert "no finite strengths" in str(fit_preferences(pd.concat([apart, others])))
