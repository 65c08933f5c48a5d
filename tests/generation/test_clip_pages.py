"""Clips looked at, compared, retired and removed; and whether the models are alike in what is not to be judged."""

import csv
import html
import io
import re

import numpy as np
import pytest
import soundfile
from django.core.management import CommandError, call_command
from django.urls import reverse

from generation.catalogue import scores
from generation.catalogue.clip_import import import_midi
from generation.catalogue.clip_measures import measures_of_clip
from generation.catalogue.rendering import render_clips
from generation.models import Clip
from generation.music.pictures.engraving import EngravingError
from generation.music.score.arrangement import Arrangement
from surveys.allocation.allocation import admit
from surveys.models import Survey
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(study, songs, renderer):
    """Two models of four clips: the second plays everything at half the tempo."""
    import_midi(study, [songs], source="Bach", origin="human")
    import_midi(study, [songs], source="Our LSTM", origin="ai", arrangement=Arrangement(tempo=60))
    render_clips(study, seconds=5)
    rng = np.random.default_rng(1)
    for clip in Clip.objects.all():
        soundfile.write(clip.master.path, rng.normal(0, 0.05, (44_100, 2)), 44_100)
    return Clip.objects.all()


@pytest.fixture
def get(client, editor, study):
    client.force_login(editor)
    return lambda name, *args, query="", **headers: client.get(
        reverse(f"generation:{name}", args=[study.slug, *args]) + query, follow=True, headers=headers
    )


@pytest.fixture
def post(client, editor, study):
    client.force_login(editor)
    return lambda name, *args: client.post(reverse(f"generation:{name}", args=[study.slug, *args]), follow=True)


def test_a_clip_shows_its_notes_its_sound_and_its_hashes(get, clips):
    shown = get("clip", "bach", 1).content.decode()
    clip = clips.first()
    for part in ('class="roll"', 'class="wave"', "Note density", "Bandwidth", clip.content_sha256, "FLAC", "MusicXML"):
        assert part in shown


def test_a_clip_is_measured_once(clips):
    found = measures_of_clip(clips.first())
    assert found["notes"]["tempo"] == 120
    assert found["instruments"] == 1
    kept = Clip.objects.first()
    kept.master.storage.delete(kept.master.name)
    assert measures_of_clip(kept) == found


def test_a_clip_whose_sound_is_lost_says_so(get, clips):
    clip = clips.first()
    clip.master.storage.delete(clip.master.name)
    assert "cannot be read: No such file" in get("clip", "bach", 1).content.decode()


@pytest.mark.parametrize("suffix", ["mid", "flac", "mp3", "opus"])
def test_each_file_can_be_downloaded_under_a_name_that_says_what_it_is(get, clips, suffix):
    response = get("file", "bach", 1, suffix)
    assert response["Content-Disposition"] == f'attachment; filename="bach-001.{suffix}"'
    assert response.content


def test_other_files_are_not_found(get, clips):
    assert get("file", "bach", 1, "exe").status_code == 404


def test_the_sound_can_be_asked_for_in_pieces(get, clips):
    response = get("sound", "bach", 1, range="bytes=0-3")
    assert (response.status_code, response.content) == (206, b"sile")


def test_the_score_comes_as_musicxml(get, clips):
    assert b"<score-partwise" in get("file", "bach", 1, "musicxml").content


def test_the_score_is_drawn_once_and_goes_with_its_clip(
    get, post, clips, stored, monkeypatch, django_capture_on_commit_callbacks
):
    drawn = []
    monkeypatch.setitem(scores.FORMS, "svg", lambda midi: drawn.append(midi) or b"<svg/>")
    for _ in range(2):
        assert get("score", "bach", 1).content == b"<svg/>"
    assert len(drawn) == 1
    with django_capture_on_commit_callbacks(execute=True):
        post("remove", "bach", 1)
    assert not [name for name in stored() if name.startswith("scores/")]


def test_notes_that_cannot_be_engraved_are_answered_by_a_picture_that_says_so(get, clips, monkeypatch):
    def refuse(midi):
        raise EngravingError("Writing <it> took too long.")

    monkeypatch.setitem(scores.FORMS, "svg", refuse)
    assert b"Writing &lt;it&gt; took too long." in get("score", "bach", 1).content


def test_a_clip_stands_beside_the_human_clips_of_the_study(get, clips):
    for clip in clips:
        measures_of_clip(clip)
    assert "Range of the 4 human clips in this study" in get("clip", "our-lstm", 1).content.decode()


def test_a_retired_clip_is_left_out_and_can_come_back(post, clips):
    assert "is retired" in post("retire", "bach", 1).content.decode()
    assert Clip.objects.usable().count() == 7
    post("retire", "bach", 1)
    assert Clip.objects.usable().count() == 8


def test_a_clip_that_nobody_heard_is_removed_with_its_files(post, clips, stored, django_capture_on_commit_callbacks):
    before = len(stored())
    with django_capture_on_commit_callbacks(execute=True):
        assert "is removed" in post("remove", "bach", 1).content.decode()
    assert (Clip.objects.count(), len(stored())) == (7, before - 4)


def test_a_clip_that_was_put_before_listeners_stays(post, study, clips, stored):
    survey, _ = create_survey(study, "Survey", template="paper")
    open_survey(survey)
    admit(survey)
    Survey.objects.update(state=Survey.State.DRAFT)
    before = stored()
    said = post("remove", "bach", 1).content.decode()
    assert "participants have heard it" in said
    assert "Retire the clip instead" in said
    assert (Clip.objects.count(), stored()) == (8, before)


def test_a_survey_that_was_opened_keeps_its_clips_though_nobody_heard_them(post, study, clips):
    survey, _ = create_survey(study, "Survey", template="paper")
    open_survey(survey)
    assert "which has been opened. Retire the clip" in html.unescape(post("remove", "bach", 1).content.decode())
    assert survey.clips.count() == 8


def test_a_clip_leaves_a_draft_and_it_is_said(post, study, clips):
    survey, _ = create_survey(study, "Survey", template="paper")
    assert "It was in “Survey”, not opened yet" in post("remove", "bach", 1).content.decode()
    assert survey.clips.count() == 7


def test_viewers_change_nothing(client, viewer, study, clips):
    client.force_login(viewer)
    for name in ("retire", "remove"):
        assert client.post(reverse(f"generation:{name}", args=[study.slug, "bach", 1])).status_code == 403


def test_what_waits_for_its_sound_can_be_sent_again(get, post, study, songs, renderer, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    import_midi(study, [songs], source="Bach", origin="human")
    assert "4 clips have not been rendered yet" in get("source", "bach").content.decode()
    assert "4 clips of" in post("render", "bach").content.decode()


def test_the_report_says_what_differs_and_nothing_else(get, clips):
    shown = get("fairness").content.decode()
    assert "8 clips of 2 models" in shown
    assert "Tempo differs between the models" not in shown  # four clips each can show no more than p = 0.03, times ten
    assert "No measured feature differs" in shown
    assert "These features may differ" in shown
    assert "Tempo: medians Bach 120, Our LSTM 60 quarter notes/min" in shown
    assert shown.count('class="strips"') >= 5
    assert "The same in every clip:" in shown


def test_the_report_can_be_of_some_sources_and_in_numbers(get, clips):
    assert "4 clips of 1 model." in get("fairness", query="?sources=bach").content.decode()
    rows = list(csv.DictReader(io.StringIO(get("fairness", query="?format=csv").content.decode())))
    assert [(row["source"], row["tempo"]) for row in rows[3:5]] == [("Bach", "120.0"), ("Our LSTM", "60.0")]


def test_a_survey_leads_to_the_report_of_its_clips_and_no_others(client, editor, study, clips):
    survey, _ = create_survey(study, "Survey", template="paper")
    survey.clips.remove(clips.get(source__name="Bach", number=4))
    client.force_login(editor)
    page = client.get(reverse("survey_studio:survey", args=[study.slug, survey.slug])).content.decode()
    address = reverse("survey_studio:fairness", args=[study.slug, survey.slug])
    assert address in page
    shown = client.get(address).content.decode()
    assert "Compared: 7 clips of 2 models." in shown and "Only the clips of “Survey” are compared." in shown
    rows = list(csv.DictReader(io.StringIO(client.get(address + "?format=csv").content.decode())))
    assert [row["clip"] for row in rows] == ["1", "2", "3", "1", "2", "3", "4"]


def test_the_report_can_be_kept_as_one_file(get, clips):
    response = get("fairness", query="?sources=bach&sources=our-lstm&format=html")
    assert response["Content-Disposition"] == 'attachment; filename="piano-study-fairness.html"'
    kept = response.content.decode()
    assert "Fairness report: Piano study" in kept
    assert "--series-1:" in kept
    assert kept.count('class="strips"') >= 5
    assert not re.search(r"(src|href)=", kept)


def test_a_terminal_tells_and_keeps_the_same(study, clips, tmp_path, capsys):
    create_survey(study, "Survey", template="paper")
    call_command("fairness_report", survey="Survey", out=str(tmp_path / "report.html"))
    assert "Compared 8 clips of 2 models." in capsys.readouterr().out
    assert "Fairness report: Survey" in (tmp_path / "report.html").read_text()
    call_command("fairness_report", sources="Bach", out=str(tmp_path / "report.csv"))
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 5
    with pytest.raises(CommandError, match=r"must end in \.html"):
        call_command("fairness_report", out=str(tmp_path / "report.pdf"))


def test_an_empty_report_teaches_the_next_step(get, study):
    assert "Nothing to compare yet" in get("fairness").content.decode()


def test_formulas_in_titles_stay_text(get, clips, study):
    Clip.objects.filter(number=1).update(title="=1+1")
    assert "'=1+1" in get("fairness", query="?format=csv").content.decode()


def test_a_gallery_shows_the_notes_of_each_clip_page_by_page(get, clips, monkeypatch):
    assert get("source", "bach").content.decode().count('class="roll"') == 4
    monkeypatch.setattr("generation.pages.clips.CLIPS_A_PAGE", 3)
    assert get("source", "bach", query="?page=2").content.decode().count('class="roll"') == 1


def test_a_recording_has_no_notes_and_says_so(get, study, tmp_path, renderer):
    sound = np.sin(np.arange(88_200) / 20) / 2
    soundfile.write(tmp_path / "take.wav", sound, 22_050)
    import_midi(study, [tmp_path / "take.wav"], source="Band", origin="human")
    render_clips(study)
    clip = Clip.objects.get()
    soundfile.write(clip.master.path, sound, 44_100)
    assert "is an audio recording" in get("clip", "band", 1).content.decode()
    assert measures_of_clip(Clip.objects.get())["sample_rate"] == 22_050
    assert "Audio recording" in get("source", "band").content.decode()
    assert get("file", "band", 1, "musicxml").status_code == 404
