"""The catalogues of translated texts: compiled as they are written, and used where a language is in force."""

import gettext
import subprocess

import pytest
from django.conf import settings
from django.utils import translation

from surveys.allocation.allocation import admit
from surveys.participation.forms import AnswerForm
from surveys.survey_templates import create_survey
from tests.surveys.conftest import add_source

CATALOGUES = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))


def messages_of(path) -> dict:
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)


@pytest.fixture
def participant(study):
    add_source(study, "Bach", "human")
    survey, _ = create_survey(study, "Can you tell?", template="recommended")
    return admit(survey, robot=True)


def test_every_language_but_english_has_a_catalogue():
    languages = [path.parent.parent.name for path in CATALOGUES]
    assert languages == sorted(code for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_the_compiled_catalogue_says_what_the_written_one_says(path, tmp_path):
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "--output-file", compiled, path], check=True)
    assert messages_of(path.with_suffix(".mo")) == messages_of(compiled), "run `make messages`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_no_translation_is_a_guess(path):
    """A fuzzy entry is what msgmerge guesses after an English text has changed: a person has to look at it."""
    guesses = [line for line in path.read_text().splitlines() if line.startswith("#,") and "fuzzy" in line]
    assert guesses == []


@pytest.mark.parametrize(
    ("language", "label"),
    [("en-gb", "I know this piece"), ("hr", "Poznajem ovu skladbu"), ("de", "Ich kenne dieses Stück")],
)
def test_a_form_speaks_the_language_in_force(participant, language, label):
    form = AnswerForm(trial=participant.next_trial(), aspects=[])
    with translation.override(language):
        assert str(form["familiar"].label) == label
        assert label in form.render_questions(next="")


def test_the_browser_does_not_choose_the_language(client, participant):
    address = participant.get_absolute_url()
    page = client.get(address, headers={"accept-language": "hr"}).content.decode()
    assert "I know this piece" in page
    assert "Poznajem" not in page
