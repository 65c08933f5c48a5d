"""One policy for all clips of a survey: those who come hear other clips, what was answered stays with those heard."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from generation.catalogue.clip_import import import_midi
from generation.catalogue.clip_settings import ClipSettings
from generation.catalogue.excerpts import excerpt
from generation.catalogue.rendering import render_clips
from generation.models import Clip
from generation.music.score.arrangement import Arrangement
from jobs.models import Job
from surveys.allocation.allocation import admit
from surveys.errors import SurveyError
from surveys.models import Answer, Survey, Trial
from surveys.researcher.clip_settings import apply_clip_settings
from surveys.researcher.opening import open_survey, problems_before_opening
from surveys.survey_templates import create_survey
from tests.generation.conftest import corpus, renderer, songs  # noqa: F401 (fixtures)
from tests.surveys.test_taking_part import text_of

pytestmark = pytest.mark.django_db
SLOWER = ClipSettings(Arrangement(tempo=90))


@pytest.fixture
def heard(study, corpus, songs, renderer) -> Survey:  # noqa: F811
    """An open survey of two models with two clips each, five seconds long."""
    excerpt(study, corpus, source="Originals", clips=2, arrangement=Arrangement(seconds=5, cut="drawn"))
    import_midi(study, [songs / "song 1.mid", songs / "song 2.mid"], source="Elsewhere", origin="ai")
    render_clips(study)
    survey, _ = create_survey(study, "Which?", template="paper")
    open_survey(survey)
    return survey


def answered(survey: Survey, *, clips: int) -> list[Trial]:
    trials = list(admit(survey).trials.all()[:clips])
    for trial in trials:
        trial.record(ratings={}, verdict="ai")
    return trials


def test_all_clips_are_made_anew_and_those_who_come_hear_them(heard):
    before = set(heard.clips.all())
    adopted = apply_clip_settings(heard, SLOWER)
    after = set(heard.clips.all())
    assert len(after) == 4
    assert not before & after
    assert Counter(clip.source.name for clip in after) == {"Originals": 2, "Elsewhere": 2}
    assert {trial.clip for trial in admit(heard).trials.all()} == after
    assert problems_before_opening(heard) == []
    assert adopted.sentences()[0] == "4 clips re-rendered."


def test_what_was_answered_stays_with_the_clip_that_was_heard(heard):
    trials = answered(heard, clips=4)
    with pytest.raises(SurveyError, match="has 4 answers already"):
        apply_clip_settings(heard, SLOWER)
    said = " ".join(apply_clip_settings(heard, SLOWER, although_answered=True).sentences())
    assert "4 answers stay with the clips that were heard" in said
    for trial in trials:
        clip = Trial.objects.get(pk=trial.pk).clip
        assert clip == trial.clip
        assert clip.mp3
    assert Answer.objects.count() == 4


def test_whoever_is_at_it_hears_the_old_clips_to_the_end(heard):
    before = set(heard.clips.all())
    participant = admit(heard)
    said = " ".join(apply_clip_settings(heard, SLOWER).sentences())
    assert "1 participant has started with the earlier clips" in said
    assert {trial.clip for trial in participant.trials.all()} == before
    assert participant.next_trial().may_be_heard()


def test_plans_are_balanced_among_the_new_clips_whatever_the_old_were_heard(heard):
    heard.clips_per_participant = 2
    heard.save()
    for _ in range(3):
        admit(heard)
    apply_clip_settings(heard, SLOWER)
    times = Counter(trial.clip_id for _ in range(4) for trial in admit(heard).trials.all())
    assert set(times.values()) == {2}


def test_new_surveys_take_the_clips_of_now_only(study, heard):
    apply_clip_settings(heard, SLOWER)
    survey, _ = create_survey(study, "Another", template="paper")
    assert set(survey.clips.all()) == set(heard.clips.all())


def test_clips_that_another_survey_has_stay_in_use_there(study, heard):
    other, _ = create_survey(study, "Another", template="paper")
    open_survey(other)
    said = " ".join(apply_clip_settings(heard, SLOWER).sentences())
    assert "4 of the earlier clips are used by other surveys too" in said
    assert problems_before_opening(other) == []
    third, _ = create_survey(study, "A third", template="paper")
    assert third.clips.count() == 4  # the same music once


def test_back_to_the_policy_of_before_are_the_clips_of_before(heard):
    before = set(heard.clips.all())
    first = apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5, tempo=90)))
    apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5)))
    back = apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5, tempo=90)))
    assert set(back.remade.clips) == set(first.remade.clips)
    assert not heard.clips.filter(retired=True).exists()
    assert before


def test_where_one_clip_cannot_be_made_so_the_survey_keeps_all_it_has(heard):
    before = set(heard.clips.all())
    Clip.objects.filter(source__name="Elsewhere", number=2).update(title="Drums")
    heard.study.sources.filter(name="Elsewhere").update(name="Drums")
    with pytest.raises(
        SurveyError,
        match=r"some could not be created with these settings: .* contains only drums",
    ):
        apply_clip_settings(heard, SLOWER)
    assert set(heard.clips.all()) == before == set(Clip.objects.usable())  # and nothing half made is left


def test_a_worker_does_it_for_a_page_and_the_page_tells(client, editor, viewer, heard, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    page = reverse("survey_studio:policy", args=[heard.study.slug, heard.slug])
    wanted = {"cut": "start", "seed": "1", "texture": "file", "dynamics": "flat", "tempo": "90", "instrument": "file"}
    client.force_login(viewer)
    assert "Dynamics unchanged" in text_of(client.get(page))
    assert client.post(page, wanted).status_code == 403
    client.force_login(editor)
    said = text_of(client.post(page, wanted, follow=True))
    assert "4 clips re-rendered" in said
    assert "90 quarter notes per minute" in said
    assert "every note equally loud" in said
    assert "differs between clips" not in said
    assert Job.objects.get().state == "done"

    answered(heard, clips=1)
    assert "This field is required" in text_of(client.post(page, wanted))
    refused = client.post(page, wanted | {"although_answered": "on", "tempo": "9"})
    assert "Ensure this value is greater than or equal to 20" in text_of(refused)
    assert Job.objects.count() == 1


def test_parts_that_differ_between_clips_are_told(client, viewer, study, songs, renderer):  # noqa: F811
    import_midi(study, [songs / "song 1.mid"], source="A", origin="ai", arrangement=Arrangement(tempo=60))
    import_midi(study, [songs / "song 2.mid"], source="B", origin="ai")
    render_clips(study)
    survey, _ = create_survey(study, "Mixed", template="paper")
    client.force_login(viewer)
    page = text_of(client.get(reverse("survey_studio:policy", args=[study.slug, survey.slug])))
    assert "60 quarter notes per minute (1 clip), unchanged (1 clip) differs between clips" in page


def test_in_a_terminal_as_well(heard, capsys):
    call_command("set_policy", "Which?", tempo=90, instrument="file")
    assert "4 clips re-rendered." in capsys.readouterr().out
    answered(heard, clips=1)
    with pytest.raises(CommandError, match="--although-answered"):
        call_command("set_policy", "Which?", tempo=100)
    call_command("set_policy", "Which?", tempo=100, although_answered=True)


def test_clips_that_are_not_equally_loud_keep_a_survey_from_being_opened(heard):
    Clip.objects.filter(number=2).update(loudness=-21.0)
    assert "not equally loud (-21.0 to -19.0 LUFS)" in " ".join(problems_before_opening(heard))


def test_clips_that_were_there_already_and_are_louder_are_not_mixed_with_new_ones(heard, monkeypatch):
    adopted = apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5, tempo=90)))
    Clip.objects.filter(pk=adopted.remade.clips[0].pk).update(loudness=-17.0)
    apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5)))
    before = set(heard.clips.all())
    with pytest.raises(SurveyError, match=r"already existed with these settings at -17\.0 LUFS"):
        apply_clip_settings(heard, ClipSettings(Arrangement(seconds=5, tempo=90)))
    assert set(heard.clips.all()) == before
