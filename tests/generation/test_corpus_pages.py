"""Importing a corpus on a page, looking around in it, listening to it."""

import io
import zipfile

import pytest
from django.urls import reverse

from generation import upload_staging
from generation.catalogue.excerpts import excerpt
from generation.models import Corpus, Errand

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
    assert "has 4 pieces, 384 notes" in response.content.decode()
    assert not list(upload_staging.inbox().iterdir())


def test_files_that_are_refused_are_listed_with_the_reason(desk, address, zipped, at_once):
    page = desk.post(address("corpus_new"), asked(zip=zipped(broken=b"no music")), follow=True).content.decode()
    assert "Refused: broken.mid" in page
    assert "broken.mid" in desk.get(address("corpus", "my-songs")).content.decode()


def test_an_import_that_waits_is_a_row_that_a_reload_shows(desk, address):
    desk.post(address("corpus_new"), asked(kind="music21", composer="bach", songs=5))
    errand = Errand.objects.get()
    assert errand.values["origin"] == "music21:bach"
    Errand.objects.update(state="working", done=3, total=5, unit="songs")
    from generation.locks import held

    with held(errand.lock):
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
        ({"kind": ""}, "Choose where the music is."),
        ({}, "Choose a zip."),
        ({"kind": "address"}, "Write the address."),
        ({"kind": "address", "address": "ftp://example.org/songs.zip"}, "The address should begin with https://."),
        ({"kind": "pop909", "songs": 0}, "greater than or equal to 1"),
        ({"kind": "pop909", "name": "Songs"}, "There is a corpus “Songs” already."),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(values, said, desk, address, corpus):
    assert said in desk.post(address("corpus_new"), asked(**values)).content.decode()
    assert not Errand.objects.exists()


def test_a_corpus_is_seen_piece_by_piece(desk, address, corpus):
    page = desk.get(address("corpus", "songs")).content.decode()
    assert page.count('<svg class="roll"') == 4
    assert page.count('<svg class="curves"') == 3
    assert "song 1" in page


def test_a_corpus_whose_folder_is_gone_says_so(desk, address, corpus):
    (corpus.folder / "notes.npz").unlink()
    assert "is not a complete corpus. Import it again" in desk.get(address("corpus", "songs")).content.decode()


def test_a_piece_is_made_audible_once(desk, address, corpus, monkeypatch):
    asked = []

    def preview(piece, **values):
        asked.append(piece.name)
        return b"sound"

    monkeypatch.setattr("generation.music.audio.preview.preview", preview)
    for _ in range(2):
        response = desk.get(address("piece_sound", "songs", 2))
        assert (response.content, response["Content-Type"]) == (b"sound", "audio/mpeg")
    assert asked == ["song 2"]
    assert desk.get(address("piece_sound", "songs", 9)).status_code == 404
    assert desk.get(address("piece_sound", "songs", 0)).status_code == 404


def test_a_corpus_is_deleted_only_while_nothing_uses_it(desk, study, address, corpus):
    source = excerpt(study, corpus, source="Originals", clips=1, seconds=5).source
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
