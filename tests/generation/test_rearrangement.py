"""The same music under another policy: other clips, and those that there were stay as they are."""

import pytest

from generation.catalogue.clip_import import import_midi
from generation.catalogue.clip_settings import ClipSettings
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rearrangement import rearrange_clips
from generation.catalogue.rendering import render_clips
from generation.models import Clip
from generation.music.score.arrangement import Arrangement
from generation.music.score.notes import read_midi
from tests.generation.conftest import sounds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(study, corpus, songs, renderer) -> list[Clip]:
    excerpt(study, corpus, source="Originals", clips=2, arrangement=Arrangement(seconds=5, cut="drawn"))
    import_midi(
        study, [songs / "song 1.mid"], source="Elsewhere", origin="ai", arrangement=Arrangement(seconds=5, tempo=60)
    )
    render_clips(study)
    return list(Clip.objects.order_by("pk"))


def notes_of(clip: Clip):
    with clip.midi.open("rb") as file:
        return read_midi(file.read())


def test_another_instrument_makes_other_clips_of_the_very_same_notes(study, clips):
    before = [(clip.midi_sha256, sounds_of(clip)) for clip in clips]
    policy = ClipSettings(Arrangement(tempo=0), instrument="file")
    rearranged = rearrange_clips(study, clips[:2], policy)
    assert (rearranged.new, rearranged.refused) == (2, [])
    for old, new in zip(clips, rearranged.clips, strict=False):
        assert new.source == old.source
        assert new.midi_sha256 == old.midi_sha256
        assert new.provenance["rendering"]["policy"]["instrument"] == "file"
        assert new.remake_of == old
        assert new.seconds == old.seconds == 5
    assert [(clip.midi_sha256, sounds_of(clip)) for clip in Clip.objects.order_by("pk")[:3]] == before


def test_one_tempo_flat_dynamics_and_one_voice_for_all(study, clips):
    rearranged = rearrange_clips(study, clips, ClipSettings(Arrangement(tempo=90, dynamics="flat", texture="melody")))
    for clip in rearranged.clips:
        piece = notes_of(clip)
        assert piece.tempos[:, 1].tolist() == [90]
        assert set(piece.notes["velocity"]) == {80}
        assert clip.seconds == 5


def test_an_original_goes_on_in_its_piece_where_the_tempo_is_faster(study, clips):
    """Five seconds at 120 have ten quarters; at 240, twenty: silence after the tenth would be no fair clip."""
    rearranged = rearrange_clips(study, clips[:1], ClipSettings(Arrangement(tempo=240)))
    assert len(notes_of(clips[0])) == 10
    assert len(notes_of(rearranged.clips[0])) == 20


def test_what_was_done_to_the_notes_of_a_file_can_be_undone(study, clips, songs):
    rearranged = rearrange_clips(study, clips[2:], ClipSettings(Arrangement()))
    assert notes_of(clips[2]).tempos[0, 1] == 60
    assert notes_of(rearranged.clips[0]).tempos[0, 1] == 120
    assert len(notes_of(rearranged.clips[0])) == 10


def test_the_same_policy_again_finds_the_clips_that_are_there(study, clips):
    first = rearrange_clips(study, clips, ClipSettings(Arrangement(dynamics="flat")))
    again = rearrange_clips(study, clips, ClipSettings(Arrangement(dynamics="flat")))
    assert (again.new, again.clips) == (0, first.clips)
    assert again.sentences()[0] == "3 clips with these settings already existed."
    back_and_forth = rearrange_clips(study, first.clips, ClipSettings(Arrangement(dynamics="flat")))
    assert back_and_forth.clips == first.clips


def test_a_length_in_bars_is_as_long_as_the_longest_of_them_for_all(study, clips):
    rearranged = rearrange_clips(study, clips, ClipSettings(Arrangement(bars=2)))
    lasts = [clip.provenance["lasts"] for clip in rearranged.clips]
    assert max(lasts) == pytest.approx(4, abs=0.1)
    assert {clip.seconds for clip in rearranged.clips} == {5}  # and a second for the last notes to ring


def test_where_no_notes_would_be_left_nothing_is_made(study, clips, monkeypatch):
    from generation.catalogue import rearrangement

    monkeypatch.setattr(rearrangement, "arrange", lambda piece, arrangement: piece.excerpt(0, 0))
    rearranged = rearrange_clips(study, clips, ClipSettings(Arrangement(tempo=90)))
    assert rearranged.refused[0] == "Originals 1 has no notes left with these settings."
    assert len(rearranged.refused) == 3
    assert Clip.objects.count() == 3


def test_a_clip_made_for_a_policy_has_it_though_its_worker_was_killed(study, clips, monkeypatch):
    from generation.catalogue import rearrangement

    with monkeypatch.context() as killed, pytest.raises(ZeroDivisionError):
        killed.setattr(rearrangement, "render_set", lambda *args: 1 / 0)
        rearrange_clips(study, clips, ClipSettings(Arrangement(seconds=3), instrument="file"))
    render_clips(study)
    for clip in Clip.objects.filter(remake_of__isnull=False):
        policy = clip.provenance["rendering"]["policy"]
        assert (policy["instrument"], policy["seconds"]) == ("file", 3)
