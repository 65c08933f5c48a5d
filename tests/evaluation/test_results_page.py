"""The page with results: for those who may see it, with real tables, people and robots apart."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from evaluation.package import image_export
from evaluation.pages import results
from studies.models import Membership, Role, Study


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey("Spring survey", clips=3)
    listen(survey, listeners=12)
    return survey


@pytest.fixture
def page(client, analyst, survey):
    return client.get(address(survey)).content.decode()


def address(survey, name="results", *more, rehearsal=False):
    path = reverse(f"evaluation:{name}", args=[survey.study.slug, survey.slug, *more])
    return f"{path}?rehearsal=1" if rehearsal else path


def test_the_page_shows_each_chart_with_its_words_table_and_files(page):
    assert page.count("<figure") == 11
    for kind in ("csv", "svg", "png"):
        assert page.count(f".{kind}") >= 11
    assert '<h3 id="means-title">Average ratings with 95 % intervals</h3>' in page
    assert re.search(r"Complexity: highest for \w+", page)


def test_every_chart_has_a_real_table_with_caption_and_scope(page):
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) == 11
    for table in tables:
        assert "<caption>" in table
        assert 'scope="col"' in table and 'scope="row"' in table


def test_the_data_of_each_chart_lies_in_the_page_as_json(page):
    found = re.findall(r'<script id="([\w-]+)-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 11
    for _, text in found:
        assert {"data", "layout"} <= set(json.loads(text))


def test_the_page_asks_no_other_machine_for_anything(page):
    assert re.findall(r'(?:src|href|action)="(https?:)?//', page) == []
    assert "cdn" not in page


def test_the_page_says_who_is_in(page):
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    steps = "12 agreed to take part 12 answered at least one clip 12 finished 0 were flagged"
    assert f"{steps} 12 are included in these results" in text


def test_people_and_robots_are_two_views(client, analyst, survey, listen):
    listen(survey, listeners=10, robot=True, seed=2)
    people = client.get(address(survey)).content.decode()
    robots = client.get(address(survey, rehearsal=True)).content.decode()
    assert "simulated participants, not people" not in people
    assert "Rehearsal: simulated participants, not people." in robots
    assert robots.count("?rehearsal=1") > 9  # each file is the rehearsal's
    assert "n = 12" in people and "n = 10" in robots


def test_no_answers_yet_teach_the_next_step(client, analyst, make_survey, listen):
    survey = make_survey("Empty survey")
    assert "No answers yet" in client.get(address(survey)).content.decode()
    assert "manage.py rehearse empty-survey" in client.get(address(survey, rehearsal=True)).content.decode()
    listen(survey, listeners=2, robot=True)
    assert "Show the results of the rehearsal" in client.get(address(survey)).content.decode()


def test_a_small_study_shows_numbers_and_why_there_is_no_interval(client, analyst, make_survey, listen):
    survey = make_survey("Small survey", clips=2)
    listen(survey, listeners=3)
    page = client.get(address(survey)).content.decode()
    assert "fewer than 3 clips of a model or 10 listeners (here 3)" in page
    assert "There is no interval: 2 clips of this model, at least 3 are needed" in page


def test_new_answers_are_on_the_page_at_once(client, analyst, survey, listen):
    client.get(address(survey))
    listen(survey, listeners=1)
    assert "n = 13" in client.get(address(survey)).content.decode()


def test_a_withdrawn_participant_is_gone_from_the_page_at_once(client, analyst, survey):
    client.get(address(survey))
    survey.participants.first().delete()
    assert "n = 12" not in client.get(address(survey)).content.decode()


def test_those_who_may_only_look_do_not_see_results(client, survey, viewer):
    client.force_login(viewer)
    assert client.get(address(survey)).status_code == 403
    assert client.get(address(survey, "chart", "means", "csv")).status_code == 403
    assert client.get(address(survey, "package")).status_code == 403


def test_strangers_learn_nothing(client, survey, django_user_model):
    assert client.get(address(survey)).status_code == 302
    stranger = django_user_model.objects.create_user("mallory", password="a long enough secret")
    elsewhere = Study.objects.create(name="Elsewhere")
    Membership.objects.create(study=elsewhere, user=stranger, role=Role.OWNER)
    client.force_login(stranger)
    assert client.get(address(survey)).status_code == 404
    inside = reverse("evaluation:results", args=[elsewhere.slug, survey.slug])
    assert client.get(inside).status_code == 404


def test_a_chart_comes_as_csv_with_all_digits(client, analyst, survey):
    response = client.get(address(survey, "chart", "means", "csv"))
    assert response["Content-Disposition"] == 'attachment; filename="spring-survey-means.csv"'
    lines = response.content.decode().splitlines()
    assert lines[0] == "label,source,ratings,clips,mean,low,high,sd,median"
    assert len(lines) == 17


def test_a_chart_comes_as_a_picture_from_the_servers_browser(client, analyst, survey, monkeypatch):
    monkeypatch.setattr(results, "draw", lambda charts, kinds: {f"{charts[0].key}.{kinds[0]}": b"%PDF"})
    response = client.get(address(survey, "chart", "means", "pdf", rehearsal=False))
    assert (response["Content-Type"], response.content) == ("application/pdf", b"%PDF")


def test_without_a_browser_the_page_draws_files_itself_and_says_so(client, analyst, survey, monkeypatch):
    reason = "Pictures as files need a Chromium or Chrome on this machine: apt-get install chromium."
    monkeypatch.setattr(results, "why_not", lambda: reason)
    monkeypatch.setattr(image_export, "why_not", lambda: reason)
    page = client.get(address(survey)).content.decode()
    assert page.count('data-draw="svg"') == 11
    assert reason in page
    response = client.get(address(survey, "chart", "means", "svg"))
    assert response.status_code == 503
    assert reason in response.content.decode()
    assert "width" in json.loads(client.get(address(survey, "chart", "means", "json")).content)["layout"]


def test_an_unknown_chart_or_kind_is_not_found(client, analyst, survey):
    assert client.get(address(survey, "chart", "nothing", "csv")).status_code == 404
    assert client.get(address(survey, "chart", "means", "exe")).status_code == 404


def test_plotlys_own_javascript_is_one_of_our_static_files():
    found = Path(finders.find("vendor/plotly.min.js"))
    assert found.stat().st_size > 1_000_000
    assert finders.find("vendor/other.js") is None
