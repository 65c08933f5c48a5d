"""Robot listeners: through the real pages, with a clock of their own, marked wherever they are kept.

A robot reads the page as a browser does: it finds the sound and has it sent, finds the questions and chooses among
the answers offered. Only the truth about the clip, on which its taste hangs, comes from the rows: no page tells it.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from surveys import clock
from surveys.errors import SurveyError
from surveys.models import Preference, Survey, Trial
from surveys.participation.forms import field_name
from surveys.participation.tickets import read_ticket, write_ticket
from surveys.rehearsal.tastes import DEFAULT, Judge, Tastes

# Seconds a robot thinks after hearing a clip.
THINKING = (4.0, 15.0)


@dataclass(frozen=True)
class Rehearsal:
    added: int  # robots that went through now
    there: int  # robots of the same rehearsal that had gone through before


def rehearse(
    survey: Survey,
    *,
    listeners: int = 30,
    seed: int = 1,
    tastes: Tastes = DEFAULT,
    progress: Callable[[int, int, str], None] | None = None,
    watch: Callable[[HttpResponse], None] | None = None,
) -> Rehearsal:
    """Let robots take the survey, drafts too; the same values again add nothing.

    `progress` is told how many of how many robots are through, `watch` is shown everything that a robot received.
    """
    if listeners < 1:
        raise SurveyError("A rehearsal needs at least one listener.")
    if not survey.clips.exists():
        raise SurveyError(f'The survey "{survey}" has no clips to listen to: make it anew when there are some.')
    name = f"{seed}-{tastes.digest()[:16]}"
    ours = survey.participants.robots().filter(rehearsal=name)
    # One that was stopped on its way begins anew: its clips go back.
    ours.filter(finished=None).delete()
    there = ours.count()
    for number in range(there + 1, listeners + 1):
        Robot(survey, name, Judge(tastes, seed, number), watch=watch).take_part()
        if progress:
            progress(number - there, listeners - there, "robots")
    return Rehearsal(added=max(0, listeners - there), there=there)


def delete_rehearsals(survey: Survey) -> int:
    """Delete all robots of a survey with what they said; how many there were."""
    robots = survey.participants.robots()
    number = robots.count()
    robots.delete()
    return number


class Robot:
    def __init__(
        self, survey: Survey, rehearsal: str, judge: Judge, *, watch: Callable[[HttpResponse], None] | None = None
    ):
        self.survey, self.rehearsal, self.judge = survey, rehearsal, judge
        self.watch = watch or (lambda response: None)
        self.rng = random.Random(f"{judge.seed} robot {judge.number}")
        self.browser = Client(headers={"host": own_host()})
        self.address = ""
        # It began a while ago, so that its last answer is not given in the future.
        self.time = timezone.now() - timedelta(
            seconds=(survey.trials_each + survey.practice) * (120 if survey.compares else 60)
        )

    def take_part(self) -> None:
        with clock.use_clock(lambda: self.time):
            self._open(self.survey.get_absolute_url())
            ticket = write_ticket(self.survey, rehearsal=self.rehearsal)
            page = self._send(self.survey.get_absolute_url(), {"ticket": ticket})
            self.trials = trials_by_key(read_ticket(self.survey, ticket).code)
            self.questions = {field_name(aspect): aspect for aspect in self.survey.aspects.all()}
            if page.choices and not page.sounds:
                page = self._tell_about_itself(page)
            while page.sounds:
                page = self._hear_and_answer(page)

    def _tell_about_itself(self, page: "Page") -> "Page":
        return self._send(self.address, {name: self.rng.choice(offered) for name, offered in page.choices.items()})

    def _hear_and_answer(self, page: "Page") -> "Page":
        here = self.address
        trial = self.trials[key_of(page.sounds[0])]
        heard = [self._hear(sound) for sound in page.sounds]
        self._wait(self.rng.uniform(*THINKING))
        answer = {side.field: json.dumps([[0, seconds]]) for side, seconds in zip(trial.sides, heard, strict=True)}
        for name, offered in page.choices.items():
            answer[name] = self._choose(name, offered, trial)
        following = self._send(here, answer)
        if self.address == here:
            raise SurveyError(f"A robot could not get on from {here}: its answers were not taken.")
        return following

    def _hear(self, sound: str) -> float:
        """The whole clip; how many seconds."""
        self._fetch(sound)
        seconds = self.trials[key_of(sound)].clip_for_key(key_of(sound)).seconds or 0.0
        self._wait(seconds)
        return round(seconds, 2)

    def _choose(self, name: str, offered: list[str], trial: Trial) -> str:
        choice = trial.asked_for or self._judged(name, offered, trial)
        if choice not in offered:
            raise SurveyError(f'"{choice}" is not among the answers that the page offers to {name}.')
        return choice

    def _judged(self, name: str, offered: list[str], trial: Trial) -> str:
        if name == "verdict":
            return self.judge.verdict(trial.clip, self.rng)
        if name == "confidence":
            return self.rng.choice(offered)
        if trial.clip_b_id:
            ties = Preference.TIE in offered
            return self.judge.preference(trial.clip, trial.clip_b, self.questions[name], self.rng, ties=ties)
        return str(self.judge.rating(trial.clip, self.questions[name], self.rng))

    def _wait(self, seconds: float) -> None:
        self.time: datetime = self.time + timedelta(seconds=seconds)

    def _fetch(self, address: str) -> None:
        # As browsers do: from the first byte on.
        response = self.browser.get(address, headers={"range": "bytes=0-"}, secure=settings.SECURE_SSL_REDIRECT)
        self.watch(response)
        if response.status_code != 206:
            raise SurveyError(f"A robot asked for the sound of a clip and got status {response.status_code}.")

    def _open(self, address: str) -> "Page":
        return self._arrive(self.browser.get(address, secure=settings.SECURE_SSL_REDIRECT), address)

    def _send(self, address: str, form: dict[str, Any]) -> "Page":
        return self._arrive(self.browser.post(address, form, secure=settings.SECURE_SSL_REDIRECT), address)

    def _arrive(self, response: HttpResponse, address: str) -> "Page":
        self.watch(response)
        if 300 <= response.status_code < 400:
            return self._open(response["Location"])
        if response.status_code != 200:
            raise SurveyError(f"A robot opened {address} and got status {response.status_code}.")
        self.address = address
        return Page.read(response.content.decode())


class Page(HTMLParser):
    """What a robot sees: the sound of each clip of a trial, and each question with the answers offered."""

    def __init__(self):
        super().__init__()
        self.is_asked = self.wants_sound = False
        self.sounds: list[str] = []
        self.choices: dict[str, list[str]] = {}

    @classmethod
    def read(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        return page

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "form" and ("data-listening" in values or "data-about" in values):
            self.is_asked = True
        if self.is_asked and tag == "audio":
            self.wants_sound = True
        if self.is_asked and tag == "source" and self.wants_sound:
            # The first that is offered, as a browser that can play everything.
            self.sounds.append(values["src"])
            self.wants_sound = False
        if self.is_asked and tag == "input" and values.get("type") == "radio":
            self.choices.setdefault(values["name"], []).append(values["value"])


def trials_by_key(code: str) -> dict[str, Trial]:
    """What a participant will hear, by the keys in the sounds' addresses."""
    trials = Trial.objects.filter(participant__code=code).with_clips().select_related("clip__source", "clip_b__source")
    return {side.audio_key: trial for trial in trials for side in trial.sides}


def key_of(address: str) -> str:
    return address.rsplit("/", 1)[1].split(".")[0]


def own_host() -> str:
    """A host name under which this server answers."""
    first = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if first == "*" else first.lstrip(".")
