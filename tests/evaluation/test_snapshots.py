"""Answers frozen as they stand: the same numbers tomorrow, packed in the background, without those who withdrew."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from evaluation import reports
from evaluation.answers import snapshots
from evaluation.answers.answers import collect
from evaluation.models import Package, Report, Snapshot
from evaluation.package import build, image_export
from evaluation.pipeline import read_snapshot
from jobs.models import Job
from jobs.runner import run, take_over_abandoned
from studies.models import Membership, Role, Study, Token
from surveys.models import Answer
from tests.evaluation.conftest import collect_made_up

ENJOYMENT = {"enjoyment": "Overall enjoyment"}


@pytest.fixture(autouse=True)
def at_once(settings):
    """The worker does its work as it is told."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture(autouse=True)
def no_browser(monkeypatch):
    monkeypatch.setattr(image_export, "why_not", lambda: "There is no browser here.")


@pytest.fixture(scope="module")
def an_analysis():
    from evaluation.statistics.rating_results import describe_ratings, fit_models

    return fit_models(describe_ratings(collect_made_up(listeners=12, clips=3, aspects=ENJOYMENT), replicates=20))


@pytest.fixture(autouse=True)
def in_a_moment(monkeypatch, an_analysis):
    """The mixed models take seconds; they are fitted once, to other answers, for all tests."""
    monkeypatch.setattr("evaluation.instruments.ratings.fit_models", lambda results, progress=None: an_analysis)


@pytest.fixture
def nobody_works(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def survey(make_survey, listen):
    survey = make_survey("Spring survey", clips=3, aspects=ENJOYMENT)
    listen(survey, listeners=12)
    return survey


def page(client, survey, **choice) -> str:
    return client.get(reverse("evaluation:package", args=[survey.study.slug, survey.slug]), choice).content.decode()


def press(client, survey, **values) -> str:
    address = reverse("evaluation:package", args=[survey.study.slug, survey.slug])
    return client.post(address, values, follow=True).content.decode()


def files_in(package: Package) -> dict[str, bytes]:
    with package.file.open("rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def test_a_snapshot_stays_while_answers_go_on_coming(survey, listen):
    snapshot = snapshots.take(survey)
    before = read_snapshot(snapshot)
    listen(survey, listeners=3, seed=9)
    survey.participants.filter(number__gt=12).update(consented=timezone.now(), finished=timezone.now())
    again = read_snapshot(snapshot)
    assert (len(before), len(again), len(collect(survey))) == (144, 144, 180)
    assert again.fingerprint() == before.fingerprint() == snapshot.fingerprint
    assert again.flow == before.flow
    assert again.answers.equals(before.answers)


def test_nothing_new_is_no_new_snapshot(survey, listen):
    assert snapshots.take(survey) == snapshots.take(survey)
    listen(survey, listeners=1)
    assert snapshots.take(survey).last_answer > Snapshot.objects.last().last_answer
    assert Snapshot.objects.count() == 2


def test_there_is_no_snapshot_of_nothing(make_survey):
    assert snapshots.take(make_survey("Empty survey")) is None


def test_two_snapshots_cannot_be_joined_by_their_pseudonyms(survey, listen):
    first = read_snapshot(snapshots.take(survey)).answers
    listen(survey, listeners=1, seed=5)
    second = read_snapshot(snapshots.take(survey)).answers
    both = first.merge(second, on=["clip", "position", "enjoyment", "verdict"], suffixes=("", "_later"))
    same = (both["participant"].astype(str) == both["participant_later"].astype(str)).mean()
    assert same < 0.5


def test_who_withdraws_is_gone_from_every_snapshot(survey, listen):
    snapshot = snapshots.take(survey)
    read_snapshot(snapshot)
    survey.participants.first().delete()
    snapshot.refresh_from_db()
    assert (snapshot.fingerprint, snapshot.answers, snapshot.withdrawn) == ("", 0, 1)
    assert len(read_snapshot(snapshot)) == 132


def test_a_package_is_ordered_on_a_page_and_downloaded_when_it_is_made(client, analyst, survey):
    assert "No packages yet." in page(client, survey)
    after = press(client, survey)
    package = Package.objects.get()
    assert package.get_absolute_url() in after
    assert package.snapshot.fingerprint in after
    response = client.get(package.get_absolute_url())
    assert response["Content-Disposition"] == f'attachment; filename="spring-survey-{package.snapshot.short[:8]}.zip"'
    files = files_in(package)
    assert {"answers.csv", "results.json", "analysis.R", "methods.md", "preregistration.md"} <= set(files)
    assert json.loads(files["results.json"])["fingerprint"] == package.snapshot.fingerprint


def test_the_same_snapshot_gives_the_same_bytes(client, analyst, survey):
    press(client, survey)
    first = Package.objects.get()
    content = first.file.read()
    Package.objects.all().delete()
    press(client, survey)
    assert Package.objects.get().file.read() == content


def test_a_package_that_is_there_is_not_made_again(client, analyst, survey, listen):
    for _ in range(2):
        press(client, survey)
    assert (Package.objects.count(), Job.objects.count()) == (1, 1)
    listen(survey, listeners=1)
    press(client, survey)
    assert Package.objects.count() == 2


def test_while_a_package_is_made_the_page_says_how_far_it_is(client, analyst, survey, nobody_works):
    said = press(client, survey)
    assert "Build the data package: Spring survey" in said and 'data-state="waiting"' in said
    assert press(client, survey).count('data-state="waiting"') == 1
    part = client.get(
        reverse("evaluation:package", args=[survey.study.slug, survey.slug]), headers={"X-Part": "packages"}
    ).content.decode()
    assert "<html" not in part


def test_a_worker_that_was_killed_begins_the_package_anew(survey, nobody_works):
    package = build.order(survey)
    Job.objects.update(state="running", worker="killed", heartbeat=timezone.now() - timedelta(hours=1))
    take_over_abandoned()
    run(package.job.pk, "the next one")
    package.refresh_from_db()
    assert package.made and files_in(package)


def test_a_withdrawal_deletes_packages_and_they_are_made_again_without_that_person(client, analyst, survey):
    press(client, survey)
    package = Package.objects.get()
    storage, name = package.file.storage, package.file.name
    assert storage.exists(name)
    survey.participants.first().delete()
    assert not storage.exists(name)
    assert client.get(package.get_absolute_url()).status_code == 404
    assert "1 participant withdrew. The package was deleted" in page(client, survey)
    after = press(client, survey, again=package.pk)
    assert "Download" in after
    package.refresh_from_db()
    assert files_in(package)["answers.csv"].count(b"\n") == 133
    assert "132 answers of 11 participants" in after


def test_who_withdraws_while_a_package_is_made_is_in_none(survey, monkeypatch):
    def meanwhile(results, progress=None):
        survey.participants.first().delete()

    monkeypatch.setattr("evaluation.instruments.ratings.fit_models", meanwhile)
    build.order(survey)
    package = Package.objects.get()
    assert not package.made and not package.file
    assert "it was thrown away" in package.job.sentences[0]


def test_a_report_stands_on_a_snapshot(survey):
    reports.order(survey)
    report = Report.objects.get()
    assert report.snapshot.fingerprint == report.fingerprint


def test_flagged_listeners_and_robots_have_packages_of_their_own(client, analyst, survey, listen):
    Answer.objects.filter(trial__participant__number=1).update(seconds_taken=1)
    listen(survey, listeners=10, robot=True)
    press(client, survey)
    press(client, survey, without="flagged")
    press(client, survey, rehearsal="1")
    names = {package.name.removesuffix(package.snapshot.short[:8]) for package in Package.objects.all()}
    assert names == {"spring-survey-", "spring-survey-without-flagged-", "spring-survey-rehearsal-"}
    assert "No answers yet" not in page(client, survey, rehearsal="1")


def test_forgotten_robots_are_not_called_people_who_withdrew(client, analyst, survey, listen):
    listen(survey, listeners=10, robot=True)
    press(client, survey, rehearsal="1")
    survey.participants.robots().first().delete()
    said = page(client, survey, rehearsal="1")
    assert "The rehearsal data was deleted, and this package with it." in said and "withdrew" not in said


def test_strangers_and_viewers_get_no_package(client, survey, viewer, django_user_model):
    package = build.order(survey)
    client.force_login(viewer)
    assert client.get(package.get_absolute_url()).status_code == 403
    stranger = django_user_model.objects.create_user("mallory", password="a long enough secret")
    elsewhere = Study.objects.create(name="Elsewhere")
    Membership.objects.create(study=elsewhere, user=stranger, role=Role.OWNER)
    client.force_login(stranger)
    assert client.get(package.get_absolute_url()).status_code == 404
    inside = reverse("evaluation:package_file", args=[elsewhere.slug, survey.slug, package.pk])
    assert client.get(inside).status_code == 404


def test_the_command_writes_what_the_page_gives(client, analyst, survey, tmp_path):
    press(client, survey)
    package = Package.objects.get()
    call_command("export_results", survey.slug, out=tmp_path / "out", stdout=io.StringIO())
    for name, content in files_in(package).items():
        if name not in ("results.json", "methods.md", "analysis.R", "analysis.py"):  # models of other answers, here
            assert (tmp_path / "out" / name).read_bytes() == content or name.startswith(
                ("tables/", "figures/", "README")
            )


def test_a_program_asks_for_the_package_until_it_is_made(survey, client, analyst, nobody_works):
    headers = {"Authorization": f"Bearer {Token.objects.issue(analyst, 'notebook')[1]}"}
    asked = client.get("/api/surveys/spring-survey/results.zip", headers=headers)
    assert (asked.status_code, asked.json()["said"]) == (202, "The package is being made: ask again.")
    run(Job.objects.get().pk, "me")
    answer = client.get("/api/surveys/spring-survey/results.zip", headers=headers)
    assert (answer.status_code, Package.objects.count()) == (200, 1)
    assert b"".join(answer.streaming_content).startswith(b"PK")
