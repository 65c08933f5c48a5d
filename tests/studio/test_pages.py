import os
import subprocess
import sys

import pytest
from django.urls import reverse

from surveys.models import Survey


def test_the_first_page_lists_open_surveys_only(client, study):
    Survey.objects.create(study=study, name="Open one", template="paper", state=Survey.State.OPEN)
    Survey.objects.create(study=study, name="Still a draft", template="paper")
    page = client.get("/").content.decode()
    assert "Open one" in page
    assert "Still a draft" not in page


def test_the_first_page_says_when_no_survey_is_open(client, db):
    assert "There are no open surveys at the moment" in client.get("/").content.decode()


def test_the_studio_is_closed_to_strangers(client, study):
    assert client.get("/studio/", follow=True).redirect_chain == [("/sign-in/?next=/studio/", 302)]


def test_whoever_has_one_study_lands_in_it(client, owner, study):
    client.force_login(owner)
    page = client.get("/studio/", follow=True)
    assert page.redirect_chain == [("/studio/piano-study/", 302)]
    assert "0 corpora" in page.content.decode()
    assert "Background jobs are paused because no worker is running." in page.content.decode()


def test_whoever_has_no_study_is_told_how_to_get_one(client, db, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody"))
    assert "create_study" in client.get("/studio/").content.decode()


def test_a_study_without_listeners_says_so_in_words(client, owner, study):
    client.force_login(owner)
    assert "Nobody has taken part yet." in client.get(study.get_absolute_url()).content.decode()


def test_the_address_where_browsers_look_for_an_icon_leads_to_it(client):
    assert client.get("/favicon.ico")["Location"].endswith("earwitness.svg")


def test_health_says_whether_a_worker_lives(client, db):
    assert client.get("/healthz").json() == {"status": "ok", "worker": False}


@pytest.mark.parametrize(
    "name", ["generation:corpora", "generation:runs", "generation:sources", "survey_studio:surveys", "studies:people"]
)
def test_every_page_of_the_bar_opens_and_is_marked_there(client, owner, study, name):
    client.force_login(owner)
    address = reverse(name, args=[study.slug])
    assert f'<a href="{address}" aria-current="page">' in client.get(address).content.decode()


def test_a_setting_that_makes_no_sense_is_refused_by_name():
    environment = {**os.environ, "DEBUG": "perhaps"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode != 0
    assert 'DEBUG="perhaps" is not valid' in answer.stderr
