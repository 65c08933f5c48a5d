"""Do the clips of the sources differ in what is not to be judged?"""

import numpy as np
import pytest
from scipy.stats import kruskal

from generation.music.analysis.fairness import compare, holm, permutation_p
from generation.music.pictures.dot_plot import dot_plot


def clips(**sources: list[dict]) -> list[tuple[str, dict]]:
    return [(source, features) for source, of in sources.items() for features in of]


def like(rng, size: int, **means: float) -> list[dict]:
    return [{key: float(rng.normal(mean, 1)) for key, mean in means.items()} for _ in range(size)]


def test_what_differs_is_said_with_its_numbers():
    rng = np.random.default_rng(1)
    report = compare(
        clips(Bach=like(rng, 12, tempo=100, note_density=4), LSTM=like(rng, 12, tempo=100, note_density=9))
    )
    (finding,) = report.differing
    assert finding.sentence.startswith("Note density differs between the models by more than chance would give (p")
    assert "Bach 4." in finding.sentence
    assert finding.sentence.endswith("notes/s (medians).")


def test_the_same_clips_give_the_same_report():
    rng = np.random.default_rng(2)
    given = clips(A=like(rng, 8, tempo=100), B=like(rng, 8, tempo=101))
    assert compare(given).findings[0].p == compare(given).findings[0].p


def test_a_difference_that_nobody_hears_is_none():
    levels = [{"loudness": -19 + n / 1000} for n in range(12)]
    softer = [{"loudness": -19.1 + n / 1000} for n in range(12)]
    (finding,) = compare(clips(A=levels, B=softer)).findings
    assert finding.p < 0.05
    assert not finding.differs


def test_false_alarms_are_as_rare_as_promised():
    rng = np.random.default_rng(3)
    features = dict.fromkeys(["tempo", "note_density", "polyphony", "pitch_range"], 100.0)
    alarms = [
        bool(
            [
                f
                for f in compare(clips(A=like(rng, 8, **features), B=like(rng, 8, **features)), draws=199).findings
                if f.p < 0.05
            ]
        )
        for _ in range(200)
    ]
    assert np.mean(alarms) < 0.09


def test_p_is_that_of_kruskal_and_wallis_for_many_clips():
    rng = np.random.default_rng(4)
    groups = [rng.normal(0, 1, 40), rng.normal(0.4, 1, 40), rng.normal(0.2, 1, 40)]
    assert permutation_p(groups, rng) == pytest.approx(kruskal(*groups).pvalue, abs=0.02)


def test_with_one_source_or_equal_values_there_is_nothing_to_find():
    assert compare(clips(A=[{"tempo": 100.0}, {"tempo": 90.0}])).differing == ()
    assert compare(clips(A=[{"tempo": 100.0}] * 3, B=[{"tempo": 100.0}] * 3)).findings[0].p == 1.0
    assert compare([]).findings == ()


def test_what_cannot_be_measured_is_left_out():
    (finding,) = compare(clips(A=[{"tempo": 100.0}, {"tempo": None}], Recordings=[{"tempo": None}])).findings
    assert [one.count for one in finding.summaries] == [1, 0]


def test_holm_is_stricter_with_the_smallest_and_never_turns_the_order():
    assert holm([0.01, float("nan"), 0.03, 0.02]) == pytest.approx([0.03, float("nan"), 0.04, 0.04], nan_ok=True)


def test_one_voice_against_a_full_piano_is_warned_of():
    report = compare(clips(Melodies=[{"polyphony": 1.0}] * 3, Bach=[{"polyphony": 3.2}] * 3))
    (warning,) = report.warnings
    assert warning.startswith("Melodies has one voice, Bach has several.")
    assert compare(clips(A=[{"polyphony": 3.0}] * 3, B=[{"polyphony": 3.2}] * 3)).warnings == ()


def test_strips_have_a_dot_for_each_clip_and_escape_names():
    drawn = dot_plot([("A<b>", [1, 2, 2]), ("None", [])], label="x")
    assert drawn.count("<circle") == 3
    assert "A&lt;b&gt;" in drawn
    assert dot_plot([("A", [])], label="x") == ""
