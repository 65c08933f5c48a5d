"""Charts of what is heard, believed, measured and said twice, and of one listener beside the others."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from evaluation.charts.chart import Chart
from evaluation.charts.gallery import rating_charts
from evaluation.charts.listeners import listener_charts
from evaluation.statistics.rating_results import describe_ratings, fit_models
from tests.evaluation.conftest import collect_everything

NEW = {"belief", "calibration", "repeats", "listeners", "measures", "measures-and-ratings", "correlations"}
CONCLUDED = {"roc", "sensitivity", "overlaps"}


@pytest.fixture(scope="module")
def results():
    return describe_ratings(collect_everything(aspects={"enjoyment": "Overall enjoyment"}), replicates=50)


@pytest.fixture(scope="module")
def charts(results):
    return {chart.key: chart for chart in rating_charts(results, fit_models(results))}


def test_all_of_them_are_there(charts):
    assert set(charts) >= NEW | CONCLUDED


def test_the_docs_show_each_of_them_by_day_and_by_night(charts, results):
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "charts.md").read_text()
    for chart in [*charts.values(), *listener_charts(results, "P03")]:
        assert f"`{chart.key}`." in page, f"{chart.key}: run make pictures"
        for kind in (f"{chart.key}.png", f"{chart.key}-dark.png"):
            assert f"pictures/charts/{kind}" in page and (docs / "pictures" / "charts" / kind).exists()


def test_plotly_knows_every_property(charts, results):
    for chart in [*charts.values(), *listener_charts(results, "P03")]:
        assert chart.figure.data, chart.key


def test_each_has_words_and_a_table_and_can_be_kept(charts):
    for chart in charts.values():
        assert chart.summary.endswith(".") and len(chart.table), chart.key
        assert Chart.from_json(json.loads(json.dumps(chart.to_json()))).rows == chart.rows


def test_hits_and_false_alarms_stand_where_the_table_says(charts):
    roc = charts["roc"]
    points = {trace["name"]: (trace["x"][0], trace["y"][0]) for trace in roc.drawing["data"] if "name" in trace}
    assert points == {row.source: (row.false_alarms, row.hits) for row in roc.table.itertuples()}
    assert "hits" in roc.summary


def test_surer_verdicts_are_seen_to_be_better(charts):
    shares = charts["calibration"].table["share"].tolist()
    assert shares[0] < min(shares[1:]) and shares[-1] > max(shares[:-1])


def test_a_measure_that_never_changes_has_no_correlation(charts):
    table = charts["correlations"].table.set_index(["aspect", "measure"])
    assert np.isnan(table.loc[("enjoyment", "tempo"), "rho"])
    assert "as many points as clips" in charts["correlations"].summary


def test_anchors_are_in_no_scatter(charts):
    assert "Shuffled notes" not in set(charts["measures-and-ratings"].table["source"])


def test_sources_stand_in_one_order_among_measures(charts):
    first = charts["measures"].table
    assert first["source"].tolist()[:4] == ["Originals", "Magenta", "Our LSTM", "Shuffled notes"]


def test_one_listener_is_shown_beside_the_others(results):
    ratings, speed = listener_charts(results, "P03")
    answers = results.table.answers
    row = ratings.table.iloc[0]
    others = answers[(answers["clip"] == row["clip"]) & (answers["participant"] != "P03")]["enjoyment"]
    assert row.others == pytest.approx(others.mean())
    assert ratings.table["position"].tolist() == sorted(ratings.table["position"])
    assert len(speed.table) == 16
    assert listener_charts(results, "Nobody") == []


def test_a_rehearsal_is_stamped_on_all():
    made = describe_ratings(collect_everything(rehearsal=True, aspects={"enjoyment": "Enjoyment"}), replicates=20)
    for chart in [*rating_charts(made), *listener_charts(made, "P01")]:
        assert "robot listeners" in chart.summary, chart.key


def test_the_page_of_a_listener(client, analyst, make_survey, listen):
    survey = make_survey("Spring survey", clips=3)
    listen(survey, listeners=12)
    address = reverse("evaluation:listener", args=[survey.study.slug, survey.slug, "P02"])
    page = client.get(address).content.decode()
    assert "Participant P02" in page and "12 answers, not flagged" in page and page.count("<figure") == 2
    assert "/listeners/P01/" in page and "/listeners/P03/" in page
    assert client.get(f"{address}ratings.csv").content.decode().startswith("position,clip,source,label,rating")
    assert client.get(address.replace("P02", "P99")).status_code == 404


def test_viewers_do_not_see_listeners(client, viewer, make_survey, listen):
    survey = make_survey("Spring survey", clips=3)
    listen(survey, listeners=12)
    client.force_login(viewer)
    address = reverse("evaluation:listener", args=[survey.study.slug, survey.slug, "P02"])
    assert client.get(address).status_code == 403
