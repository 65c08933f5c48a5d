"""Do clips copy from a corpus? Looked for by a worker, told on the pages."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from generation.catalogue.clip_import import import_midi
from generation.catalogue.corpora import import_corpus
from generation.catalogue.errors import CatalogueError
from generation.catalogue.excerpts import excerpt
from generation.catalogue.originality import check_originality
from generation.models import Clip
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import write_midi
from jobs.models import Job
from tests.music.test_originality import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def corpus(study, tmp_path):
    """Twenty songs of 200 notes that have nothing in common."""
    folder = tmp_path / "walks"
    folder.mkdir()
    for seed in range(20):
        (folder / f"song {seed}.mid").write_bytes(write_midi(walk(seed)))
    return import_corpus(study, str(folder), name="Walks").corpus


@pytest.fixture
def source(study, tmp_path):
    """A thief, who took a stretch of song 7 and moved it up, and a maker."""
    (tmp_path / "maker.mid").write_bytes(write_midi(walk(300, 60)))
    (tmp_path / "thief.mid").write_bytes(write_midi(walk(7).excerpt(10, 30).transpose(3)))
    return import_midi(study, [tmp_path / "maker.mid", tmp_path / "thief.mid"], source="Two", origin="ai").source


def test_a_copy_is_found_and_its_place_told(source, corpus):
    checked = check_originality(source, corpus)
    assert [clip.title for clip in checked.flagged] == ["thief"]
    assert "melody notes in a row also appear in the corpus, in “song 7” from bar" in checked.sentences()[-1]
    maker, _ = Clip.objects.order_by("number")
    assert not maker.originality[corpus.fingerprint]["melody"]["is_flagged"]


def test_where_nobody_divided_a_corpus_a_tenth_of_it_shows_what_people_share(source, corpus):
    check_originality(source, corpus)
    for clip in Clip.objects.all():
        compared = clip.originality[corpus.fingerprint]
        assert (compared["pieces"], compared["held_out"]) == (20, 2)


def test_what_was_compared_once_is_not_compared_again(source, corpus):
    check_originality(source, corpus)
    checked = check_originality(source, corpus)
    assert (checked.judged, checked.already, len(checked.flagged)) == (0, 2, 1)


def test_excerpts_are_not_compared_with_what_they_were_cut_out_of(study, corpus):
    originals = excerpt(
        study, corpus, source="Originals", clips=2, arrangement=Arrangement(seconds=5, cut="drawn")
    ).source
    with pytest.raises(CatalogueError, match='are excerpts of "Walks" itself'):
        check_originality(originals, corpus)


def test_a_source_from_elsewhere_needs_a_corpus(source):
    with pytest.raises(CatalogueError, match="Choose the corpus to compare it with"):
        check_originality(source)


def test_a_terminal_tells_the_same(source, corpus, capsys):
    call_command("check_originality", "Two", corpus="Walks")
    assert "Two 2 may copy from the corpus. " in capsys.readouterr().out


def test_where_no_human_music_is_left_to_compare_with_that_is_said(study, source, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "song.mid").write_bytes(write_midi(walk(1)))
    corpus = import_corpus(study, str(tmp_path / "one"), name="One song").corpus
    said = check_originality(source, corpus).sentences()
    assert "The corpus has no other human music of this length, so it is unknown how much overlap is normal." in said
    assert not any("shares more" in sentence for sentence in said)


def test_it_is_ordered_and_told_on_pages(client, editor, study, source, corpus, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    client.force_login(editor)

    def page(name, *args):
        return client.get(reverse(f"generation:{name}", args=[study.slug, *args])).content.decode()

    assert "Not compared with any corpus yet" in page("clip", "two", 2)
    compare = reverse("generation:originality", args=[study.slug, "two"])
    assert "Two 2 may copy" in client.post(compare, {"corpus": "walks"}, follow=True).content.decode()
    assert Job.objects.get().state == Job.State.DONE
    assert "This clip may copy from Walks" in page("clip", "two", 2)
    assert "no more than human pieces share" in page("clip", "two", 1)
    assert page("source", "two").count("may be a copy</a>") == 1
    assert "Choose a corpus" in client.post(compare, {"corpus": "none"}, follow=True).content.decode()
