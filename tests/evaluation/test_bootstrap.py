"""Intervals that count listeners and clips as drawn by chance."""

import time

import numpy as np
import pandas as pd
import pytest

from evaluation.statistics.bootstrap import bootstrap_means, replicated_means, widened_interval
from evaluation.statistics.describe import ratings_by_source


def interval(answers, column="enjoyment", seed=1, **more):
    table = bootstrap_means(answers, [column], rng=np.random.default_rng(seed), **more)
    return table.set_index("source")[["low", "high"]]


def test_the_interval_holds_the_mean(made_up):
    answer_table = made_up()
    table = interval(answer_table.answers)
    means = (
        ratings_by_source(answer_table.answers, answer_table.aspects).query("aspect == 'enjoyment'").set_index("source")
    )
    for source, (low, high) in table.iterrows():
        assert low < means.loc[source, "mean"] < high


def test_the_same_seed_gives_the_same_interval_in_any_order_of_rows(made_up):
    answers = made_up().answers
    shuffled = answers.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(interval(answers), interval(shuffled))


def test_another_seed_gives_nearly_the_same_interval(made_up):
    answers = made_up().answers
    difference = (interval(answers, seed=1) - interval(answers, seed=2)).abs().to_numpy()
    assert 0 < difference.max() < 0.05


def test_clips_that_differ_make_the_interval_wider():
    """Everybody agrees on every clip: only the clips vary, and more listeners would change nothing."""
    rows = [
        {"participant": f"P{person}", "clip": f"c{clip}", "source": "LSTM", "enjoyment": float(clip)}
        for person in range(40)
        for clip in range(1, 6)
    ]
    low, high = interval(pd.DataFrame(rows)).loc["LSTM"]
    # Five means 1 to 5: a standard error of sqrt(2) / sqrt(4) = 0.71 about 3; t with 4 degrees of freedom is 2.78.
    assert high - low == pytest.approx(2 * 2.78 * 0.707, rel=0.12)


def test_an_interval_is_stretched_for_few_clips():
    drawn = np.linspace(2.0, 4.0, 1001)
    assert widened_interval(drawn, 3.0, clips=9999, df=9999) == pytest.approx((2.05, 3.95), abs=0.001)
    assert widened_interval(drawn, 3.0, clips=2, df=9999) == pytest.approx((3 - 1.343, 3 + 1.343), abs=0.001)
    assert widened_interval(drawn, 3.0, clips=9999, df=4) == pytest.approx((3 - 1.346, 3 + 1.346), abs=0.001)


def test_one_clip_has_no_interval(made_up):
    assert interval(made_up(clips=1).answers).isna().all(axis=None)


def test_an_interval_does_not_leave_the_scale(made_up):
    answers = made_up(clips=2, listeners=3).answers.assign(enjoyment=lambda table: table["enjoyment"].clip(4.5, 5))
    table = interval(answers, limits={"enjoyment": (1, 5)})
    assert table["high"].max() <= 5


def test_a_replicate_counts_an_answer_as_often_as_listener_and_clip_were_drawn():
    """Against the definition: draw rows one by one."""
    answers = pd.DataFrame(
        {
            "participant": ["A", "A", "B", "B", "C"],
            "clip": ["x", "y", "x", "z", "y"],
            "source": ["s"] * 5,
            "value": [1.0, 2.0, 4.0, 8.0, np.nan],
        }
    )
    ours = replicated_means(answers, ["value"], rng=np.random.default_rng(5), replicates=7).source_means("s")[0]
    rng = np.random.default_rng(5)
    people, clips = rng.integers(3, size=(7, 3)), rng.integers(3, size=(7, 3))
    values = {("A", "x"): 1.0, ("A", "y"): 2.0, ("B", "x"): 4.0, ("B", "z"): 8.0}
    for replicate in range(7):
        drawn = [
            values[pair]
            for person in people[replicate]
            for clip in clips[replicate]
            if (pair := ("ABC"[person], "xyz"[clip])) in values
        ]
        expected = np.mean(drawn) if drawn else np.nan
        assert ours[replicate] == pytest.approx(expected, nan_ok=True)


def test_not_everybody_needs_to_hear_everything(made_up):
    table = interval(made_up(listeners=60, clips_each=8).answers)
    assert table.notna().all(axis=None)
    assert (table["high"] - table["low"]).max() < 1


def test_a_large_empty_table_is_kept_sparse_and_gives_the_same(made_up, monkeypatch):
    answers = made_up(clips_each=5).answers
    dense = interval(answers)
    monkeypatch.setattr("evaluation.statistics.bootstrap.LARGE", 10)
    pd.testing.assert_frame_equal(interval(answers), dense)


def test_two_hundred_listeners_four_aspects_take_a_moment(made_up):
    answer_table = made_up(listeners=200)
    interval(answer_table.answers, replicates=10)  # the first matrix product starts threads
    begin = time.perf_counter()
    bootstrap_means(answer_table.answers, answer_table.keys, rng=np.random.default_rng(1))
    assert time.perf_counter() - begin < 2  # 0.03 s on an idle core


@pytest.mark.parametrize("listeners", [30, 100])
def test_intervals_cover_the_truth(listeners):
    """Clip sd 0.5, listener sd 0.8, rest 1, six clips of each of four sources: 95 % intervals hold the true mean."""
    rng = np.random.default_rng(2)
    studies, clips, hits = 100, 24, 0
    who, which = np.repeat(np.arange(listeners), clips), np.tile(np.arange(clips), listeners)
    frame = pd.DataFrame({"participant": who.astype(str), "clip": which.astype(str), "source": (which % 4).astype(str)})
    for _ in range(studies):
        noise = rng.normal(0, 0.8, listeners)[who] + rng.normal(0, 0.5, clips)[which] + rng.normal(0, 1, len(who))
        table = interval(frame.assign(enjoyment=noise), seed=int(rng.integers(1e9)), replicates=500)
        hits += ((table["low"] < 0) & (table["high"] > 0)).sum()
    assert 0.91 < hits / (4 * studies) < 0.99
