"""Odd ratings from elsewhere: a whole package or one plain sentence, never a number that means nothing."""

import io
import json
import math
import warnings

import jsonschema
import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command

SINGULAR = 4  # a seed by which clips differ less than chance
SOURCES = {"Bach": "human", "LSTM": "ai", "Magenta": "ai"}


def ratings(*, listeners=12, clips=3, sources=SOURCES, seed=1, **columns) -> pd.DataFrame:
    """Every listener rates every clip of every source from 1 to 5 and gives a verdict."""
    rng = np.random.default_rng(seed)
    rows = [
        {"participant": f"P{person:02d}", "clip": f"{source}-{clip}", "source": source, "origin": origin}
        for person in range(listeners)
        for source, origin in sources.items()
        for clip in range(clips)
    ]
    table = pd.DataFrame(rows)
    liked = (
        rng.normal(3, 1, len(table))
        + 0.4 * (table["source"] == "Bach")
        + rng.normal(0, 0.4, listeners).repeat(clips * len(sources))
    )
    verdict = np.where(rng.random(len(table)) < np.where(table["origin"] == "ai", 0.6, 0.3), "ai", "human")
    table = table.assign(verdict=verdict, enjoyment=np.clip(np.round(liked), 1, 5))
    return table.assign(**{name: value(table, rng) if callable(value) else value for name, value in columns.items()})


def analyse(table: pd.DataFrame, folder, **options):
    """The numbers and the words of a package of these ratings, its JSON checked against its schema."""
    table.to_csv(folder / "ratings.csv", index=False)
    values = {"aspects": "enjoyment", "without_figures": True, "stdout": io.StringIO(), **options}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        call_command("analyse", folder / "ratings.csv", out=folder / "out", **values)
    text = (folder / "out" / "results.json").read_text()
    numbers = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in results.json"))
    jsonschema.validate(numbers, json.loads((folder / "out" / "results.schema.json").read_text()))
    return numbers, (folder / "out" / "methods.md").read_text()


def fit(numbers, kind="linear"):
    name = "verdict" if kind == "verdict" else "enjoyment"
    return numbers["fits"][f"{name} ~ source + (1 | participant) + (1 | clip)"][kind]


def test_one_source_alone_is_described(tmp_path):
    numbers, said = analyse(ratings(sources={"Bach": "human"}), tmp_path)
    assert fit(numbers)["reason"].startswith("All answers about enjoyment are to one model (Bach)")
    assert "there is nothing to compare it with" in said
    assert numbers["description"]["ratings"][0]["ratings"] == 36


def test_when_all_answers_are_equal_there_is_nothing_to_compare(tmp_path):
    numbers, said = analyse(ratings(enjoyment=4, verdict="ai"), tmp_path)
    assert fit(numbers)["reason"] == "Every rating of enjoyment is 4: there is nothing to compare."
    assert "Every rating of enjoyment is 4" in said
    assert "always" in fit(numbers, "verdict")["reason"] or "All" in fit(numbers, "verdict")["reason"]


def test_without_differences_between_clips_the_fit_is_called_singular(tmp_path):
    numbers, said = analyse(
        ratings(seed=SINGULAR, enjoyment=lambda table, rng: rng.integers(1, 6, len(table))), tmp_path
    )
    assert fit(numbers)["sd"]["clip"] == 0
    assert any("Singular fit" in note for note in fit(numbers)["notes"])
    assert "Singular fit" in said


def test_a_model_that_is_always_called_ai_has_no_d_prime(tmp_path):
    always = lambda table, rng: np.where(table["source"] == "LSTM", "ai", table["verdict"])  # noqa: E731
    numbers, said = analyse(ratings(verdict=always), tmp_path)
    assert numbers["verdicts"]["undecided"]["LSTM"]["reason"].startswith("All 36 verdicts on LSTM were AI")
    assert [found["source"] for found in numbers["verdicts"]["detections"]] == ["Magenta"]
    assert "All 36 verdicts on LSTM were AI" in said


def test_a_model_with_the_highest_rating_only_has_no_log_odds(tmp_path):
    top = lambda table, rng: np.where(table["source"] == "Bach", 5, np.minimum(table["enjoyment"], 4))  # noqa: E731
    numbers, _ = analyse(ratings(enjoyment=top), tmp_path)
    assert "any large difference would fit" in fit(numbers, "ordinal")["reason"]
    assert fit(numbers)["estimate"][1] < 0


def test_points_that_nobody_chose_have_no_threshold(tmp_path):
    numbers, _ = analyse(ratings(enjoyment=lambda table, rng: table["enjoyment"].replace({2: 1, 4: 5})), tmp_path)
    assert fit(numbers, "ordinal")["thresholds"]["terms"] == ["1|3", "3|5"]
    assert fit(numbers, "ordinal")["notes"][0] == "Nobody chose 2, 4 on enjoyment; the scale is read without."


def test_a_missing_aspect_is_one_sentence_and_an_empty_one_a_reason(tmp_path):
    with pytest.raises(CommandError, match='has no column "beauty"'):
        analyse(ratings(), tmp_path, aspects="enjoyment,beauty")
    numbers, _ = analyse(ratings(beauty=""), tmp_path, aspects="enjoyment,beauty")
    assert numbers["aspects"]["beauty"]["reason"] == "Nobody rated beauty."
    assert fit(numbers)["estimate"]


@pytest.mark.parametrize(("scale", "bound"), [("1-7", 0.75), ("0-100", 12.5)])
def test_other_scales_have_their_own_bounds(tmp_path, scale, bound):
    low, high = map(int, scale.split("-"))

    def wide(table, rng):
        stretched = (low + (table["enjoyment"] - 1) / 4 * (high - low)).round()
        return stretched - rng.integers(0, 2, len(table)) * (table["enjoyment"] > 1)

    numbers, said = analyse(ratings(enjoyment=wide), tmp_path, scale=scale)
    assert numbers["aspects"]["enjoyment"]["equivalence_bound"] == bound
    assert f"from {low} to {high}" in said
    assert bool(numbers["description"]["categories"]) == (scale == "1-7")


def test_without_verdicts_nothing_is_said_about_them(tmp_path):
    numbers, said = analyse(ratings().drop(columns="verdict"), tmp_path)
    assert numbers["verdicts"] is None and numbers["description"]["beliefs"] == []
    assert "verdict" not in said.lower()


def test_few_listeners_or_few_clips_give_description_and_the_reason(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    few, said = analyse(ratings(listeners=4), tmp_path / "a")
    assert "Conclusions need at least 10 listeners; 4 listeners answered" in fit(few)["reason"]
    assert "until then there is description only" in said.lower()
    thin, _ = analyse(ratings(clips=2), tmp_path / "b")
    assert "need at least 3 clips of each" in fit(thin)["reason"]
    for row in [*few["description"]["ratings"], *thin["description"]["ratings"]]:
        assert row["low"] is None and row["why"]


def test_holes_and_background_and_confidence_are_read(tmp_path):
    rng = np.random.default_rng(3)
    table = ratings(
        confidence=lambda table, rng: rng.integers(1, 5, len(table)),
        headphones=lambda table, rng: np.where(table["participant"].str[-1].astype(int) % 2, "yes", "no"),
        position=lambda table, rng: table.groupby("participant").cumcount() + 1,
    )
    table = table[rng.random(len(table)) < 0.8]
    table.loc[rng.random(len(table)) < 0.1, "enjoyment"] = np.nan
    numbers, _ = analyse(table, tmp_path)
    assert set(numbers["verdicts_by"]) == {"headphones"}
    assert "enjoyment ~ source + headphones + (1 | participant) + (1 | clip)" in numbers["fits"]
    assert math.isfinite(numbers["confidence"]["slope"]["estimate"])
    assert len(numbers["description"]["calibration"]) == 4


@pytest.mark.slow
def test_a_few_hundred_thousand_rows_are_described(tmp_path):
    table = ratings(listeners=10_000, clips=7)
    numbers, _ = analyse(table, tmp_path, without_models=True)
    assert numbers["answers"] == 210_000
    assert numbers["description"]["ratings"][0]["low"] is not None
