"""Two hundred trials, every byte of them: no field, name, header or size tells the source better than chance.

Real clips of three very different sources, through the real pages. And the same test finds what is planted.
"""

import io
import random

import numpy as np
import pytest
import soundfile
from django.urls import reverse

from generation.catalogue.clip_import import import_midi
from generation.catalogue.rendering import render_clips
from generation.models import Clip
from generation.music.audio.renderer import check_renderer
from generation.music.score.notes import Note, Piece, write_midi
from surveys.models import Participant
from surveys.researcher.opening import open_survey
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source, begin, reply
from tests.surveys.containers import mp3_fields, ogg_fields
from tests.surveys.leaks import leaks

EACH = 6  # clips of each source
PEOPLE = 12  # who hear all of them
SECONDS = 1.5
CHANCE = 0.001  # of a false alarm, for all fields together


@pytest.fixture
def survey(study, tmp_path, time):
    """Slow chords, quick notes on other instruments, and dull recordings in a lossy form with a title in it."""
    rng = random.Random(1)
    for number in range(EACH):
        slow = [Note(48 + rng.randrange(24), beat, 2) for beat in range(0, 8, 2) for _ in range(3)]
        quick = [Note(60 + rng.randrange(24), beat / 8, 0.125, 110) for beat in range(48)]
        write(tmp_path / "slow" / f"{number}.mid", write_midi(Piece.of(slow, tempo=70)))
        write(tmp_path / "quick" / f"{number}.mid", write_midi(Piece.of(quick, tempo=150)))
        write(tmp_path / "tape" / f"{number}.ogg", taped(number))
    import_midi(study, [tmp_path / "slow"], source="People", origin="human")
    import_midi(study, [tmp_path / "quick"], source="Machine", origin="ai")
    import_midi(study, [tmp_path / "tape"], source="Tape", origin="ai")
    assert render_clips(study, seconds=SECONDS).clips == 3 * EACH
    survey, _ = create_survey(study, "Which?", template="recommended")
    open_survey(survey)
    return survey


def write(path, data: bytes):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def taped(number: int) -> bytes:
    sound = np.convolve(np.random.default_rng(number).normal(0, 0.1, 44_000), np.ones(9), "same")
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 22_050, 1, format="OGG", subtype="VORBIS") as opened:
        opened.title, opened.software = f"tape {number}", "a tape recorder"
        opened.write(sound / np.abs(sound).max())
    return file.getvalue()


def mp3_or_ogg(kind: str, sound: bytes) -> dict[str, object]:
    own = mp3_fields(sound) if kind == "audio/mpeg" else ogg_fields(sound)
    return {f"{kind}: {name}": value for name, value in own.items()}


def take_part(client, survey, time, *, with_sound: bool = True) -> list[tuple[Clip, dict]]:
    """Each clip that somebody heard, with all that their browser was sent about it."""
    received = []
    for _ in range(PEOPLE):
        client.cookies.clear()
        begin(client, survey)
        participant = Participant.objects.latest("pk")
        while trial := participant.next_trial():
            fields = read(client.get(trial.get_absolute_url()), "page", participant)
            sides = [(side.clip, of_side(client, side, with_sound)) for side in trial.sides]
            time.run(60)
            gap, answer = {"rating_enjoyment": ""}, {}
            if len(sides) > 1:
                gap, answer = {"rating_preference": ""}, {"rating_preference": trial.asked_for or "tie"}
            fields |= read(reply(client, trial, **gap), "refusal", participant)
            fields |= read(reply(client, trial, **answer), "answer", participant)
            received += [(clip, fields | own) for clip, own in sides]
    return received


def of_side(client, side, with_sound: bool) -> dict[str, object]:
    """What is sent of a clip: its names; its sound in both forms, and the answer to who asks for a later one."""
    participant = side.trial.participant
    fields = {"key": side.audio_key, "side": side.letter}
    if with_sound:
        for address, kind in side.sounds():
            answer = client.get(address)
            fields |= read(answer, kind, participant) | mp3_or_ogg(kind, answer.content)
        *_, later = participant.trials.all()
        guessed = side.sounds()[0][0].replace(side.audio_key, later.audio_key)
        fields |= read(client.get(guessed), "guess", participant)
    else:  # time only runs once the sound was asked for
        client.get(side.sounds()[0][0])
    return fields


def read(response, called: str, participant) -> dict[str, object]:
    """Status, headers, length and words of a response. A participant's own code is the same in all their trials."""
    fields: dict[str, object] = {f"{called}: status": response.status_code, f"{called}: bytes": len(response.content)}
    for name, value in response.headers.items():
        fields[f"{called}: {name}"] = value.replace(participant.code, "CODE")
    fields |= {f"{called}: cookie {name}": len(morsel.value) for name, morsel in response.cookies.items()}
    if response.get("Content-Type", "").startswith("text/html"):
        fields[f"{called}: text"] = response.content.decode().replace(participant.code, "CODE")
    return fields


def verdict_of(received: list[tuple[Clip, dict]]):
    clips = [clip.pk for clip, _ in received]
    return leaks([fields for _, fields in received], clips, [clip.source.name for clip, _ in received])


@pytest.mark.slow
@pytest.mark.skipif(bool(check_renderer()), reason="FluidSynth, a soundfont and libopus are needed")
def test_two_hundred_trials_tell_nothing(client, survey, time):
    received = take_part(client, survey, time)
    assert len(received) == PEOPLE * 3 * EACH
    verdict = verdict_of(received)
    assert verdict.fields > 100
    assert verdict.p > CHANCE, verdict.suspects
    # What differs from clip to clip and not from trial to trial would tell the source as soon as one clip is known.
    of_audio = {name for name in received[0][1] if name.startswith("audio/")}
    assert [name for name in sorted(of_audio) if len({fields[name] for _, fields in received}) > 1] == []
    assert received[0][1]["audio/mpeg: frames"] > 50


@pytest.mark.slow
def test_two_hundred_clips_of_pairs_tell_nothing(client, study, time):
    for name, origin in (("People", "human"), ("Machine", "ai"), ("Tape", "ai")):
        add_source(study, name, origin, clips=EACH)
    survey, _ = create_survey(study, "Which of two?", template="preference")
    open_survey(survey)
    received = take_part(client, survey, time, with_sound=False)
    assert len(received) >= 200
    verdict = verdict_of(received)
    assert verdict.p > CHANCE, verdict.suspects


PLANTED = {
    "a name that begins otherwise": lambda clip, rng: {"key": ("a" if clip.source_id % 3 else "b") + f"{rng.random()}"},
    "a name that tells in two of three cases": lambda clip, rng: {
        "key": chr(97 + (clip.source_id if rng.random() < 2 / 3 else rng.randrange(3)) % 3) + f"{rng.random()}"
    },
    "an even number": lambda clip, rng: {"id": 2 * rng.randrange(1000) + (clip.source_id % 3 == 0)},
    "a size": lambda clip, rng: {"bytes": 1000 + rng.randrange(20) + 12 * (clip.source_id % 3 == 1)},
    "a word among a hundred": lambda clip, rng: {
        "text": f"{rng.random()} and {'sound' if clip.source_id % 3 else 'tone'}"
    },
    "a date": lambda clip, rng: {
        "Last-Modified": f"{10 + clip.source_id % 3} May 2030, {rng.randrange(10, 60)} minutes"
    },
    "an order": lambda clip, rng: {"id": clip.pk},
}


@pytest.fixture
def trials():
    """Of three sources with six clips each, heard by twelve people: clips without any rows."""
    clips = [Clip(pk=number, source_id=number // EACH) for number in range(3 * EACH)]
    return [clip for _ in range(PEOPLE) for clip in clips]


@pytest.mark.parametrize("leak", PLANTED)
def test_what_is_planted_is_found(trials, leak):
    rng = random.Random(1)
    fields = [{f"noise {n}": rng.random() for n in range(200)} | PLANTED[leak](clip, rng) for clip in trials]
    verdict = leaks(fields, [clip.pk for clip in trials], [str(clip.source_id) for clip in trials])
    assert verdict.p < CHANCE, verdict.suspects
    assert not verdict.suspects[0][0].startswith("noise")


def test_chance_alone_raises_no_alarm(trials):
    found = []
    for seed in range(10):
        rng = random.Random(seed)
        of_clip = [rng.random() for _ in range(3 * EACH)]  # differs from clip to clip, as a random name would
        fields = [
            {f"noise {n}": rng.random() for n in range(50)}
            | {"key": f"{rng.random()}", "of the clip": of_clip[clip.pk]}
            for clip in trials
        ]
        found.append(leaks(fields, [clip.pk for clip in trials], [str(clip.source_id) for clip in trials]).p)
    assert min(found) > CHANCE


def test_an_address_that_was_guessed_answers_as_one_that_never_was(client, survey, participant):
    """Of a clip for later, of another participant's clip, of nothing: one and the same answer."""
    others = [participant.trials.last().audio_key, "x" * 22, "0", participant.code]
    addresses = [reverse("surveys:audio", args=[survey.slug, participant.code, key, "mp3"]) for key in others]
    answers = [client.get(address) for address in addresses]
    assert {(answer.status_code, answer.content, str(answer.headers)) for answer in answers} == {
        (404, answers[0].content, str(answers[0].headers))
    }
