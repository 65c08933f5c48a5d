"""Importing a corpus on a page, looking around in it, listening to it."""

import io
import zipfile

import pytest
from django.urls import reverse

from generation import upload_staging
from generation.catalogue.excerpts import excerpt
from generation.models import Corpus
from generation.music.audio.policy import RenderingError
from generation.music.score.arrangement import Arrangement
from jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(study):
    return lambda name, *args: reverse(f"generation:{name}", args=[study.slug, *args])


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def zipped(songs):
    def pack(**others: bytes) -> io.BytesIO:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for path in songs.iterdir():
                archive.writestr(path.name, path.read_bytes())
            for name, data in others.items():
                archive.writestr(f"{name}.mid", data)
        file.seek(0)
        file.name = "My songs.zip"
        return file

    return pack


def asked(**values) -> dict:
    return {"kind": "zip", "seed": 1, "licence": "CC BY 4.0"} | values


def test_an_uploaded_zip_becomes_a_corpus(desk, address, zipped, at_once):
    response = desk.post(address("corpus_new"), asked(zip=zipped()), follow=True)
    corpus = Corpus.objects.get()
    assert (corpus.name, corpus.pieces, corpus.licence) == ("My songs", 4, "CC BY 4.0")
    assert corpus.origin.startswith("My songs.zip (SHA-256 ")
    assert "imported: 4 pieces, 384 notes" in response.content.decode()
    assert not list(upload_staging.inbox().iterdir())


def test_files_that_are_refused_are_listed_with_the_reason(desk, address, zipped, at_once):
    page = desk.post(address("corpus_new"), asked(zip=zipped(broken=b"no music")), follow=True).content.decode()
    assert "Not imported: broken.mid" in page
    assert "broken.mid" in desk.get(address("corpus", "my-songs")).content.decode()


def test_an_import_that_waits_is_a_row_that_a_reload_shows(desk, address):
    desk.post(address("corpus_new"), asked(kind="music21", composer="bach", songs=5))
    assert Job.objects.get().arguments["origin"] == "music21:bach"
    Job.objects.update(state="running", done=3, total=5, unit="songs")
    part = desk.get(address("corpora"), headers={"X-Part": "corpora"}).content.decode()
    assert "3 of 5 songs" in part
    assert "<html" not in part


def test_an_import_that_fails_says_why(desk, address, at_once):
    file = io.BytesIO(b"not a zip")
    file.name = "songs.zip"
    page = desk.post(address("corpus_new"), asked(zip=file), follow=True).content.decode()
    assert "songs.zip is not a zip file, or is damaged" in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": ""}, "Choose where the music comes from."),
        ({}, "Choose a zip file."),
        ({"kind": "address"}, "Enter the web address."),
        ({"kind": "address", "address": "ftp://example.org/songs.zip"}, "Enter an address that starts with https://."),
        ({"kind": "pop909", "songs": 0}, "greater than or equal to 1"),
        ({"kind": "pop909", "name": "Songs"}, "There is already a corpus “Songs”."),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(values, said, desk, address, corpus):
    assert said in desk.post(address("corpus_new"), asked(**values)).content.decode()
    assert not Job.objects.exists()


def test_a_corpus_is_seen_piece_by_piece(desk, address, corpus):
    page = desk.get(address("corpus", "songs")).content.decode()
    assert page.count('<svg class="roll"') == 4
    assert page.count('<svg class="curves"') == 3
    assert "song 1" in page


def test_a_corpus_whose_folder_is_gone_says_so(desk, address, corpus):
    (corpus.folder / "notes.npz").unlink()
    assert "is not a complete corpus. Import it again" in desk.get(address("corpus", "songs")).content.decode()


def test_pieces_are_made_audible_once_and_by_a_worker(desk, address, corpus, monkeypatch, at_once):
    rendered = []

    def preview(piece, **values):
        rendered.append(piece.name)
        return b"sound"

    monkeypatch.setattr("generation.catalogue.previews.preview", preview)
    assert desk.get(address("piece_sound", "songs", 2)).status_code == 404
    page = desk.get(address("corpus", "songs")).content.decode()
    assert "Create previews" in page and "<audio" not in page
    for _ in range(2):
        page = desk.post(address("previews", "songs"), {"number": [1, 2]}, follow=True).content.decode()
    assert rendered == ["song 1", "song 2"]
    assert page.count("<audio") == 2 and "Create previews" in page
    response = desk.get(address("piece_sound", "songs", 2))
    assert (response.content, response["Content-Type"]) == (b"sound", "audio/mpeg")
    assert desk.get(address("piece_sound", "songs", 9)).status_code == 404


def test_a_piece_that_cannot_be_rendered_is_named(desk, address, corpus, monkeypatch, at_once):
    def preview(piece, **values):
        raise RenderingError("There is no soundfont.")

    monkeypatch.setattr("generation.catalogue.previews.preview", preview)
    desk.post(address("previews", "songs"), {"number": [1]})
    assert Job.objects.get().sentences == ["0 previews created.", "No preview: song 1 There is no soundfont."]


def test_a_corpus_is_deleted_only_while_nothing_uses_it(desk, study, address, corpus):
    source = excerpt(study, corpus, source="Originals", clips=1, arrangement=Arrangement(seconds=5, cut="drawn")).source
    page = desk.post(address("corpus_delete", "songs"), follow=True).content.decode()
    assert "is used by" in page
    assert "Originals" in page
    source.delete()
    desk.post(address("corpus_delete", "songs"))
    assert not Corpus.objects.exists()
    assert not corpus.folder.exists()


def test_who_may_only_look_imports_nothing(client, viewer, address, corpus):
    client.force_login(viewer)
    assert client.get(address("corpus_new")).status_code == 403
    assert client.post(address("corpus_delete", "songs")).status_code == 403
    assert address("corpus_new") not in client.get(address("corpora")).content.decode()
