import pytest

from generation.catalogue.corpora import import_corpus, refused_files
from generation.catalogue.errors import CatalogueError
from generation.catalogue.lookup import find_corpus
from generation.models import Corpus
from generation.music.corpora.corpora import CorpusError, open_corpus
from studies.errors import NotThere

pytestmark = pytest.mark.django_db


def test_a_folder_becomes_a_corpus_with_its_size(study, songs):
    imported = import_corpus(study, str(songs), name="Songs", licence="CC0")
    corpus = Corpus.objects.get()
    assert (corpus.name, corpus.slug, corpus.pieces, corpus.notes, corpus.licence) == ("Songs", "songs", 4, 384, "CC0")
    assert corpus.minutes == pytest.approx(4 * 48 / 60)
    assert [piece.name for piece in open_corpus(corpus.folder).pieces] == ["song 1", "song 2", "song 3", "song 4"]
    assert imported.sentences() == ['Corpus "Songs" imported: 4 pieces, 384 notes, 3 minutes.']


def test_the_same_again_adds_nothing_and_says_so(study, songs):
    first = import_corpus(study, str(songs), name="Songs")
    again = import_corpus(study, str(songs), name="Songs")
    assert (again.corpus, again.is_new) == (first.corpus, False)
    assert "already exists" in again.sentences()[0]


def test_another_draw_needs_another_name(study, songs):
    import_corpus(study, str(songs), name="Songs")
    with pytest.raises(CatalogueError, match='There is already a corpus "Songs" with other music'):
        import_corpus(study, str(songs), name="Songs", songs=2)
    assert import_corpus(study, str(songs), name="Two songs", songs=2).corpus.pieces == 2


def test_with_the_pedal_it_is_another_corpus(study, songs):
    import_corpus(study, str(songs), name="Songs")
    with pytest.raises(CatalogueError, match='There is already a corpus "Songs" with other music'):
        import_corpus(study, str(songs), name="Songs", pedal=True)
    assert import_corpus(study, str(songs), name="Played", pedal=True).corpus.pedal


def test_without_a_name_it_is_called_as_its_folder(study, songs):
    assert import_corpus(study, str(songs)).corpus.name == "songs"


def test_damaged_files_are_named_and_the_rest_is_taken(study, songs):
    (songs / "broken.mid").write_bytes(b"MThd and nothing")
    (songs / "twin.mid").write_bytes((songs / "song 1.mid").read_bytes())
    imported = import_corpus(study, str(songs), name="Songs")
    assert imported.corpus.pieces == 4
    assert [name for name, _ in imported.refused] == ["broken.mid", "twin.mid"]
    assert [refusal.name for refusal in imported.damaged] == ["broken.mid"]
    assert refused_files(Corpus.objects.get()) == [
        ("broken.mid", "is damaged: its MIDI data cannot be read to the end."),
        ("twin.mid", "has the same notes as song 1.mid."),
    ]


def test_a_corpus_of_version_0_1_still_says_which_files_were_refused(study, songs):
    corpus = import_corpus(study, str(songs), name="Songs").corpus
    corpus.refused = [["broken.mid", "is damaged."], ["twin.mid", "has the same notes as song 1.mid."]]
    corpus.save()
    assert refused_files(corpus) == [("broken.mid", "is damaged."), ("twin.mid", "has the same notes as song 1.mid.")]
    again = import_corpus(study, str(songs), name="Songs")
    assert again.refused == refused_files(corpus)


def test_what_holds_no_music_leaves_nothing_behind(study, tmp_path, settings):
    with pytest.raises(CorpusError, match="does not exist"):
        import_corpus(study, str(tmp_path / "nowhere"), name="Nothing")
    assert not Corpus.objects.exists()
    assert not settings.CORPORA_ROOT.exists()


def test_a_corpus_is_found_by_name_and_by_slug(study, songs):
    corpus = import_corpus(study, str(songs), name="My Songs").corpus
    assert find_corpus(study, "My Songs") == find_corpus(study, "my-songs") == corpus


def test_a_corpus_that_is_not_there_is_missed_with_what_there_is(study, corpus):
    with pytest.raises(NotThere, match=r'There is no corpus "Sonks" in this study\. Choose one of these: "Songs"'):
        find_corpus(study, "Sonks")


def test_a_corpus_from_a_private_network_is_fetched_only_where_a_setting_allows_it(study, settings):
    with pytest.raises(CorpusError, match="is on this machine or its private network"):
        import_corpus(study, "http://127.0.0.1:9/songs.zip")
    settings.DOWNLOAD_FROM_PRIVATE_NETWORKS = True
    with pytest.raises(CorpusError, match="refused"):
        import_corpus(study, "http://127.0.0.1:9/songs.zip")
    assert not study.corpora.exists()
