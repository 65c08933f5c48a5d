"""What a participant may say, and what a researcher may ask."""

import hashlib
import json

from django import forms
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.html import format_html

from surveys import listening
from surveys.codes import WITHDRAWAL_ALPHABET, grouped
from surveys.models import Aspect, Participant, Survey, Trial, Verdict


class AnswerForm(forms.Form):
    """The questions to one clip, in the participant's order, and how much of it was heard."""

    familiar = forms.BooleanField(required=False, label="I know this piece")
    heard = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, trial: Trial, aspects: list[Aspect], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.trial, self.aspects, self.survey = trial, aspects, trial.participant.survey
        for aspect in aspects:
            self.fields[field_of(aspect)] = rating_field(aspect)
        if self.survey.asks_verdict:
            self.fields["verdict"] = verdict_field(self.survey)

    def questions(self) -> list[forms.BoundField]:
        ratings = [self[field_of(aspect)] for aspect in self.aspects]
        verdict = [self["verdict"]] if "verdict" in self.fields else []
        first = self.trial.participant.order == Survey.Order.VERDICT_FIRST
        return verdict + ratings if first else ratings + verdict

    def render_questions(self, *, next: str) -> str:
        """The questions as HTML, with the words on the button that leads on.

        Before anything is chosen they are the same for everybody with the same order of the same questions. Django
        takes 5 ms to render their radio buttons, two thirds of the page: so that is done once.
        """
        context = {"form": self, "next": next}
        if self.is_bound:
            return render_to_string("surveys/questions.html", context)
        words = [[aspect.key, aspect.question, aspect.low, aspect.high, aspect.points] for aspect in self.aspects]
        survey, order = self.survey, self.trial.participant.order
        asked = json.dumps([words, survey.verdict_question, survey.verdict_ai, survey.verdict_human, order, next])
        key = f"questions-{hashlib.sha256(asked.encode()).hexdigest()}"
        return cache.get_or_set(key, lambda: render_to_string("surveys/questions.html", context))

    def gaps(self) -> list[forms.BoundField]:
        """Questions without an answer."""
        return [question for question in self.questions() if question.errors]

    def clean(self):
        cleaned = super().clean()
        length = self.trial.clip.seconds or 0.0
        passed = self.trial.seconds_passed()
        self.stretches = listening.read_stretches(cleaned.get("heard", ""))
        if self.stretches is None:
            # Without JavaScript nobody reports: the time since the sound was sent counts, the share stays unknown.
            self.seconds_heard, heard = None, passed
        else:
            self.seconds_heard = heard = listening.seconds_heard(self.stretches, length=length, passed=passed)
        self.heard_enough = listening.is_enough(heard, length=length, share=self.survey.share_to_hear)
        if not self.heard_enough:
            self.add_error(None, forms.ValidationError("Listen to the clip first.", code="hasty"))
        return cleaned

    def keep(self):
        return self.trial.record(
            ratings={aspect: self.cleaned_data[field_of(aspect)] for aspect in self.aspects},
            verdict=self.cleaned_data.get("verdict", ""),
            familiar=self.cleaned_data["familiar"],
            heard=self.stretches or [],
            seconds_heard=self.seconds_heard,
        )


def field_of(aspect: Aspect) -> str:
    """The name of its field: a prefix keeps an aspect called "verdict" apart from the verdict."""
    return f"rating_{aspect.key}"


def rating_field(aspect: Aspect) -> forms.TypedChoiceField:
    """1 to the top as radio buttons; the ends carry words."""
    words = {1: aspect.low, aspect.points: aspect.high}
    return forms.TypedChoiceField(
        label=aspect.question,
        coerce=int,
        choices=[
            (value, format_html("<b>{}</b> <span>{}</span>", value, words[value]) if value in words else value)
            for value in range(1, aspect.points + 1)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose a number for “{aspect.question}”"},
    )


def verdict_field(survey: Survey) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=survey.verdict_question,
        choices=[(Verdict.AI.value, survey.verdict_ai), (Verdict.HUMAN.value, survey.verdict_human)],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose an answer to “{survey.verdict_question}”"},
    )


class WithdrawalForm(forms.Form):
    code = forms.CharField(
        label="Your code",
        help_text="Twelve letters and digits, as shown at the end, such as ABCD-EFGH-2345.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        max_length=40,
        error_messages={"required": "Enter the code that you were given at the end."},
    )

    def __init__(self, *args, survey: Survey, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.survey = survey

    def clean_code(self) -> str:
        """As it is stored, however it was typed."""
        letters = "".join(letter for letter in self.cleaned_data["code"].upper() if letter in WITHDRAWAL_ALPHABET)
        code = grouped(letters)
        self.participant = Participant.objects.filter(survey=self.survey, withdrawal_code=code).first()
        if self.participant is None:
            raise forms.ValidationError(
                "Nothing is kept under this code in this survey. Compare it letter by letter, or it has been used "
                "already: then everything is deleted.",
                code="unknown",
            )
        return code
