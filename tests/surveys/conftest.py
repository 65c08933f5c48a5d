"""An open survey with clips by Bach, by an LSTM and with shuffled notes, and a clock that runs when told to."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from generation.models import Clip, Origin, Source
from surveys import clock
from surveys.allocation.allocation import admit
from surveys.models import Answer, Participant, Survey, Trial
from surveys.participation.tickets import write_ticket
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey

SECONDS = 20


class Clock:
    def __init__(self):
        self.time = datetime(2030, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def run(self, seconds: float):
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def time():
    hand = Clock()
    with clock.use_clock(hand):
        yield hand


def add_clip(source: Source, number: int, *, seconds: float = SECONDS) -> Clip:
    """A clip whose audio is some bytes of one size, different in each."""
    clip = Clip(
        source=source,
        number=number,
        title=f"{source.name} number {number}",
        content_sha256=hashlib.sha256(f"{source.pk} {number}".encode()).hexdigest(),
        samples=int(seconds * 44_100),
        rendered=datetime(2030, 1, 1, tzinfo=UTC),
    )
    sound = hashlib.sha256(f"{source.pk} {number}".encode()).digest() * 30
    clip.mp3.save(f"{clip.name}.mp3", ContentFile(b"mp3!" + sound), save=False)
    clip.opus.save(f"{clip.name}.opus", ContentFile(b"opus" + sound), save=False)
    clip.save()
    return clip


def add_source(study, name: str, origin: str, *, clips: int = 2) -> Source:
    source = Source.objects.create(study=study, name=name, origin=origin)
    for number in range(1, clips + 1):
        add_clip(source, number)
    return source


@pytest.fixture
def bach(study) -> Source:
    return add_source(study, "Bach", Origin.HUMAN)


@pytest.fixture
def lstm(study) -> Source:
    return add_source(study, "Our LSTM", Origin.AI)


@pytest.fixture
def shuffled(study) -> Source:
    return add_source(study, "Shuffled", Origin.ANCHOR)


@pytest.fixture
def survey(study, bach, lstm, time) -> Survey:
    survey, _ = create_survey(study, "Can you tell?", template="recommended")
    open_survey(survey)
    return survey


@pytest.fixture
def paper(study, bach, lstm, time) -> Survey:
    survey, _ = create_survey(study, "As published", template="paper")
    open_survey(survey)
    return survey


@pytest.fixture
def participant(survey) -> Participant:
    return admit(survey)


def begin(client, survey: Survey):
    return client.post(survey.get_absolute_url(), {"ticket": write_ticket(survey)}, follow=True)


def listen(client, trial: Trial, time: Clock, seconds: float = SECONDS):
    """Open the page, have the audio sent, and let the time pass."""
    client.get(trial.get_absolute_url())
    client.get(trial.sounds()[0][0])
    time.run(seconds)


def reply(client, trial: Trial, **changes):
    """Send the form with an answer to each question, as a browser without JavaScript does."""
    said = {f"rating_{key}": 4 for key in trial.participant.survey.aspects.values_list("key", flat=True)}
    return client.post(trial.get_absolute_url(), {**said, "verdict": "ai", "heard": "", **changes})


def hear_and_reply(client, participant: Participant, time: Clock, **changes) -> Answer:
    trial = participant.next_trial()
    listen(client, trial, time)
    reply(client, trial, **changes)
    return Answer.objects.get(trial=trial)


def finish(client, participant: Participant, time: Clock, **changes):
    while participant.next_trial():
        hear_and_reply(client, participant, time, **changes)
    participant.refresh_from_db()
    return client.get(reverse("surveys:thanks", args=[participant.survey.slug, participant.code]))
