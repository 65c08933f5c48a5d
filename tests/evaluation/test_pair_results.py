"""From choices on pages to strengths, charts and files: what robots were given to like is what the results find."""

import json
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command
from django.urls import reverse

from evaluation import live_results
from evaluation.answers.answer_filter import AnswerFilter
from evaluation.answers.pairs import collect_pairs
from evaluation.live_results import current_evaluation
from evaluation.statistics.pair_results import COLUMNS, REASONS, describe_pairs, flags
from surveys.allocation.allocation import admit
from surveys.models import Answer, Choice
from surveys.rehearsal.robots import rehearse
from surveys.rehearsal.tastes import DEFAULT, Judge, SourceTaste, Tastes, read_tastes
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source

KNOWN = {"Originals": 4.4, "Our LSTM": 3.0, "Magenta": 1.6}

REHEARSAL = AnswerFilter(rehearsal=True)


@pytest.fixture
def sources(study):
    for name in KNOWN:
        add_source(study, name, "human" if name == "Originals" else "ai", clips=3)


@pytest.fixture
def survey(study, sources):
    """What 12 robots with a known taste say, without the pages (`tests/surveys/test_pairs.py` goes through them)."""
    live_results._evaluation.cache_clear()
    survey, _ = create_survey(study, "Which?", template="preference", pairs_per_participant=6, repeats=1, checks=1)
    tastes = Tastes(DEFAULT.origins, {name: SourceTaste(mean, 0.5, 0.5) for name, mean in KNOWN.items()})
    question, rng = survey.aspects.get(), random.Random(1)
    for number in range(12):
        judge = Judge(tastes, 1, number)
        trials = admit(survey, robot=True, rehearsal="known").trials.select_related("clip__source", "clip_b__source")
        for trial in trials:
            choice = trial.asked_for or judge.preference(trial.clip, trial.clip_b, question, rng, ties=True)
            trial.record(choices={question: choice}, seconds_heard=20.0, seconds_heard_b=20.0)
    Answer.objects.update(seconds_taken=50)
    return survey


@pytest.fixture
def pairs(survey):
    return collect_pairs(survey, rehearsal=True)


def test_one_row_for_each_participant_and_pair(pairs):
    assert list(pairs.answers.columns) == [*[*COLUMNS][:8], "preference", *[*COLUMNS][8:]]
    assert len(pairs) == 72
    assert set(pairs.answers["preference"]) <= {"a", "b", "tie"}
    assert len(pairs.repeats) == 12
    assert pairs.participants["checks_failed"].tolist() == [0] * 12


def test_the_results_find_the_order_that_was_put_in(pairs):
    fit = describe_pairs(pairs).fits["preference"]
    strengths = {fit.sources[0]: 0.0} | {one.label: one.estimate for one in fit.strengths}
    assert sorted(strengths, key=strengths.get, reverse=True) == list(KNOWN)


def test_every_choice_is_counted_once_for_its_two_models(pairs):
    wins = describe_pairs(pairs).wins
    assert wins["choices"].tolist() == [24, 24, 24]
    assert (wins["first_won"] + wins["second_won"] + wins["ties"]).tolist() == [24, 24, 24]
    original = wins.set_index(["first", "second"]).loc[("Originals", "Magenta")]
    assert original["first_won"] > 3 * original["second_won"]


def test_a_habit_of_one_side_shows(pairs):
    always = replace(pairs, answers=pairs.answers.assign(preference="a"))
    assert describe_pairs(always).sides.to_dict("records") == [{"aspect": "preference", "a": 72, "b": 0, "tie": 0}]
    assert flags(always)["same_side"].all()
    assert not flags(pairs)["same_side"].any()


def test_who_turns_round_every_repeat_is_noticed_after_two(pairs):
    first = pairs.answers.groupby("participant", observed=True).head(2).assign(preference="a")
    answers = pairs.answers.assign(preference=np.where(pairs.answers.index.isin(first.index), "a", "tie"))
    turned = first.rename(columns={"clip_a": "clip_b", "clip_b": "clip_a"})
    moved = replace(pairs, answers=answers, repeats=turned.assign(preference="a"))  # A again: the other clip
    assert flags(moved)["contradicted"].all()
    assert not flags(replace(moved, repeats=turned.assign(preference="b")))["contradicted"].any()
    once = turned.groupby("participant", observed=True).head(1).assign(preference="a")
    assert not flags(replace(moved, repeats=once))["contradicted"].any()


def test_results_with_and_without_those_who_were_flagged(pairs):
    slow = pairs.answers["participant"].astype(str) == "P01"
    fast = replace(pairs, answers=pairs.answers.assign(seconds_taken=np.where(slow, 1.0, 60.0)))
    everybody, without = describe_pairs(fast), describe_pairs(fast, without_flagged=True)
    assert (everybody.left_out, without.left_out) == (0, 1)
    assert without.wins["choices"].sum() == 66
    assert without.flow["people"].tolist()[-2:] == [1, 11]


def test_low_anchors_take_no_part_in_the_strengths(study, survey, pairs):
    anchored = pairs.answers.assign(
        origin_a=pairs.answers["origin_a"].where(pairs.answers["source_a"] != "Magenta", "anchor")
    )
    assert "Magenta" not in set(replace(pairs, answers=anchored).choices("preference")["source_a"].astype(str))


def test_the_page_shows_strengths_counts_and_words(client, analyst, study, survey):
    address = reverse("evaluation:results", args=[study.slug, survey.slug])
    page = client.get(f"{address}?rehearsal=1").content.decode()
    assert page.count("<figure") == 2 and page.count("<table>") == 2
    assert "From the most to the least preferred: Originals, Our LSTM, Magenta." in page
    assert "Run analysis" not in page  # there is nothing to wait for
    assert client.get(f"{address}chances.csv?rehearsal=1").content.decode().startswith("label,first,second,chance")
    assert "No answers yet" in client.get(address).content.decode()


def test_plotly_accepts_every_property_of_the_charts(survey):
    for chart in current_evaluation(survey, REHEARSAL).charts:
        assert chart.figure.data
        assert "Rehearsal" in chart.summary


def test_a_choice_more_is_worked_out_anew(survey):
    before = current_evaluation(survey, REHEARSAL)
    assert current_evaluation(survey, REHEARSAL) is before
    survey.participants.robots().first().delete()
    assert len(current_evaluation(survey, REHEARSAL).table) == 66


def test_the_terminal_writes_tables_that_say_what_they_are(survey, tmp_path):
    call_command("export_results", survey.slug, "--rehearsal", "--out", str(tmp_path / "out"), "--without-figures")
    said = pd.read_csv(tmp_path / "out/pairs.csv")
    assert len(said) == 72
    package = json.loads((tmp_path / "out/datapackage.json").read_text())
    assert [one["name"] for one in package["resources"]] == ["pairs", "repeats", "participants", "clips", "sources"]
    codebook = pd.read_csv(tmp_path / "out/codebook.csv")
    assert "as it was in the file" not in set(codebook["meaning"])
    numbers = json.loads((tmp_path / "out/results.json").read_text())
    assert numbers["preferences"]["preference"]["sources"][0] == "Originals"
    assert set(REASONS) <= set(pd.read_csv(tmp_path / "out/participants.csv").columns)


def test_choices_go_with_their_participant(survey):
    survey.participants.robots().delete()
    assert not Choice.objects.exists()


# --- Ratings -----------------------------------------------------------------------------------------


def test_a_known_taste_for_ratings_is_found_with_and_without_the_flagged(study, sources, tmp_path):
    taste = tmp_path / "taste.json"
    tastes = {name: {"mean": mean, "sd": 0.6, "judged_ai": 0.5} for name, mean in KNOWN.items()}
    taste.write_text(json.dumps({"sources": tastes}))
    survey, _ = create_survey(study, "Rated", template="recommended", repeats=2, asks_confidence=True)
    rehearse(survey, listeners=5, tastes=read_tastes(taste, sources=KNOWN, aspects=[]))
    for without in (False, True):
        results = current_evaluation(survey, AnswerFilter(rehearsal=True, without_flagged=without)).results
        means = results.ratings.pivot(index="source", columns="aspect", values="mean")
        assert all(means[aspect].sort_values(ascending=False).index.tolist() == list(KNOWN) for aspect in means)
    assert results.table.answers["confidence"].between(1, 4).all()
    assert len(results.table.repeats) == 10
    assert set(results.repeated["aspect"]) == {*results.table.keys, "verdict"}
    assert (results.repeated.set_index("aspect")["difference"].dropna() < 1.2).all()
