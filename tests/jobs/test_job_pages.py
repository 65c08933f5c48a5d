"""What pages and programs are told of a job. Looking never changes anything."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.runner import claim, run, send
from studies.models import Study, Token

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(study) -> Job:
    return send(study, "tests.count", title="Numbers", to=4)


def page_of(client, job: Job, name: str = "job") -> str:
    response = client.get(reverse(f"jobs:{name}", args=[job.study.slug, job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_an_open_job_asks_to_be_shown_again_and_an_ended_one_does_not(client, viewer, job):
    client.force_login(viewer)
    part = page_of(client, job, "job_part")
    address = reverse("jobs:job_part", args=[job.study.slug, job.pk])
    assert f'data-poll="{address}"' in part and "Waiting for a worker." in part
    assert "<html" not in part
    run(job.pk, "me")
    assert "data-poll" not in page_of(client, job, "job_part")


def test_the_status_of_a_job_is_told_in_json(client, viewer, job):
    client.force_login(viewer)
    claim(job.pk, "me")
    Job.objects.update(done=1, total=4, unit="numbers")
    assert client.get(reverse("jobs:status", args=[job.study.slug, job.pk])).json() == {
        "state": "running",
        "done": 1,
        "total": 4,
        "unit": "numbers",
        "fraction": 0.25,
        "message": "1 of 4 numbers",
        "finished": None,
        "url": "",
    }


def test_looking_at_a_job_of_a_silent_worker_changes_nothing(client, viewer, job):
    client.force_login(viewer)
    claim(job.pk, "a worker on another host")
    Job.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
    before = Job.objects.values().get()
    assert "The worker has not responded for a while; another one will take over." in page_of(client, job)
    page_of(client, job, "job_part")
    page_of(client, job, "status")
    client.get(reverse("jobs:jobs", args=[job.study.slug]))
    assert Job.objects.values().get() == before


def test_all_jobs_of_a_study_are_listed(client, viewer, job):
    client.force_login(viewer)
    Job.objects.create(study=Study.objects.create(name="Other"), kind="tests.count", title="Secrets")
    page = client.get(reverse("jobs:jobs", args=[job.study.slug])).content.decode()
    assert "Numbers" in page and "no worker is running" in page
    assert "Secrets" not in page


def test_a_job_of_another_study_is_not_there(client, viewer, study):
    client.force_login(viewer)
    other = Job.objects.create(study=Study.objects.create(name="Other"), kind="tests.count", title="Secrets")
    for name in ("job", "job_part", "status"):
        assert client.get(reverse(f"jobs:{name}", args=[study.slug, other.pk])).status_code == 404


def test_editors_stop_a_job_and_viewers_do_not(client, viewer, editor, job):
    address = reverse("jobs:stop", args=[job.study.slug, job.pk])
    client.force_login(viewer)
    assert client.post(address).status_code == 403
    assert client.get(address).status_code in (403, 405)
    client.force_login(editor)
    assert "The job stops within seconds." in client.post(address, follow=True).content.decode()
    assert Job.objects.get().state == "stopped"


def test_old_addresses_lead_to_the_job(client, viewer, job):
    client.force_login(viewer)
    assert client.get(f"/studio/{job.study.slug}/work/{job.pk}/").url == job.get_absolute_url()


def test_words_of_version_0_1_are_shown_as_they_were(client, viewer, study):
    client.force_login(viewer)
    outcome = {"sentences": ["6 clips added."]}
    job = Job.objects.create(study=study, kind="generation.compose", title="Old", state="done", outcome=outcome)
    assert "6 clips added." in page_of(client, job)


def test_programs_are_told_of_jobs(client, viewer, job):
    headers = {"Authorization": f"Bearer {Token.objects.issue(viewer, 'notebook')[1]}"}
    run(job.pk, "me")
    answer = client.get(f"/api/jobs/{job.pk}", headers=headers).json()
    assert (answer["about"], answer["state"], answer["outcome"]) == ("Numbers", "done", {"counted": 4})
    assert client.get("/api/jobs", headers=headers).json() == [answer]
    assert client.get(f"/api/errands/{job.pk}", headers=headers).json() == answer
    assert client.get("/api/jobs/999", headers=headers).status_code == 404
