"""What takes longer than a page may wait: ordered on a page, made in the background, kept until somebody withdraws."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from evaluation import reports
from evaluation.charts.chart import Chart
from evaluation.charts.gallery import rating_charts
from evaluation.models import Report
from evaluation.statistics.rating_results import describe_ratings, fit_models
from jobs.models import Job
from jobs.runner import run
from surveys.models import Answer
from tests.evaluation.conftest import collect_made_up


@pytest.fixture(autouse=True)
def at_once(settings):
    """The worker does its work as it is told."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture(scope="module")
def an_analysis():
    return fit_models(
        describe_ratings(collect_made_up(listeners=12, clips=3, aspects={"enjoyment": "Overall enjoyment"}))
    )


@pytest.fixture(autouse=True)
def in_a_moment(monkeypatch, an_analysis):
    """The mixed models take seconds; they are fitted once, to other answers, for all tests but one."""
    monkeypatch.setattr("evaluation.instruments.ratings.fit_models", lambda results, progress: an_analysis)


@pytest.fixture
def nobody_works(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey("Spring survey", clips=3, aspects={"enjoyment": "Overall enjoyment"})
    listen(survey, listeners=12)
    return survey


def page(client, survey, **choice) -> str:
    return client.get(reverse("evaluation:results", args=[survey.study.slug, survey.slug]), choice).content.decode()


def press(client, survey, **choice):
    address = reverse("evaluation:order_report", args=[survey.study.slug, survey.slug])
    return client.post(address, choice, follow=True).content.decode()


def test_a_button_works_out_what_can_be_concluded(client, analyst, survey, monkeypatch):
    monkeypatch.setattr("evaluation.instruments.ratings.fit_models", fit_models)
    assert "Run analysis" in page(client, survey)
    after = press(client, survey)
    assert "Differences between models with 95 % intervals" in after
    assert "Discrimination of each model from human music" in after
    assert "from 144 answers of 12 participants" in after
    assert "The answers have not changed since." in after
    assert "Run analysis" not in after
    report = Report.objects.get()
    assert "enjoyment ~ source + (1 | participant) + (1 | clip)" in report.numbers["fits"]
    assert (report.numbers["seed"], report.numbers["fingerprint"]) == (report.seed, report.fingerprint)
    assert {chart["key"] for chart in report.charts} >= {"means", "differences", "detection", "variances"}


def test_answers_that_came_since_are_said(client, analyst, survey, listen):
    press(client, survey)
    listen(survey, listeners=1)
    after = page(client, survey)
    assert "The answers have changed since." in after
    assert "Differences between models" in after
    assert "Run analysis" in after
    press(client, survey)
    assert Report.objects.count() == 1
    assert Report.objects.get().listeners == 13


def test_a_report_that_is_being_made_is_not_ordered_twice(client, analyst, survey, nobody_works):
    first = reports.order(survey)
    assert reports.order(survey) == first
    assert "Waiting for a worker." in press(client, survey)
    assert Report.objects.count() == 1


def test_the_part_about_the_report_can_be_fetched_alone(client, analyst, survey, nobody_works):
    reports.order(survey)
    address = reverse("evaluation:results", args=[survey.study.slug, survey.slug])
    part = client.get(address, headers={"X-Part": "report"}).content.decode()
    assert 'data-poll="' in part
    assert "<html" not in part


def test_people_robots_and_those_without_flags_have_reports_of_their_own(survey, listen):
    listen(survey, listeners=10, robot=True)
    Answer.objects.filter(trial__participant__number=1, trial__robot=False).update(seconds_taken=1)
    for choice in ({}, {"rehearsal": True}, {"without_flagged": True}):
        reports.order(survey, **choice)
    assert sorted(Report.objects.values_list("rehearsal", "without_flagged", "listeners")) == [
        (False, False, 12),
        (False, True, 11),
        (True, False, 10),
    ]
    assert "robot listeners" in json.dumps(Report.objects.get(rehearsal=True).charts)


def test_a_withdrawal_empties_the_reports_about_these_people(client, analyst, survey, listen):
    listen(survey, listeners=10, robot=True)
    reports.order(survey)
    reports.order(survey, rehearsal=True)
    survey.participants.people().first().delete()
    people, robots = Report.objects.get(rehearsal=False), Report.objects.get(rehearsal=True)
    assert (people.state, people.charts, people.numbers) == ("outdated", [], {})
    assert robots.state == "done"
    assert "A participant withdrew. Results based on their answers were deleted" in page(client, survey)


def test_what_breaks_off_is_said_and_can_be_ordered_again(client, analyst, survey, monkeypatch):
    def broken(*args, **kwargs):
        raise MemoryError("no memory left")

    monkeypatch.setattr("evaluation.instruments.ratings.fit_models", broken)
    reports.order(survey)
    assert "Failed: MemoryError: no memory left" in page(client, survey)


def test_a_task_that_is_taken_up_again_after_the_report_is_done_changes_nothing(survey):
    reports.order(survey)
    made = Report.objects.get().made
    Job.objects.update(state="waiting")
    run(Job.objects.get().pk, "the next one")
    assert (Report.objects.get().made, Job.objects.get().state) == (made, "done")


def test_who_withdraws_while_a_report_is_made_is_in_none(survey, monkeypatch):
    def meanwhile(evaluation, progress):
        survey.participants.first().delete()
        return evaluation

    monkeypatch.setattr("evaluation.pipeline.Evaluation.fit", meanwhile)
    reports.order(survey)
    report = Report.objects.get()
    assert (report.state, report.charts, report.made) == ("outdated", [], None)
    assert "A participant withdrew while the report was made." in report.job.sentences[0]


def test_a_report_that_waits_is_made_once(survey, nobody_works):
    assert reports.order(survey) == reports.order(survey)
    assert (Report.objects.count(), Job.objects.count()) == (1, 1)


def test_with_very_many_answers_the_page_shows_the_newest_report_alone(client, analyst, survey, listen, monkeypatch):
    monkeypatch.setattr(reports, "LIVE", 100)
    assert "There are too many answers to analyse while you wait." in page(client, survey)
    after = press(client, survey)
    assert after.count("<figure") == 16
    assert "12 answered at least one clip" in " ".join(
        after.replace("</strong>", "").replace('<strong class="number">', "").split()
    )
    listen(survey, listeners=1)
    monkeypatch.setattr("evaluation.results_page.current_evaluation", None)  # not called: it would take too long
    later = page(client, survey)
    assert later.count("<figure") == 16
    assert "The answers have changed since." in later


def test_where_everybody_is_flagged_nothing_is_left_and_it_says_so(client, analyst, survey, tmp_path):
    Answer.objects.update(seconds_taken=1)
    address = reverse("evaluation:results", args=[survey.study.slug, survey.slug])
    left = page(client, survey, without="flagged")
    assert "All participants are flagged, so no answers are left." in left
    assert f'href="{address}"' in left
    assert client.get(f"{address}means.csv?without=flagged").status_code == 404
    with pytest.raises(CommandError, match="All participants are flagged"):
        call_command("export_results", survey.slug, out=tmp_path / "out", without_flagged=True)
    reports.order(survey, without_flagged=True)
    assert "All participants are flagged" in Report.objects.get().job.message


def test_a_chart_that_was_kept_is_the_chart_that_was_made(made_up):
    for chart in rating_charts(describe_ratings(made_up(listeners=12, clips=3), replicates=50)):
        again = Chart.from_json(json.loads(json.dumps(chart.to_json())))
        assert again.rows == chart.rows
        assert again.csv() == chart.csv()
        assert again.export_drawing() == chart.export_drawing()


def test_a_report_that_took_its_workers_with_it_can_be_ordered_again(client, analyst, survey, nobody_works):
    reports.order(survey)
    Job.objects.update(state="failed", cause="given_up", attempts=3)
    said = page(client, survey)
    assert "Given up: 3 workers ended while running it." in said and "Run analysis" in said


def test_those_who_may_only_look_order_nothing(client, viewer, survey):
    client.force_login(viewer)
    address = reverse("evaluation:order_report", args=[survey.study.slug, survey.slug])
    assert client.post(address).status_code == 403
    assert not Report.objects.exists()


def test_flagged_listeners_can_be_left_out_on_the_page(client, analyst, survey):
    Answer.objects.filter(trial__participant__number=1).update(seconds_taken=1)
    everybody = page(client, survey)
    assert "These results include flagged participants." in everybody and "n = 12" in everybody
    without = page(client, survey, without="flagged")
    assert "These results exclude flagged participants." in without
    assert "n = 11" in without
    assert "means.csv?without=flagged" in without
