import itertools

import pytest

from generation.catalogue.errors import CatalogueError
from generation.catalogue.excerpts import excerpt
from generation.models import Clip, Source
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import read_midi

pytestmark = pytest.mark.django_db


def stretches(source):
    return [(made["piece"], made["start"], made["end"]) for made in source.clips.values_list("provenance", flat=True)]


def test_excerpts_become_clips_of_a_human_source(study, corpus):
    added = excerpt(
        study, corpus, source="Originals", clips=4, arrangement=Arrangement(seconds=10, seed=1, cut="drawn")
    )
    source = Source.objects.get()
    assert (source.name, source.origin, source.corpus) == ("Originals", "human", corpus)
    assert [clip.number for clip in source.clips.all()] == [1, 2, 3, 4]
    assert len({piece for piece, _, _ in stretches(source)}) == 4  # each from another song
    assert added.sentences() == ['4 clips added to "Originals".']
    piece = read_midi(source.clips.first().midi.path)
    assert piece.seconds == pytest.approx(10)


def test_the_same_again_adds_nothing_and_says_so(study, corpus):
    excerpt(study, corpus, source="Originals", clips=6, arrangement=Arrangement(seconds=10, cut="drawn"))
    again = excerpt(study, corpus, source="Originals", clips=6, arrangement=Arrangement(seconds=10, cut="drawn"))
    assert Clip.objects.count() == 6
    assert again.sentences() == ['6 clips were already in "Originals" and were not added again.']


def test_more_of_the_same_seed_add_what_is_missing(study, corpus):
    excerpt(study, corpus, source="Originals", clips=2, arrangement=Arrangement(seconds=10, cut="drawn"))
    assert (
        len(excerpt(study, corpus, source="Originals", clips=5, arrangement=Arrangement(seconds=10, cut="drawn")).clips)
        == 3
    )


def test_another_seed_overlaps_with_none_before(study, corpus):
    excerpt(study, corpus, source="Originals", clips=4, arrangement=Arrangement(seconds=10, seed=1, cut="drawn"))
    excerpt(study, corpus, source="Originals", clips=4, arrangement=Arrangement(seconds=10, seed=2, cut="drawn"))
    found = sorted(stretches(Source.objects.get()))
    assert len(found) == 8
    for (piece, _, end), (next_piece, start, _) in itertools.pairwise(found):
        assert piece != next_piece or start >= end


def test_a_corpus_that_is_too_small_says_how_much_it_gives(study, corpus):
    with pytest.raises(CatalogueError, match=r'Only 4 of 6 excerpts .40 seconds each. fit into the corpus "Songs"'):
        excerpt(study, corpus, source="Originals", clips=6, arrangement=Arrangement(seconds=40, cut="drawn"))
    assert not Source.objects.exists()


@pytest.mark.parametrize("values", [{"clips": 0}, {"arrangement": Arrangement()}])
def test_asking_for_nothing_is_refused(values, study, corpus):
    with pytest.raises(CatalogueError, match=r"Ask for at least 1|Set the length"):
        excerpt(study, corpus, source="Originals", **values)


def test_a_source_has_one_origin(study, corpus, source):
    with pytest.raises(CatalogueError, match='"Elsewhere" has the origin "ai", not "human"'):
        excerpt(study, corpus, source="Elsewhere", arrangement=Arrangement(seconds=10, cut="drawn"))
