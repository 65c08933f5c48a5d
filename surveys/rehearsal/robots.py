"""Robots: simulated participants that take a survey through its real pages, with their own clock, marked in every row.

A robot reads a page as a browser does: it loads the sound, reads the form, and chooses among the answers offered. Only
the truth about a clip, which decides its taste, comes from the rows, because no page reveals it.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import html

from surveys import clock
from surveys.errors import SurveyError
from surveys.models import Preference, Survey, Trial
from surveys.participation.forms import field_name
from surveys.participation.tickets import read_ticket, write_ticket
from surveys.rehearsal.tastes import DEFAULT, Judge, Tastes

# Seconds that a robot thinks after it has heard a clip.
THINKING = (4.0, 15.0)


@dataclass(frozen=True)
class Rehearsal:
    added: int  # robots that took the survey now
    existing: int  # robots of the same rehearsal that had taken it before


def rehearse(
    survey: Survey,
    *,
    listeners: int = 30,
    seed: int = 1,
    tastes: Tastes = DEFAULT,
    progress: Callable[[int, int, str], None] | None = None,
    watch: Callable[[HttpResponse], None] | None = None,
) -> Rehearsal:
    """Let robots take the survey, which may be a draft; the same values add nothing.

    `progress` is called with the number of robots that have finished and the total, `watch` with every response that a
    robot receives.
    """
    if listeners < 1:
        raise SurveyError(_("A rehearsal needs at least one simulated participant."))
    if not survey.clips.exists():
        raise SurveyError(
            _('The survey "%(survey)s" has no clips. Render clips, then create the survey again.') % {"survey": survey}
        )
    name = f"{seed}-{tastes.digest()[:16]}"
    robots = survey.participants.robots().filter(rehearsal=name)
    # A robot that was interrupted starts again, and its clips become free.
    robots.filter(finished=None).delete()
    existing = robots.count()
    for number in range(existing + 1, listeners + 1):
        Robot(survey, name, Judge(tastes, seed, number), watch=watch).take_part()
        if progress:
            progress(number - existing, listeners - existing, "robots")
    return Rehearsal(added=max(0, listeners - existing), existing=existing)


def delete_rehearsals(survey: Survey) -> int:
    """Delete all robots of a survey with their answers; how many there were."""
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
        # It starts some time ago, so that its last answer is not in the future.
        self.time = timezone.now() - timedelta(
            seconds=(survey.trials_each + survey.practice) * 60 * survey.clips_per_trial
        )

    def take_part(self) -> None:
        with clock.use_clock(lambda: self.time):
            self._open(self.survey.get_absolute_url())
            ticket = write_ticket(self.survey, rehearsal=self.rehearsal)
            page = self._send(self.survey.get_absolute_url(), {"ticket": ticket})
            self.trials = trials_by_key(read_ticket(self.survey, ticket).code)
            self.questions = {field_name(aspect): aspect for aspect in self.survey.aspects.all()}
            if page.questions and not page.sounds:
                page = self._answer_about_itself(page)
            while page.sounds:
                page = self._answer_trial(page)

    def _answer_about_itself(self, page: "Page") -> "Page":
        for name, options in page.questions.items():
            page.fill(name, self.rng.choice(options))
        return self._send(self.address, page.values())

    def _answer_trial(self, page: "Page") -> "Page":
        address = self.address
        trial = self.trials[key_of(page.sounds[0])]
        heard = [self._listen(sound) for sound in page.sounds]
        self._wait(self.rng.uniform(*THINKING))
        for side, seconds in zip(trial.sides, heard, strict=True):
            page.fill(side.field, json.dumps([[0, seconds]]))
        for name, options in page.questions.items():
            page.fill(name, self._choose(name, options, trial))
        following = self._send(address, page.values())
        if self.address == address:
            raise SurveyError(
                _("A simulated participant could not continue: %(address)s did not accept its answers.")
                % {"address": address}
            )
        return following

    def _listen(self, sound: str) -> float:
        """Hear the whole clip; how many seconds."""
        self._fetch(sound)
        seconds = self.trials[key_of(sound)].clip_for_key(key_of(sound)).seconds or 0.0
        self._wait(seconds)
        return round(seconds, 2)

    def _choose(self, name: str, options: list[str], trial: Trial) -> str:
        choice = trial.asked_for or self._judge(name, options, trial)
        if choice not in options:
            raise SurveyError(
                _('The page does not offer "%(choice)s" as an answer to %(question)s.')
                % {"choice": choice, "question": name}
            )
        return choice

    def _judge(self, name: str, options: list[str], trial: Trial) -> str:
        if name == "verdict":
            return self.judge.verdict(trial.clip, self.rng)
        if name == "confidence":
            return self.rng.choice(options)
        if trial.clip_b_id:
            ties = Preference.TIE in options
            return self.judge.preference(trial.clip, trial.clip_b, self.questions[name], self.rng, ties=ties)
        return str(self.judge.rating(trial.clip, self.questions[name], self.rng))

    def _wait(self, seconds: float) -> None:
        self.time: datetime = self.time + timedelta(seconds=seconds)

    def _fetch(self, address: str) -> None:
        # As browsers do, from the first byte.
        response = self.browser.get(address, headers={"range": "bytes=0-"}, secure=settings.SECURE_SSL_REDIRECT)
        self.watch(response)
        if response.status_code != 206:
            raise SurveyError(
                _("A simulated participant requested a clip and got status %(status)d.")
                % {"status": response.status_code}
            )

    def _open(self, address: str) -> "Page":
        return self._read(self.browser.get(address, secure=settings.SECURE_SSL_REDIRECT), address)

    def _send(self, address: str, form: dict[str, str]) -> "Page":
        return self._read(self.browser.post(address, form, secure=settings.SECURE_SSL_REDIRECT), address)

    def _read(self, response: HttpResponse, address: str) -> "Page":
        self.watch(response)
        if 300 <= response.status_code < 400:
            return self._open(response["Location"])
        if response.status_code != 200:
            raise SurveyError(
                _("A simulated participant opened %(address)s and got status %(status)d.")
                % {"address": address, "status": response.status_code}
            )
        self.address = address
        return Page(response.content.decode())


class Page:
    """What a robot sees: the form, its questions with the answers offered, and the sound of each clip."""

    def __init__(self, text: str):
        forms = html.document_fromstring(text).forms
        self.form = next(
            (form for form in forms if "data-listening" in form.attrib or "data-about" in form.attrib), None
        )
        self.sounds: list[str] = []
        self.questions: dict[str, list[str]] = {}
        if self.form is not None:
            # The first that each player offers, like a browser that can play every format.
            self.sounds = [str(address) for address in self.form.xpath(".//audio/source[1]/@src")]
            fields = {name: self.form.inputs[name] for name in self.form.inputs.keys()}  # noqa: SIM118 (not a dict)
            self.questions = {
                name: field.value_options for name, field in fields.items() if isinstance(field, html.RadioGroup)
            }

    def fill(self, name: str, value: str) -> None:
        self.form.fields[name] = value

    def values(self) -> dict[str, str]:
        """What a browser would send."""
        return dict(self.form.form_values())


def trials_by_key(code: str) -> dict[str, Trial]:
    """The trials of a participant by the keys in the addresses of their sounds."""
    trials = Trial.objects.filter(participant__code=code).with_clips().select_related("clip__source", "clip_b__source")
    return {side.audio_key: trial for trial in trials for side in trial.sides}


def key_of(address: str) -> str:
    return address.rsplit("/", 1)[1].split(".")[0]


def own_host() -> str:
    """A host name that this server accepts."""
    first = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if first == "*" else first.lstrip(".")
