"""The public page: off unless an owner switches it on, after the end, of five people or more, without a third party."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from evaluation.models import PublicPage
from evaluation.published_results import public_charts
from surveys.models import Survey


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey("Public survey", clips=3)
    listen(survey, listeners=12)
    Survey.objects.filter(pk=survey.pk).update(state="closed")
    survey.refresh_from_db()
    return survey


@pytest.fixture
def switch(client, owner, survey):
    client.force_login(owner)
    return reverse("evaluation:public", args=[survey.study.slug, survey.slug])


def shown(client, survey):
    client.logout()
    return client.get(survey.public_page.get_absolute_url())


def test_it_is_off_until_an_owner_switches_it_on(client, survey, switch):
    assert "The public page is off." in client.get(switch).content.decode()
    assert not PublicPage.objects.exists()
    client.post(switch, {"address": "piano-results"})
    page = shown(client, survey)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == "/r/piano-results/"


def test_others_cannot_switch_it(client, analyst, editor, survey):
    address = reverse("evaluation:public", args=[survey.study.slug, survey.slug])
    for user in (analyst, editor):
        client.force_login(user)
        assert client.post(address, {"address": "mine"}).status_code == 403
    assert not PublicPage.objects.exists()


def test_what_is_suggested_as_address_cannot_be_guessed(survey):
    call_command("publish_results", survey.slug)
    assert len(survey.public_page.address) >= 20


def test_switched_off_it_leads_nowhere(client, survey, switch):
    call_command("publish_results", survey.slug)
    address = survey.public_page.get_absolute_url()
    client.post(switch, {"off": "1"})
    assert client.get(address).status_code == 404


def test_it_has_charts_and_their_tables_and_nothing_about_a_person(client, survey):
    call_command("publish_results", survey.slug)
    page = shown(client, survey).content.decode()
    assert page.count("<figure") == page.count("<table>") >= 6
    assert "12 people took part" in page
    assert "P01" not in page and "flagged" not in page and 'id="listeners"' not in page
    assert re.findall(r'(?:src|href|action)="(https?:)?//', page) == []
    assert "Download" not in page


def test_before_the_end_it_waits_unless_it_was_told_not_to(client, survey):
    Survey.objects.filter(pk=survey.pk).update(state="open")
    call_command("publish_results", survey.slug)
    assert "when the survey has ended" in shown(client, survey).content.decode()
    call_command("publish_results", survey.slug, "--while-open")
    survey.refresh_from_db()
    assert "<figure" in shown(client, survey).content.decode()


def test_of_fewer_than_five_people_nothing_is_shown(client, make_survey, listen):
    small = make_survey("Small", clips=3)
    listen(small, listeners=4)
    assert public_charts(small) == []
    Survey.objects.filter(pk=small.pk).update(state="closed")
    call_command("publish_results", small.slug)
    page = client.get(PublicPage.objects.get().get_absolute_url()).content.decode()
    assert "Too few people" in page and "<figure" not in page
    listen(small, listeners=1)
    assert public_charts(small)


def test_clips_that_fewer_than_five_heard_are_not_shown_one_by_one(make_survey, listen):
    survey = make_survey("Parts", clips=6)
    listen(survey, listeners=6, clips_each=4)
    keys = {chart.key for chart in public_charts(survey)}
    assert "answers" in keys and not keys & {"verdicts-by-clip", "means", "share-judged-ai", "clips-and-aspects"}


def test_robots_are_nobody(make_survey, listen):
    survey = make_survey("Robots", clips=3)
    listen(survey, listeners=12, robot=True)
    assert public_charts(survey) == []


def test_search_engines_are_told_to_stay_away_unless_they_may_come(client, survey):
    call_command("publish_results", survey.slug)
    page = shown(client, survey)
    assert page["X-Robots-Tag"] == "noindex" and 'name="robots" content="noindex"' in page.content.decode()
    call_command("publish_results", survey.slug, "--indexed")
    page = shown(client, survey)
    assert "X-Robots-Tag" not in page and "noindex" not in page.content.decode()


# --- Following ---------------------------------------------------------------------------------------


def test_a_results_page_can_ask_whether_something_has_changed(client, analyst, survey, listen):
    address = reverse("evaluation:results", args=[survey.study.slug, survey.slug])

    def version() -> str:
        return re.search(r'data-poll-version="([^"]+)"', client.get(address).content.decode())[1]

    def asked_again(shown: str) -> int:
        return client.get(address, headers={"If-None-Match": f'"{shown}"'}).status_code

    before = version()
    assert asked_again(before) == 304
    listen(survey, listeners=1)
    assert asked_again(before) == 200
    assert version() != before
    assert asked_again(version()) == 304


def test_the_widest_interval_is_said_and_narrows(client, analyst, make_survey, listen):
    survey = make_survey("Narrowing", clips=4)
    address = reverse("evaluation:results", args=[survey.study.slug, survey.slug])
    widths = []
    for _ in range(2):
        listen(survey, listeners=12 if not widths else 60)
        page = client.get(address).content.decode()
        widths.append(float(re.search(r"mean rating is ±(\d\.\d+) points", page).group(1)))
    assert widths[1] < widths[0]
