"""One voice against a whole piano: the survey's page says so before people listen."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from generation.models import Clip, Source
from generation.music.score.notes import Note, Piece, write_midi
from surveys.survey_templates import create_survey
from tests.surveys.test_survey_page import desk, opener  # noqa: F401
from tests.surveys.test_taking_part import text_of

pytestmark = pytest.mark.django_db


def model(study, name: str, pitches: list[int]) -> Source:
    """Three clips in which these pitches sound together all the time."""
    source = Source.objects.create(study=study, name=name, origin="ai")
    for number in range(1, 4):
        notes = [Note(pitch + number, beat, 1) for beat in range(16) for pitch in pitches]
        midi = ContentFile(write_midi(Piece.of(notes)), name=f"{name} {number}.mid")
        about = {"number": number, "content_sha256": f"{name}{number}", "rendered": timezone.now()}
        Clip.objects.create(source=source, midi=midi, samples=882_000, **about)
    return source


def test_a_survey_of_melodies_and_full_piano_warns(study, desk):  # noqa: F811
    model(study, "Magenta", [72])
    model(study, "Originals", [48, 60, 64, 67])
    create_survey(study, "Mixed", template="paper")
    assert "Magenta has one voice, Originals has several" in text_of(desk("survey", "mixed"))


def test_a_survey_of_melodies_does_not_warn(study, desk):  # noqa: F811
    model(study, "Magenta", [72])
    model(study, "Originals", [60])
    create_survey(study, "Melodies", template="paper")
    assert "one voice" not in text_of(desk("survey", "melodies"))
