"""Files that a browser sends: what becomes of each, and what is refused before a byte is kept."""

import io
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generation import upload_staging
from generation.models import Clip, Source
from jobs import views
from jobs.models import Job
from jobs.runner import run
from tests.generation.conftest import song

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def send(client, editor, study, renderer):
    client.force_login(editor)

    def send(*files, address="", headers=None, **fields):
        making = {
            "arrangement-cut": "start",
            "arrangement-seed": "1",
            "arrangement-texture": "file",
            "arrangement-dynamics": "file",
        }
        data = {"name": "Model A", "origin": "ai", "files": files} | making | fields
        return client.post(
            address or reverse("generation:upload", args=[study.slug]), data, follow=True, headers=headers or {}
        )

    return send


def midi(number: int, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or f"song {number}.mid", song(number))


def packed(**contents: bytes) -> SimpleUploadedFile:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("_", "."), content)
    return SimpleUploadedFile("clips.zip", file.getvalue())


def outcomes() -> dict[str, str]:
    return {line["name"]: line["outcome"] for line in Job.objects.latest("created").lines}


def test_each_file_gets_a_line_and_what_is_good_becomes_clips(send):
    page = send(midi(1), packed(two_mid=song(2), broken_mid=b"MThd", notes_txt=b"milk"), citation="Doe 2024")
    assert outcomes() == {
        "song 1.mid": "taken",
        "two.mid": "taken",
        "broken.mid": "refused",
        "notes.txt": "refused",
    }
    said = page.content.decode()
    assert "is neither a MIDI file nor an audio file" in said
    assert "2 added, 2 refused" in said
    assert Source.objects.get().citation == "Doe 2024"
    assert Clip.objects.rendered().count() == 2


def test_a_long_list_is_told_page_by_page_what_was_refused_first(send, client, monkeypatch):
    monkeypatch.setattr(views, "LINES_A_PAGE", 3)
    page = send(*map(midi, range(1, 5)), SimpleUploadedFile("broken.mid", b"MThd")).content.decode()
    assert page.index("broken.mid") < page.index("song 1.mid")
    assert "1 to 3 of 5" in page
    assert "song 4.mid" in client.get(Job.objects.get().get_absolute_url() + "?page=2").content.decode()


def test_the_same_file_again_is_there_already(send):
    send(midi(1))
    send(midi(1), midi(2))
    assert outcomes() == {"song 1.mid": "already", "song 2.mid": "taken"}


def test_clips_can_be_sent_to_a_source_that_is_there(send, study, source):
    send(midi(1), address=reverse("generation:upload", args=[study.slug]) + f"?source={source.slug}")
    assert source.clips.count() == 1


def test_a_damaged_zip_does_not_keep_the_others_out(send):
    send(SimpleUploadedFile("broken.zip", b"PK\x03\x04 and no more"), midi(1))
    assert outcomes() == {"song 1.mid": "taken", "broken.zip": "refused"}


def test_where_nothing_can_be_taken_each_reason_is_listed(send):
    page = send(SimpleUploadedFile("a.mid", b"Dear all"), SimpleUploadedFile("b.mid", b""))
    assert "No clips were imported" in page.content.decode()
    assert set(outcomes().values()) == {"refused"}
    assert not Source.objects.exists()


def test_nothing_stays_in_the_inbox(send):
    send(midi(1))
    send(SimpleUploadedFile("a.mid", b"Dear all"))
    send(midi(2), name="")
    assert list(upload_staging.inbox().glob("*")) == []


def test_the_truth_about_a_source_is_not_changed_by_the_way(send):
    send(midi(1))
    assert "already exists, and its origin is “AI”" in send(midi(2), origin="human").content.decode()
    assert Clip.objects.count() == 1


def test_no_file_is_answered_with_a_sentence(send):
    assert "Choose files first" in send().content.decode()


def test_too_many_and_too_large_are_refused_before_they_are_kept(send, monkeypatch, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 6
    assert "more than 10,000 files" in send(*map(midi, range(7))).content.decode()
    monkeypatch.setattr(upload_staging, "MOST_FILES", 3)
    assert "Up to 3 files can be uploaded at a time" in send(*map(midi, range(5))).content.decode()
    monkeypatch.setattr(upload_staging, "MOST_BYTES", 200)
    assert "GB can be uploaded at a time" in send(midi(1)).content.decode()
    assert not Job.objects.exists()
    assert list(upload_staging.inbox().glob("*")) == []


def test_what_is_too_large_is_thrown_away_in_small_pieces(send, monkeypatch):
    monkeypatch.setattr(upload_staging, "MOST_BYTES", 1_000)
    zeros = SimpleUploadedFile("zeros.wav", bytes(20_000_000))
    tracemalloc.start()
    page = send(zeros, midi(1), description="kept in the form")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "can be uploaded at a time" in page.content.decode()
    assert "kept in the form" in page.content.decode()
    assert most < 75_000_000  # the test's own client holds the body three times over


def test_a_script_is_answered_in_json(send):
    answer = send(midi(1), headers={"Accept": "application/json"}).json()
    assert answer == {"next": Job.objects.get().get_absolute_url()}
    assert "Model" in send(midi(1), name="", headers={"Accept": "application/json"}).json()["error"]


def test_a_path_in_a_name_leads_nowhere(send, settings):
    send(midi(1, "../../escape.mid"), midi(2, "/etc/passwd.mid"))
    assert outcomes() == {"escape.mid": "taken", "passwd.mid": "taken"}
    assert not list(settings.HOME.glob("**/escape.mid"))


def test_an_upload_without_the_token_of_the_form_is_refused(study, editor, client):
    client.handler.enforce_csrf_checks = True
    client.force_login(editor)
    answer = client.post(reverse("generation:upload", args=[study.slug]), {"name": "A", "files": midi(1)})
    assert answer.status_code == 403
    assert list(upload_staging.inbox().glob("*")) == []


def test_viewers_upload_nothing(client, viewer, study):
    client.force_login(viewer)
    assert client.post(reverse("generation:upload", args=[study.slug]), {"files": midi(1)}).status_code == 403


def test_a_worker_that_was_killed_is_followed_by_one_that_does_the_rest(send, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr("generation.jobs.render_clips", killed)
        send(midi(1), midi(2))
    Job.objects.update(state=Job.State.WAITING)
    run(Job.objects.get().pk, "the next one")
    assert Job.objects.get().state == Job.State.DONE
    assert outcomes() == {"song 1.mid": "taken", "song 2.mid": "taken"}
    assert Clip.objects.rendered().count() == 2


def test_originals_are_cut_out_of_a_corpus_and_rendered(client, editor, study, corpus, renderer):
    client.force_login(editor)
    address = reverse("generation:originals", args=[study.slug])
    assert "Songs" in client.get(address).content.decode()
    wishes = {
        "corpus": corpus.pk,
        "source": "Originals",
        "origin": "human",
        "clips": 3,
        "seconds": 5,
        "seed": 1,
        "tempo": 60,
        "dynamics": "flat",
    }
    page = client.post(address, wishes, follow=True).content.decode()
    assert "3 clips added" in page
    arrangements = [clip.provenance["arrangement"] for clip in Clip.objects.all()]
    assert {(made["tempo"], made["cut"]) for made in arrangements} == {(60, "drawn")}
    assert Clip.objects.rendered().count() == 3


def test_more_originals_than_there_are_is_answered_with_a_sentence(client, editor, study, corpus, renderer):
    client.force_login(editor)
    wishes = {
        "corpus": corpus.pk,
        "source": "O",
        "origin": "human",
        "clips": 300,
        "seconds": 5,
        "seed": 1,
        "dynamics": "file",
    }
    page = client.post(reverse("generation:originals", args=[study.slug]), wishes, follow=True).content.decode()
    assert "Ask for fewer or shorter excerpts" in page
