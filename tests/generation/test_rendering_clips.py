from dataclasses import replace

import pytest

from generation.catalogue.clip_import import import_midi
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rendering import render_clips
from generation.models import Clip
from generation.music.audio.renderer import check_renderer
from generation.music.audio.rendering import RenderedSet
from generation.music.score.arrangement import Arrangement
from tests.generation.conftest import sounds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(study, corpus):
    return excerpt(study, corpus, source="Originals", clips=3, arrangement=Arrangement(seconds=5, cut="drawn")).clips


def test_clips_get_their_sound_once(study, clips, renderer):
    rendered = render_clips(study)
    assert rendered.sentences() == ["3 clips of 5 seconds rendered at -19.0 LUFS."]
    assert Clip.objects.rendered().count() == 3
    clip = Clip.objects.first()
    assert (clip.samples, clip.loudness, clip.true_peak, clip.sounding) == (5 * 44_100, -19, -3, 5)
    assert clip.provenance["rendering"]["renderer"] == "none"
    assert clip.provenance["made_by"] == "excerpt"
    assert render_clips(study).sentences() == ["All 3 clips are already rendered. There is nothing to do."]
    assert len(renderer) == 3


def test_the_names_of_sounds_say_nothing(study, clips, renderer, stored):
    render_clips(study)
    for clip in Clip.objects.all():
        stems = {name.split("/")[1].split(".")[0] for name in sounds_of(clip)}
        assert len(stems) == 1
        assert len(stems.pop()) == 32
    assert len(stored()) == 3 + 9  # MIDI and three forms of sound


def test_only_one_source_when_asked(study, clips, songs, renderer):
    import_midi(study, [songs], source="Elsewhere", origin="ai")
    render_clips(study, source=clips[0].source)
    assert {clip.source.name for clip in Clip.objects.rendered()} == {"Originals"}


def test_new_clips_are_as_long_and_as_loud_as_the_ones_before(study, clips, songs, renderer):
    render_clips(study)
    Clip.objects.filter(number=1).update(loudness=-20)
    import_midi(study, [songs], source="Elsewhere", origin="ai")
    render_clips(study)
    new = Clip.objects.filter(source__name="Elsewhere").first()
    assert (new.samples, new.loudness) == (5 * 44_100, -20)


def test_what_cannot_be_rendered_is_said_and_stays_without_sound(study, clips, renderer):
    Clip.objects.filter(number=2).update(title="Drums")
    clips[0].source.name = "Drums"
    clips[0].source.save()
    rendered = render_clips(study)
    assert len(rendered.refused) == 3
    assert rendered.sentences()[1].startswith("Not rendered: Drums 2 (Drums) contains only drums")
    assert not Clip.objects.rendered().exists()


def test_a_set_that_had_to_become_softer_says_so(study, clips, renderer, monkeypatch):
    from generation.catalogue import rendering

    loud = rendering.render_many

    def lowered(*args, **values):
        made = loud(*args, **values)
        return RenderedSet([replace(one, loudness=-20.5) for one in made.renderings], [], -20.5)

    monkeypatch.setattr(rendering, "render_many", lowered)
    said = render_clips(study).sentences()
    assert said[0] == "3 clips of 5 seconds rendered at -20.5 LUFS."
    assert "1.5 LU quieter than asked for" in said[1]


def test_a_rendering_that_breaks_off_leaves_no_half_clip(study, clips, renderer, stored, monkeypatch):
    from generation.catalogue import rendering

    before = stored()
    monkeypatch.setattr(rendering, "_fill_in", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        render_clips(study)
    assert not Clip.objects.rendered().exists()
    assert stored() == before


def test_a_clip_that_another_process_rendered_meanwhile_is_not_changed(study, clips, renderer, stored, monkeypatch):
    from generation.catalogue import rendering

    made = rendering.render_many

    def slowly(*args, **values):
        result = made(*args, **values)
        if len(renderer) == 3:
            render_clips(study)  # the other process
        return result

    monkeypatch.setattr(rendering, "render_many", slowly)
    render_clips(study)
    assert len(renderer) == 6
    assert sorted(name for clip in Clip.objects.all() for name in sounds_of(clip)) == [
        name for name in stored() if not name.startswith("midi/")
    ]


def test_a_study_without_clips_has_nothing_to_render(study, renderer):
    assert render_clips(study).sentences() == ["There are no clips to render."]


@pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed")
def test_with_the_real_renderer_all_clips_are_equal_in_length_level_and_size(study, clips, songs, settings):
    import_midi(study, [songs / "song 1.mid"], source="Elsewhere", origin="ai")
    render_clips(study, seconds=3)
    rendered = Clip.objects.rendered()
    assert rendered.count() == 4
    assert {clip.samples for clip in rendered} == {3 * 44_100}
    assert {clip.loudness for clip in rendered} == {-19}
    assert len({(clip.mp3.size, clip.opus.size) for clip in rendered}) == 1
    assert rendered.first().provenance["rendering"]["soundfont"]


def test_instruments_can_be_those_of_the_file_and_stay_so_for_what_comes_later(study, songs, renderer):
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai")
    assert render_clips(study, instrument="file").policy.instrument == "file"
    import_midi(study, [songs / "song 2.mid"], source="A", origin="ai")
    assert render_clips(study).policy.instrument == "file"
