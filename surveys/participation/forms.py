"""What a participant may say, and what a researcher may ask."""

import hashlib
import json

from django import forms
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.codes import WITHDRAWAL_ALPHABET, group_letters
from surveys.listener_questions import LISTENER_QUESTIONS
from surveys.models import CONFIDENCE, Aspect, Participant, Preference, Survey, Trial, Verdict
from surveys.participation import listening


class TrialForm(forms.Form):
    """The questions to one trial, and how much of its clips was heard; which questions, the forms below know."""

    heard = forms.CharField(required=False, widget=forms.HiddenInput)
    single = "the clip"  # what must be listened to

    def __init__(self, *args, trial: Trial, aspects: list[Aspect], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.trial, self.aspects, self.survey = trial, aspects, trial.participant.survey
        if self.is_check:
            del self.fields["familiar"]
        self.fields |= self.asked()

    @property
    def is_check(self) -> bool:
        return self.trial.kind == Trial.Kind.CHECK

    def asked(self) -> dict[str, forms.Field]:
        """Fields in the participant's order of questions."""
        raise NotImplementedError

    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.question_names]

    @property
    def question_names(self) -> list[str]:
        return [name for name in self.fields if not name.startswith("heard") and name != "familiar"]

    def instruction(self) -> str:
        """What a check asks for, in words; nothing for other trials."""
        return ""

    def render_questions(self, *, next: str) -> str:
        """The questions as HTML, with the words on the button that leads on.

        Before anything is chosen they are the same for everybody with the same order of the same questions. Django
        takes 5 ms to render their radio buttons, two thirds of the page: so that is done once.
        """
        context = {"form": self, "next": next}
        if self.is_bound:
            return render_to_string("surveys/questions.html", context)
        asked = [
            [name, str(field.label), [str(choice) for choice in getattr(field, "choices", [])]]
            for name, field in self.fields.items()
        ]
        said = json.dumps([get_language(), asked, self.instruction(), next])
        key = f"questions-{hashlib.sha256(said.encode()).hexdigest()}"
        return cache.get_or_set(key, lambda: render_to_string("surveys/questions.html", context))

    def gaps(self) -> list[forms.BoundField]:
        """Questions without an answer."""
        return [question for question in self.questions() if question.errors]

    def clean(self):
        cleaned = super().clean()
        passed, sides = self.trial.seconds_elapsed(), self.trial.sides
        lengths = [side.clip.seconds or 0.0 for side in sides]
        self.stretches = [listening.read_stretches(cleaned.get(side.field, "")) for side in sides]
        if None in self.stretches:
            # Without JavaScript nobody reports: the time since the sound was sent counts, the share stays unknown.
            self.seconds_heard = [None] * len(sides)
            enough = listening.is_enough(passed, length=sum(lengths), share=self.survey.share_to_hear)
        else:
            self.seconds_heard = [
                listening.seconds_heard(stretches, length=length, passed=passed)
                for stretches, length in zip(self.stretches, lengths, strict=True)
            ]
            enough = all(
                listening.is_enough(heard, length=length, share=self.survey.share_to_hear)
                for heard, length in zip(self.seconds_heard, lengths, strict=True)
            )
        self.heard_enough = enough
        if not enough:
            self.add_error(None, forms.ValidationError(f"Listen to {self.single} first.", code="hasty"))
        return cleaned

    def keep(self):
        heard = {side.field: stretches or [] for side, stretches in zip(self.trial.sides, self.stretches, strict=True)}
        seconds = {f"seconds_{side.field}": s for side, s in zip(self.trial.sides, self.seconds_heard, strict=True)}
        return self.trial.record(**heard, **seconds, **self.said())

    def said(self) -> dict:
        """What `Trial.record` keeps of the answers."""
        raise NotImplementedError


class AnswerForm(TrialForm):
    """What one clip is like: ratings, the verdict, how sure one is of it."""

    familiar = forms.BooleanField(required=False, label=_("I know this piece"))

    def asked(self) -> dict[str, forms.Field]:
        ratings = {field_name(aspect): rating_field(aspect) for aspect in self.aspects}
        if not self.survey.asks_verdict or (self.is_check and ratings):
            return ratings
        verdict = {"verdict": verdict_field(self.survey)}
        if self.survey.asks_confidence and not self.is_check:
            verdict["confidence"] = confidence_field()
        first = self.trial.participant.order == Survey.Order.VERDICT_FIRST
        return verdict | ratings if first else ratings | verdict

    def instruction(self) -> str:
        if not self.is_check:
            return ""
        if self.aspects:
            return f"choose {self.trial.asked_for} for every question"
        return f"choose “{dict(self.fields['verdict'].choices)[self.trial.asked_for]}”"

    def said(self) -> dict:
        ratings = {aspect: self.cleaned_data[field_name(aspect)] for aspect in self.aspects}
        return {
            "ratings": ratings,
            "verdict": self.cleaned_data.get("verdict", ""),
            "confidence": self.cleaned_data.get("confidence"),
            "familiar": self.cleaned_data.get("familiar"),
        }


class PairForm(TrialForm):
    """Which of the two, by each aspect."""

    heard_b = forms.CharField(required=False, widget=forms.HiddenInput)
    familiar = forms.BooleanField(required=False, label=_("I know one of these pieces"))
    single = "both clips"

    def asked(self) -> dict[str, forms.Field]:
        return {field_name(aspect): choice_field(aspect, ties=self.survey.ties) for aspect in self.aspects}

    def instruction(self) -> str:
        if not self.is_check:
            return ""
        every = " for every question" if len(self.aspects) > 1 else ""
        return f"choose “{Preference(self.trial.asked_for).label}”{every}"

    def said(self) -> dict:
        choices = {aspect: self.cleaned_data[field_name(aspect)] for aspect in self.aspects}
        return {"choices": choices, "familiar": self.cleaned_data.get("familiar")}


def form_class(trial: Trial) -> type[TrialForm]:
    return PairForm if trial.participant.survey.compares else AnswerForm


def field_name(aspect: Aspect) -> str:
    """The name of its field: a prefix keeps an aspect called "verdict" apart from the verdict."""
    return f"rating_{aspect.key}"


def rating_field(aspect: Aspect) -> forms.TypedChoiceField:
    """1 to the top as radio buttons; the ends carry words."""
    words = {1: aspect.low, aspect.points: aspect.high}
    return scale_field(aspect.question, words, aspect.points)


def confidence_field() -> forms.TypedChoiceField:
    ends = {value: CONFIDENCE[value] for value in (min(CONFIDENCE), max(CONFIDENCE))}
    return scale_field("How sure are you of that?", ends, len(CONFIDENCE))


def scale_field(question: str, words: dict[int, str], points: int) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=question,
        coerce=int,
        choices=[
            (value, format_html("<b>{}</b> <span>{}</span>", value, words[value]) if value in words else value)
            for value in range(1, points + 1)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose a number for “{question}”"},
    )


def choice_field(aspect: Aspect, *, ties: bool) -> forms.ChoiceField:
    """A left, B right, and between them that there is no difference."""
    offered = [Preference.A, *([Preference.TIE] if ties else []), Preference.B]
    return forms.ChoiceField(
        label=aspect.question,
        choices=[(value.value, value.label) for value in offered],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose an answer to “{aspect.question}”"},
    )


def verdict_field(survey: Survey) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=survey.verdict_question,
        choices=[(Verdict.AI.value, survey.verdict_ai), (Verdict.HUMAN.value, survey.verdict_human)],
        widget=forms.RadioSelect,
        error_messages={"required": f"Choose an answer to “{survey.verdict_question}”"},
    )


class ListenerQuestionsForm(forms.Form):
    """Every question may be left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for asked in LISTENER_QUESTIONS:
            self.fields[asked.key] = forms.ChoiceField(
                label=asked.question, choices=asked.answers, widget=forms.RadioSelect, required=False
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
        code = group_letters(letters)
        self.participant = Participant.objects.filter(survey=self.survey, withdrawal_code=code).first()
        if self.participant is None:
            raise forms.ValidationError(
                "Nothing is kept under this code in this survey. Compare it letter by letter, or it has been used "
                "already: then everything is deleted.",
                code="unknown",
            )
        return code
