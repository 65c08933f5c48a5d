"""How many listeners, how many clips: from a form or a terminal to sentences and a chart."""

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from evaluation.charts.power import smallest_differences
from evaluation.statistics.linear import fit_linear
from evaluation.statistics.power import RATINGS, Plan, Spread, power, smallest_difference
from evaluation.statistics.sample_size import Wish, cheapest, sentences


def test_everything_is_said_in_sentences_made_from_the_numbers():
    assert sentences(Wish(Plan(30, 6), listener_cost=6, clip_cost=3)) == [
        "30 listeners and 6 clips of each model find a difference of 0.56 points in 80 % of surveys. "
        "12 more clips help more than 40 more listeners: 0.45 against 0.50 points.",
        "A difference of 0.50 points is found in 71 % of such surveys.",
        "For 80 % it takes 8 clips of each model with these listeners or 75 listeners with these clips.",
        "The cheapest survey that finds it in 80 %: 10 clips of each model and 16 listeners, for 216.00 in all; "
        "the one above costs 252.00.",
    ]


def test_where_no_number_of_listeners_is_enough_it_is_said():
    (said,) = [sentence for sentence in sentences(Wish(Plan(30, 6), difference=0.3)) if "no number" in sentence]
    assert (
        said == "For 80 % it takes 24 clips of each model with these listeners; with 6 clips of each, no number of "
        "listeners is enough."
    )


def test_the_cheapest_survey_is_cheaper_than_its_neighbours_and_finds_the_difference():
    wish = Wish(Plan(30, 6), listener_cost=5, clip_cost=4)
    offer = cheapest(wish)
    assert smallest_difference(Plan(offer.listeners, offer.clips), RATINGS) <= wish.difference
    assert offer.cost == 5 * offer.listeners + 4 * 4 * offer.clips
    assert smallest_difference(Plan(offer.listeners - 1, offer.clips), RATINGS) > wish.difference
    assert cheapest(Wish(Plan(30, 6))) is None  # without prices nothing is cheap


def test_the_chart_marks_the_plan_and_holds_its_table():
    chart = smallest_differences(Wish(Plan(44, 6)))
    assert [chart.columns[name].heading for name in ("clips", "10", "44")] == [
        "Clips of each model",
        "10 listeners",
        "44",
    ]
    found = chart.table.set_index("clips").loc[6, "44"]
    assert found == pytest.approx(smallest_difference(Plan(44, 6), RATINGS))
    marks = [trace for trace in chart.drawing["data"] if trace["mode"] == "markers"]
    assert marks[0]["x"] == [44] and marks[0]["y"] == [found]
    assert chart.figure.data  # plotly accepts every property


def test_power_is_what_the_mixed_model_reaches_in_simulated_surveys():
    """Made-up surveys in which each listener hears half of the clips: how often is a true difference found?"""
    rng, plan, spread = np.random.default_rng(3), Plan(20, 6, sources=2, heard=3), Spread(0.27, 0.0, 0.9)
    found = [fit_linear(made_up(plan, spread, 0.6, rng), "rating").pairs()[0].p < 0.05 for _ in range(50)]
    assert np.mean(found) == pytest.approx(power(0.6, plan, spread), abs=0.15)


def made_up(plan: Plan, spread: Spread, difference: float, rng: np.random.Generator) -> pd.DataFrame:
    clips = rng.normal(0, spread.clip, (plan.sources, plan.clips)) + difference * np.arange(plan.sources)[:, None]
    rows = [
        (f"P{listener}", f"{source}-{clip}", f"model {source}", "human", rating + rng.normal(0, spread.rest))
        for listener, generous in enumerate(rng.normal(0, 0.8, plan.listeners))
        for source in range(plan.sources)
        for clip in rng.permutation(plan.clips)[: plan.heard]
        for rating in [clips[source, clip] + generous]
    ]
    return pd.DataFrame(rows, columns=["participant", "clip", "source", "origin", "rating"])


# --- The page ----------------------------------------------------------------------------------------


@pytest.fixture
def address(study):
    return reverse("evaluation:planning", args=[study.slug])


def test_the_page_answers_before_anything_is_filled_in(client, analyst, address):
    page = client.get(address).content.decode()
    assert "30 listeners and 6 clips of each model find a difference of 0.56 points" in page
    assert page.count("<figure") == 1 and page.count("<table>") == 1
    assert 'method="get"' in page  # a link to a plan can be sent to somebody


def test_what_is_filled_in_counts(client, analyst, address):
    page = client.get(address, {"listeners": 200, "clips": 3, "sources": 2, "power": 90, "heard": ""}).content.decode()
    assert "200 listeners and 3 clips of each model" in page and "in 90 % of surveys" in page


def test_what_makes_no_sense_is_said_beside_its_field(client, analyst, address):
    page = client.get(address, {"listeners": 1, "difference": "much"}).content.decode()
    assert "greater than or equal to 2" in page and "Enter a number" in page
    assert "<figure" not in page


def test_a_survey_plans_with_its_own_answers(client, analyst, address, make_survey, listen):
    survey = make_survey("Pilot", clips=3)
    listen(survey, listeners=12)
    page = client.get(address, {"survey": survey.slug}).content.decode()
    assert "Complexity: answers to this survey" in page
    assert "12 listeners and 3 clips of each model" in page
    usual = client.get(address, {"survey": survey.slug, "spread": "rating"}).content.decode()
    found = [text.split("find a difference of ")[1][:4] for text in (page, usual)]
    assert found[0] != found[1]


def test_a_pilot_that_is_too_small_says_so(client, analyst, address, make_survey, listen):
    survey = make_survey("Small", clips=3)
    listen(survey, listeners=3)
    assert "at least 10 listeners" in client.get(address, {"survey": survey.slug}).content.decode()


def test_the_chart_can_be_kept_as_a_file(client, analyst, address):
    answer = client.get(f"{address}smallest-difference.csv", {"clips": 7})
    assert "7,0." in answer.content.decode()
    assert "planning-smallest-difference.csv" in answer["Content-Disposition"]
    assert client.get(f"{address}nothing.csv").status_code == 404


def test_the_terminal_says_the_same(capsys):
    call_command("plan_survey", "--listeners", "30", "--clips", "6")
    said = capsys.readouterr().out
    assert "30 listeners and 6 clips of each model find a difference of 0.56 points in 80 % of surveys." in said
    with pytest.raises(CommandError, match="--power"):
        call_command("plan_survey", "--power", "8")
