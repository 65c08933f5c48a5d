"""The sound of a clip: for whom, when, and in which pieces."""

import pytest
from django.urls import reverse

from surveys.allocation.allocation import admit
from surveys.models import Trial
from surveys.researcher.opening import close_survey
from tests.surveys.conftest import finish, hear_and_reply


def sound(client, trial, suffix="mp3", **headers):
    here = [trial.participant.survey.slug, trial.participant.code, trial.audio_key, suffix]
    return client.get(reverse("surveys:audio", args=here), headers=headers)


def test_the_present_clip_is_sent_whole(client, participant):
    trial = participant.next_trial()
    response = sound(client, trial)
    assert response.status_code == 200
    assert response.content == trial.clip.mp3.read()
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Accept-Ranges"] == "bytes"


def test_opus_is_sent_as_opus(client, participant):
    trial = participant.next_trial()
    response = sound(client, trial, "opus")
    assert response.content == trial.clip.opus.read()
    assert response["Content-Type"] == "audio/ogg; codecs=opus"


def test_safari_gets_the_piece_it_asks_for(client, participant):
    trial = participant.next_trial()
    response = sound(client, trial, range="bytes=0-1")
    assert response.status_code == 206
    assert response.content == trial.clip.mp3.read()[:2]
    assert response["Content-Range"] == f"bytes 0-1/{trial.clip.mp3.size}"
    assert response["Content-Length"] == "2"


def test_the_last_bytes_can_be_asked_for(client, participant):
    trial = participant.next_trial()
    assert sound(client, trial, range="bytes=-7").content == trial.clip.mp3.read()[-7:]


def test_a_piece_outside_is_refused_with_the_size(client, participant):
    trial = participant.next_trial()
    response = sound(client, trial, range="bytes=99999999-")
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{trial.clip.mp3.size}"


def test_the_headers_tell_nothing_about_the_clip(client, participant):
    first, second = participant.trials.all()[:2]
    assert dict(sound(client, first).headers) == dict(sound(client, second).headers)
    names = {name.lower() for name in sound(client, first).headers}
    assert names.isdisjoint({"etag", "last-modified", "content-disposition", "set-cookie"})
    assert sound(client, first)["Cache-Control"].startswith("private")


def test_the_next_clip_may_be_fetched_ahead_and_no_other(client, participant):
    assert [sound(client, trial).status_code for trial in participant.trials.all()] == [200, 200, 404, 404]


def test_an_answered_clip_is_not_sent_again_before_the_end(client, participant, time):
    answered = hear_and_reply(client, participant, time).trial
    assert sound(client, answered).status_code == 404


def test_after_the_end_each_clip_can_be_heard_again(client, survey, participant, time):
    finish(client, participant, time)
    close_survey(survey)
    assert {sound(client, trial).status_code for trial in participant.trials.all()} == {200}


def test_nobody_gets_the_sound_of_another_participant(client, survey, participant):
    other = admit(survey)
    trial = participant.next_trial()
    stolen = reverse("surveys:audio", args=[survey.slug, other.code, trial.audio_key, "mp3"])
    assert client.get(stolen).status_code == 404


@pytest.mark.parametrize("suffix", ["wav", "flac", "mid"])
def test_only_what_is_offered_is_sent(client, participant, suffix):
    trial = participant.next_trial()
    address = trial.sounds()[0][0].replace(".mp3", f".{suffix}")
    assert client.get(address).status_code == 404


def test_guessing_learns_nothing(client, survey, participant):
    """A key that exists but is not for now answers as one that does not exist."""
    later = participant.trials.last()
    not_now = sound(client, later)
    never = client.get(reverse("surveys:audio", args=[survey.slug, participant.code, "x" * 22, "mp3"]))
    assert not_now.status_code == never.status_code == 404
    assert not_now.content == never.content
    assert dict(not_now.headers) == dict(never.headers)


def test_the_first_time_the_sound_was_sent_is_kept(client, participant, time):
    trial = participant.next_trial()
    sound(client, trial)
    first = time()
    time.run(10)
    sound(client, trial)
    assert Trial.objects.get(pk=trial.pk).audio_sent == first
