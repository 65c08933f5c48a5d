"""Pictures of what the mixed models conclude."""

import plotly.graph_objects as go
import pytest

from evaluation.charts import theme
from evaluation.charts.conclusions import conclusion_charts
from evaluation.charts.gallery import rating_charts
from evaluation.statistics.rating_results import describe_ratings, fit_models
from tests.evaluation.conftest import collect_made_up

ONE = {"enjoyment": "Overall enjoyment"}


@pytest.fixture(scope="module")
def results():
    return describe_ratings(collect_made_up(aspects=ONE), replicates=50)


@pytest.fixture(scope="module")
def analysis(results):
    return fit_models(results)


@pytest.fixture
def charts(results, analysis):
    return {chart.key: chart for chart in conclusion_charts(results, analysis)}


def test_they_come_after_the_description(results, analysis):
    keys = [chart.key for chart in rating_charts(results, analysis)]
    assert keys[-5:] == ["differences", "detection", "roc", "variances", "sensitivity"]


def test_plotly_knows_every_property(charts):
    for chart in charts.values():
        go.Figure(chart.drawing)
        assert chart.rows and chart.summary


def test_a_row_for_each_pair_filled_where_the_difference_is_sure(charts, analysis):
    pairs = analysis.aspects["enjoyment"].comparisons
    dots = [trace for trace in charts["differences"].drawing["data"] if trace["mode"] == "markers"]
    assert len(dots) == len(pairs) == 3
    for dot, pair in zip(dots, pairs, strict=True):
        assert dot["x"] == [pair.difference.estimate]
        assert (dot["marker"]["color"] == theme.INK) == (pair.difference.p_holm < 0.05)


def test_no_difference_lies_in_the_middle_of_what_counts_as_none(charts, analysis):
    band = charts["differences"].drawing["layout"]["shapes"][0]
    assert (band["x0"], band["x1"]) == (-0.5, 0.5)
    low, high = charts["differences"].drawing["layout"]["xaxis"]["range"]
    assert low == -high


def test_words_say_what_is_sure_and_what_is_not_shown(charts):
    assert "sure after Holm's correction" in charts["differences"].summary
    assert "Our LSTM is told from human music: d′" in charts["detection"].summary
    assert "Human clips are taken for AI in" in charts["detection"].summary


def test_anchors_take_no_part(charts):
    for chart in charts.values():
        assert "Shuffled" not in chart.csv()


def test_shares_of_variance_fill_the_bar(charts):
    table = charts["variances"].table
    assert table[["source", "clip", "participant", "taste", "rest"]].sum(axis=1).tolist() == pytest.approx([1])


def test_p_values_are_written_as_people_write_them(charts):
    place = list(charts["differences"].columns).index("p_holm")
    assert charts["differences"].rows[0][place] == "< .001" or charts["differences"].rows[0][place].startswith("0.")


def test_where_nothing_can_be_concluded_there_are_no_such_charts():
    few = describe_ratings(collect_made_up(aspects=ONE, clips=1, listeners=3), replicates=50)
    assert conclusion_charts(few, fit_models(few)) == []


def test_a_rehearsal_is_stamped_here_too(results, analysis):
    rehearsal = describe_ratings(collect_made_up(aspects=ONE, rehearsal=True), replicates=50)
    for chart in conclusion_charts(rehearsal, analysis):
        assert theme.REHEARSAL in chart.drawing["layout"]["title"]["text"]
