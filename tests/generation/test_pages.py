from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.catalogue.clip_import import import_midi
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rendering import render_clips
from generation.models import Run, Source
from generation.music.score.arrangement import Arrangement
from tests.generation.conftest import job_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, viewer, study):
    client.force_login(viewer)

    def read(name: str, *args, status: int = 200) -> str:
        response = client.get(reverse(f"generation:{name}", args=[study.slug, *args]))
        assert response.status_code == status
        return response.content.decode() if not response.streaming else response.getvalue()

    return read


@pytest.mark.parametrize(
    ("name", "command"), [("corpora", "import_corpus"), ("runs", "train"), ("sources", "import_midi")]
)
def test_an_empty_page_teaches_the_next_step(name, command, page):
    assert f"manage.py {command}" in page(name)


def test_a_corpus_shows_its_size_and_what_uses_it(page, study, corpus):
    assert "384" in page("corpora")
    assert "nothing yet" in page("corpus", "songs")
    excerpt(study, corpus, source="Originals", arrangement=Arrangement(seconds=5, cut="drawn"))
    assert reverse("generation:source", args=[study.slug, "originals"]) in page("corpus", "songs")


def test_a_run_whose_process_is_gone_is_shown_as_stopped(page, study):
    run = Run.objects.create(study=study, name="LSTM", preset="house")
    job_of(run, "running", in_terminal=True, heartbeat=timezone.now() - timedelta(hours=1))
    assert "The process that ran it ended before the job did." in page("runs")


def test_clips_can_be_heard_once_they_are_rendered(page, study, songs, renderer):
    import_midi(study, [songs], source="Model A", origin="ai", citation="Doe 2024")
    assert "not rendered yet" in page("source", "model-a")
    page("sound", "model-a", 1, status=404)
    render_clips(study)
    assert "<audio" in page("source", "model-a")
    assert "Doe 2024" in page("source", "model-a")
    assert page("sound", "model-a", 1) == "silence"


def test_a_clip_shows_where_it_comes_from(page, study, songs, renderer):
    import_midi(study, [songs], source="Model A", origin="ai")
    render_clips(study)
    shown = page("clip", "model-a", 1)
    assert "song 1.mid" in shown
    assert Source.objects.get().clips.first().content_sha256 in shown


@pytest.mark.parametrize("name", ["corpus", "run", "source"])
def test_what_is_not_there_is_not_found(name, page):
    page(name, "nothing", status=404)


def test_strangers_see_nothing(client, study, songs, django_user_model):
    import_midi(study, [songs], source="Model A", origin="ai")
    client.force_login(django_user_model.objects.create_user("stranger"))
    address = reverse("generation:source", args=[study.slug, "model-a"])
    assert client.get(address).status_code == 404
