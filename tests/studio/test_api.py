"""What programs may ask, with a token."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find, get_finder
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from generation.catalogue.clip_import import import_midi
from generation.catalogue.rendering import render_clips
from generation.models import Clip, Run, Source
from jobs.models import Job
from studies.models import Membership, Role, Study, Token
from tests.generation.conftest import corpus, renderer, song, songs  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    cache.clear()


@pytest.fixture
def ask(client):
    def as_(user):
        headers = {"Authorization": f"Bearer {Token.objects.issue(user, 'test')[1]}"} if user else {}

        def ask(method, path, data=None, *, status=200, files=None, **values):
            values |= {"data": files} if files else {"data": data, "content_type": "application/json"} if data else {}
            answer = getattr(client, method)(f"/api/{path}", headers=headers, **values)
            assert answer.status_code == status, answer.content
            return answer.json() if answer["Content-Type"].startswith("application/json") else answer

        return ask

    return as_


def midi(number: int, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or f"song {number}.mid", song(number))


# --- Who may ask -------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ew_guessed", "Basic b2xnYTpzZWNyZXQ="])
def test_without_a_valid_token_nothing_is_told(client, study, owner, header):
    client.force_login(owner)  # a browser's cookie does not count
    answer = client.get("/api/sources", headers={"Authorization": header})
    assert (answer.status_code, list(answer.json())) == (401, ["error"])


def test_a_viewer_reads_and_may_not_write(ask, viewer, study):
    asked = ask(viewer)
    assert asked("get", "sources") == []
    said = asked("post", "sources", {"name": "M", "origin": "ai"}, status=403)
    assert said["error"].startswith("This needs the role editor; yours is viewer.")
    assert asked("post", "sources/M/clips", files={"files": midi(1), "origin": "ai"}, status=403)["error"]
    assert not Source.objects.exists()


def test_results_are_for_analysts(ask, viewer, owner, study):
    study.surveys.create(name="Quiet", template="paper")
    assert "analyst" in ask(viewer)("get", "surveys/quiet/results.json", status=403)["error"]
    assert 'Nobody has answered "Quiet" yet' in ask(owner)("get", "surveys/quiet/results.zip", status=404)["error"]


def test_a_study_of_others_is_not_there(ask, owner, study, django_user_model):
    stranger = django_user_model.objects.create_user("nobody")
    assert ask(stranger)("get", "sources", status=404)["error"] == "You are not a member of any study yet."
    assert "no study" in ask(owner)("get", "sources?study=other", status=404)["error"]


def test_whoever_has_several_studies_says_which(ask, owner, study):
    other = Study.objects.create(name="Another")
    Membership.objects.create(study=other, user=owner, role=Role.VIEWER)
    asked = ask(owner)
    assert [one["role"] for one in asked("get", "studies")] == ["viewer", "owner"]
    assert 'Yours are: "Another", "Piano study"' in asked("get", "sources", status=404)["error"]
    assert asked("get", "sources?study=Another") == []


def test_too_many_requests_wait(ask, viewer, study, settings):
    from studio import api

    api.api.cache_clear()
    api.resolver.cache_clear()
    settings.API_REQUESTS_A_MINUTE = 2
    try:
        asked = ask(viewer)
        asked("get", "studies")
        asked("get", "studies")
        assert "More than 2 requests a minute" in asked("get", "studies", status=429)["error"]
    finally:
        api.api.cache_clear()
        api.resolver.cache_clear()


# --- Clips -------------------------------------------------------------------------------------------


def test_sent_files_become_clips_and_each_has_its_line(ask, editor, study, renderer):  # noqa: F811
    asked = ask(editor)
    files = [midi(1), midi(2), SimpleUploadedFile("notes.txt", b"milk")]
    sent = asked("post", "sources/Model A/clips", files={"files": files, "origin": "ai", "citation": "Doe"}, status=202)
    assert [file["name"] for file in sent["received"]] == ["song 1.mid", "song 2.mid", "notes.txt"]
    job = asked("get", f"jobs/{sent['job']['id']}")
    assert job["state"] == "done"
    assert [(line["name"], line["outcome"]) for line in job["lines"]] == [
        ("song 1.mid", "taken"),
        ("song 2.mid", "taken"),
        ("notes.txt", "refused"),
    ]
    assert Source.objects.get().citation == "Doe"
    assert Clip.objects.rendered().count() == 2

    again = asked("post", "sources/model-a/clips", files={"files": midi(1)}, status=202)
    assert asked("get", f"jobs/{again['job']['id']}")["lines"][0]["outcome"] == "already"


def test_the_answer_says_what_is_in_a_zip_before_it_is_read(ask, editor, study, renderer):  # noqa: F811
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("1.mid", song(1))
        archive.writestr("2.mid", song(2))
    files = [SimpleUploadedFile("two.zip", whole.getvalue()), SimpleUploadedFile("broken.zip", whole.getvalue()[:-30])]
    sent = ask(editor)("post", "sources/M/clips", files={"files": [*files, midi(3)], "origin": "ai"}, status=202)
    assert [(file["name"], file["files"]) for file in sent["received"]] == [
        ("two.zip", 2),
        ("broken.zip", 0),
        ("song 3.mid", 1),
    ]


def test_clips_are_made_as_asked(ask, editor, study, renderer):  # noqa: F811
    fields = {"origin": "ai", "seconds": "5", "cut": "densest", "tempo": "90", "dynamics": "flat"}
    ask(editor)("post", "sources/M/clips", files={"files": midi(1), **fields}, status=202)
    made = Clip.objects.get().provenance["arrangement"]
    assert (made["seconds"], made["cut"], made["tempo"], made["dynamics"]) == (5, "densest", 90, "flat")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Composed by: This field is required."),
        ({"origin": "robot"}, "Select a valid choice"),
        ({"origin": "ai", "tempo": "1000"}, "Tempo: Ensure this value is less than or equal to 300."),
        ({"origin": "ai", "seconds": "5", "bars": "2"}, "not both"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_nothing_is_kept(ask, editor, study, home, fields, said):
    answer = ask(editor)("post", "sources/M/clips", files={"files": midi(1), **fields}, status=400)
    assert said in answer["error"]
    assert not Job.objects.exists()
    assert list((home / "inbox").glob("*")) == []


def test_a_request_without_files_is_told_how_to_send_them(ask, editor, study):
    asked = ask(editor)
    assert "-F files=@clips.zip" in asked("post", "sources/M/clips", files={"origin": "ai"}, status=400)["error"]
    assert "-F files=@clips.zip" in asked("post", "sources/M/clips", {"x": 1}, status=400)["error"]


def test_a_clip_is_told_with_its_provenance_and_its_files(ask, viewer, study, songs, renderer):  # noqa: F811
    import_midi(study, [songs / "song 1.mid"], source="M", origin="ai")
    render_clips(study)
    asked = ask(viewer)
    [clip] = asked("get", "sources/m/clips")
    assert (clip["number"], clip["title"], clip["seconds"]) == (1, "song 1", 20)
    one = asked("get", "sources/m/clips/1")
    assert one["provenance"]["file"] == "song 1.mid"
    assert one["provenance"]["rendering"]["policy"]["loudness"] == -19
    fetched = asked("get", clip["files"]["mid"].partition("/api/")[2])
    assert fetched.content == (songs / "song 1.mid").read_bytes()
    assert "no wav file" in asked("get", "sources/m/clips/1/file.wav", status=404)["error"]
    assert "has no clip 7" in asked("get", "sources/m/clips/7", status=404)["error"]


def test_a_source_is_made_once(ask, editor, study):
    asked = ask(editor)
    values = {"name": "M", "origin": "human", "licence": "CC0"}
    assert asked("post", "sources", values, status=201)["licence"] == "CC0"
    assert asked("post", "sources", values)["slug"] == "m"
    assert "wrong origin" in asked("post", "sources", values | {"origin": "ai"}, status=400)["error"]
    assert "origin" in asked("post", "sources", values | {"origin": "robot"}, status=422)["error"]


# --- Corpora, runs, surveys --------------------------------------------------------------------------


def test_training_is_begun_watched_and_stopped(ask, editor, study, corpus, settings):  # noqa: F811
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    asked = ask(editor)
    assert asked("get", "corpora")[0]["pieces"] == 4
    wanted = {"corpus": "Songs", "preset": "house", "name": "Mine", "values": {"epochs": 2}}
    assert asked("post", "runs", wanted, status=202)["state"] == "waiting"
    assert asked("post", "runs", wanted)["slug"] == "mine"
    assert Run.objects.get().settings == {"epochs": "2"}
    assert asked("post", "runs/mine/stop")["state"] == "stopped"
    assert [run["state"] for run in asked("get", "runs")] == ["stopped"]
    assert "has learned nothing yet" in asked("post", "runs/mine/clips", {"source": "S"}, status=409)["error"]
    assert "finished its first epoch" in asked("get", "runs/mine/folder.zip", status=404)["error"]
    assert "no corpus" in asked("post", "runs", wanted | {"corpus": "X", "name": "Y"}, status=404)["error"]
    assert "epoch" in asked("post", "runs", wanted | {"name": "Z", "values": {"epoch": 1}}, status=400)["error"]


def test_originals_are_cut_out_of_a_corpus(ask, editor, study, corpus, renderer):  # noqa: F811
    asked = ask(editor)
    job = asked("post", "corpora/songs/clips", {"clips": 2, "seconds": 5, "tempo": 90}, status=202)
    assert asked("get", f"jobs/{job['id']}")["state"] == "done"
    assert {clip.provenance["arrangement"]["tempo"] for clip in Clip.objects.rendered()} == {90}
    said = asked("post", "corpora/songs/clips", {"soundfont": "/etc/passwd"}, status=404)
    assert 'There is no soundfont "/etc/passwd"' in said["error"]


def test_a_path_on_the_server_is_no_primer(ask, editor, study, corpus):  # noqa: F811
    run = Run.objects.create(study=study, name="R", preset="house", finished=timezone.now())
    run.folder.mkdir(parents=True)
    (run.folder / "config.json").write_text("{}")
    said = ask(editor)("post", "runs/r/clips", {"source": "S", "primer": "/etc/passwd"}, status=400)
    assert "Give notes" in said["error"]


def test_a_survey_is_told_with_its_counts(ask, viewer, study):
    study.surveys.create(name="Quiet", template="paper")
    asked = ask(viewer)
    assert [(one["name"], one["state"]) for one in asked("get", "surveys")] == [("Quiet", "draft")]
    assert asked("get", "surveys/quiet")["listeners"][0] == {"name": "People", "began": 0, "finished": 0, "answers": 0}
    assert asked("get", "surveys/quiet")["results"] == {}
    assert 'Choose one of these: "Quiet"' in asked("get", "surveys/loud", status=404)["error"]


# --- The page, and what is loaded when ---------------------------------------------------------------


def test_what_is_not_there_or_not_so_is_said(ask, viewer, study):
    asked = ask(viewer)
    assert "/api/ lists what exists" in asked("get", "nonsense", status=404)["error"]
    assert "does not accept DELETE, only" in asked("delete", "sources", status=405)["error"]
    assert asked("post", "sources", {"name": 3}, status=422)["error"]


def test_one_policy_for_a_survey_is_ordered(ask, editor, study, songs, renderer):  # noqa: F811
    import_midi(study, [songs / "song 1.mid"], source="M", origin="ai")
    render_clips(study)
    survey = study.surveys.create(name="Which?", template="paper")
    asked = ask(editor)
    assert "has no clips" in asked("post", "surveys/which/policy", {"tempo": 90}, status=400)["error"]
    survey.clips.set(Clip.objects.all())
    job = asked("post", "surveys/which/policy", {"tempo": 90, "seconds": 10}, status=202)
    assert asked("get", f"jobs/{job['id']}")["said"][0] == "1 clip re-rendered."
    clip = survey.clips.get()
    assert (clip.seconds, clip.provenance["arrangement"]["tempo"]) == (10, 90)
    refused = asked("post", "surveys/which/policy", {"tempo": 5}, status=400)["error"]
    assert refused == "Tempo: 5 is out of range. Choose a value from 20 to 300."


def test_an_analyst_is_told_where_the_results_are(ask, owner, study):
    study.surveys.create(name="Quiet", template="paper")
    results = ask(owner)("get", "surveys/quiet")["results"]
    assert results["json"].endswith("/api/surveys/quiet/results.json?study=piano-study")


def test_what_breaks_is_answered_in_a_sentence_and_written_down(ask, viewer, study, monkeypatch, caplog):
    monkeypatch.setattr("studies.api.Study.objects.visible_to", lambda user: 1 / 0)
    assert "its log has the details" in ask(viewer)("get", "sources", status=500)["error"]
    assert "ZeroDivisionError" in caplog.text


def test_a_body_that_is_too_large_is_refused_in_a_sentence(ask, editor, study):
    said = ask(editor)("post", "sources", {"name": "x" * 2**21, "origin": "ai"}, status=413)
    assert "The request is too large" in said["error"]


def test_the_page_names_the_description_and_asks_nobody_else(client, db):
    page = client.get("/api/").content.decode()
    assert 'data-description="/api/openapi.json"' in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


def test_the_script_and_the_style_of_the_page_are_served_from_here():
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "plotly.min.js"):
        assert Path(find(f"vendor/{name}")).stat().st_size > 100_000
    assert find("vendor/redoc.standalone.js") is None
    listed = [name for name, _ in get_finder("config.package_files.PackageFinder").list([])]
    assert {"swagger-ui-bundle.js", "swagger-ui.css", "plotly.min.js"} <= set(listed)


def test_the_description_is_json_that_clients_can_be_made_from(client, db):
    described = json.loads(client.get("/api/openapi.json").content)
    assert described["openapi"].startswith("3.")
    assert described["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    sending = described["paths"]["/api/sources/{name}/clips"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert sending["schema"]["required"] == ["files"]
    ids = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
