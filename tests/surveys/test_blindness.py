"""Nothing that reaches a participant tells where a clip comes from."""

import re

import pytest

from surveys.allocation.allocation import admit
from surveys.models import Participant, Trial
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_clip, begin, hear_and_reply, listen, reply


@pytest.fixture(params=["recommended", "preference"])
def received(request, client, study, bach, lstm, shuffled, time) -> list[bytes]:
    """Addresses, headers and bodies of all that a participant receives before the end, errors included."""
    extras = {"practice": 1, "checks": 1, "repeats": 1}
    for source in (bach, lstm, shuffled):
        add_clip(source, 3)
    survey, _ = create_survey(study, "Blind", template=request.param, **extras)
    open_survey(survey)
    everything = []

    def keep(response):
        head = f"{response.request['PATH_INFO']} {response.headers} {client.cookies}"
        everything.append(head.encode() + response.content)

    keep(client.get(survey.get_absolute_url()))
    begin(client, survey)
    participant = Participant.objects.get()
    while trial := participant.next_trial():
        keep(reply(client, trial))
        listen(client, trial, time)
        keep(client.get(trial.get_absolute_url()))
        for address, _ in trial.sounds():
            keep(client.get(address))
            keep(client.get(address, headers={"range": "bytes=5-9"}))
            keep(client.get(address, headers={"range": "bytes=99999-"}))
        if survey.compares:
            time.run(40)
            keep(reply(client, trial, rating_preference=""))
            keep(reply(client, trial, rating_preference=trial.asked_for or "tie"))
        else:
            keep(reply(client, trial, rating_enjoyment=""))
            keep(reply(client, trial))
    # Random names may contain any word by chance.
    keys = [participant.code, *(side.audio_key for trial in Trial.objects.all() for side in trial.sides)]
    names = re.compile(b"|".join(map(str.encode, keys)))
    return [names.sub(b"KEY", sent) for sent in everything]


def test_no_name_number_title_or_file_of_a_source_or_clip_is_sent(received, study):
    telling = {"anchor", "corpus", "shuffled"}
    for trial in Trial.objects.select_related("clip__source", "clip_b__source"):
        for clip in (side.clip for side in trial.sides):
            telling |= {clip.source.name, clip.source.slug, clip.name, clip.title, clip.content_sha256}
    assert len(received) > 60
    for word in telling:
        pattern = re.compile(rb"\b" + re.escape(word.encode()) + rb"\b", re.IGNORECASE)
        assert not [sent for sent in received if pattern.search(sent)], word


def test_the_truth_is_told_only_at_the_end(received):
    assert not [sent for sent in received if b"by an AI" in sent or b"by a human" in sent]


def test_pages_of_two_clips_differ_only_in_position_and_random_names(client, survey, participant, time):
    def page(trial):
        text = client.get(trial.get_absolute_url()).content.decode()
        for key in participant.trials.values_list("audio_key", flat=True):
            text = text.replace(key, "KEY")
        place = rf"Clip {trial.position}\b|progress value=\"\d\"|\d of 4"
        return re.sub(place, "HERE", text)

    first, second = participant.trials.all()[:2]
    before = page(first)
    hear_and_reply(client, participant, time)
    assert page(second) == before


def test_the_keys_of_a_clip_differ_from_participant_to_participant(survey):
    keys = [set(admit(survey).trials.values_list("audio_key", flat=True)) for _ in range(2)]
    assert keys[0].isdisjoint(keys[1])
