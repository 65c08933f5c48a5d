"""The forms that participants fill in."""

import hashlib
import json
from collections.abc import Mapping

from django import forms
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from surveys.codes import WITHDRAWAL_ALPHABET, group_letters
from surveys.listener_questions import LISTENER_QUESTIONS
from surveys.models import CONFIDENCE, Answer, Aspect, Participant, Preference, Survey, Trial, Verdict
from surveys.participation import listening


class TrialForm(forms.Form):
    """The questions of one trial, and how much of its clips was heard. Subclasses know the questions."""

    heard = forms.CharField(required=False, widget=forms.HiddenInput)
    single = _("the clip")  # what must be listened to

    def __init__(self, *args, trial: Trial, aspects: list[Aspect], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.trial, self.aspects, self.survey = trial, aspects, trial.participant.survey
        if self.is_check:
            del self.fields["familiar"]
        self.fields |= self.question_fields()

    @property
    def is_check(self) -> bool:
        return self.trial.kind == Trial.Kind.CHECK

    def question_fields(self) -> dict[str, forms.Field]:
        """The fields of the questions, in the participant's order."""
        raise NotImplementedError

    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.question_names]

    @property
    def question_names(self) -> list[str]:
        return [name for name in self.fields if not name.startswith("heard") and name != "familiar"]

    def instruction(self) -> str:
        """What an attention check asks for; empty for other trials."""
        return ""

    def render_questions(self, *, next: str) -> str:
        """The questions as HTML, with the label of the button that leads on.

        Before anything is chosen, they are the same for everyone with the same questions in the same order. Django
        takes 5 ms to render the radio buttons, two thirds of the time of the page, so the result is cached.
        """
        context = {"form": self, "next": next}
        if self.is_bound:
            return render_to_string("surveys/questions.html", context)
        fields = [
            [name, str(field.label), [str(choice) for choice in getattr(field, "choices", [])]]
            for name, field in self.fields.items()
        ]
        content = json.dumps([get_language(), fields, self.instruction(), next])
        key = f"questions-{hashlib.sha256(content.encode()).hexdigest()}"
        return cache.get_or_set(key, lambda: render_to_string("surveys/questions.html", context))

    def gaps(self) -> list[forms.BoundField]:
        """Questions without an answer."""
        return [question for question in self.questions() if question.errors]

    def clean(self):
        cleaned = super().clean()
        elapsed, sides = self.trial.seconds_elapsed(), self.trial.sides
        lengths = [side.clip.seconds or 0.0 for side in sides]
        self.stretches = [listening.read_stretches(cleaned.get(side.field, "")) for side in sides]
        if None in self.stretches:
            # Without JavaScript there is no report. The time since the sound was sent counts; the share stays unknown.
            self.seconds_heard = [None] * len(sides)
            enough = listening.is_enough(elapsed, length=sum(lengths), share=self.survey.share_to_hear)
        else:
            self.seconds_heard = [
                listening.seconds_heard(stretches, length=length, elapsed=elapsed)
                for stretches, length in zip(self.stretches, lengths, strict=True)
            ]
            enough = all(
                listening.is_enough(heard, length=length, share=self.survey.share_to_hear)
                for heard, length in zip(self.seconds_heard, lengths, strict=True)
            )
        self.heard_enough = enough
        if not enough:
            message = gettext("Listen to %(clips)s first.") % {"clips": self.single}
            self.add_error(None, forms.ValidationError(message, code="hasty"))
        return cleaned

    def save(self) -> Answer:
        heard = {side.field: stretches or [] for side, stretches in zip(self.trial.sides, self.stretches, strict=True)}
        seconds = {f"seconds_{side.field}": s for side, s in zip(self.trial.sides, self.seconds_heard, strict=True)}
        return self.trial.record(**heard, **seconds, **self.answer_values())

    def answer_values(self) -> dict:
        """The answers as arguments of `Trial.record`."""
        raise NotImplementedError


class AnswerForm(TrialForm):
    """Ratings of one clip, the verdict, and how sure the listener is of it."""

    familiar = forms.BooleanField(required=False, label=_("I know this piece"))

    def question_fields(self) -> dict[str, forms.Field]:
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
            return gettext("choose %(answer)s for every question") % {"answer": self.trial.asked_for}
        return gettext("choose “%(answer)s”") % {"answer": dict(self.fields["verdict"].choices)[self.trial.asked_for]}

    def answer_values(self) -> dict:
        ratings = {aspect: self.cleaned_data[field_name(aspect)] for aspect in self.aspects}
        return {
            "ratings": ratings,
            "verdict": self.cleaned_data.get("verdict", ""),
            "confidence": self.cleaned_data.get("confidence"),
            "familiar": self.cleaned_data.get("familiar"),
        }


class PairForm(TrialForm):
    """Which of the two clips, by each aspect."""

    heard_b = forms.CharField(required=False, widget=forms.HiddenInput)
    familiar = forms.BooleanField(required=False, label=_("I know one of these pieces"))
    single = _("both clips")

    def question_fields(self) -> dict[str, forms.Field]:
        return {field_name(aspect): choice_field(aspect, ties=self.survey.ties) for aspect in self.aspects}

    def instruction(self) -> str:
        if not self.is_check:
            return ""
        answer = {"answer": Preference(self.trial.asked_for).label}
        if len(self.aspects) > 1:
            return gettext("choose “%(answer)s” for every question") % answer
        return gettext("choose “%(answer)s”") % answer

    def answer_values(self) -> dict:
        choices = {aspect: self.cleaned_data[field_name(aspect)] for aspect in self.aspects}
        return {"choices": choices, "familiar": self.cleaned_data.get("familiar")}


def form_class(trial: Trial) -> type[TrialForm]:
    return PairForm if trial.participant.survey.compares else AnswerForm


def field_name(aspect: Aspect) -> str:
    """The name of the aspect's field: the prefix separates an aspect called "verdict" from the verdict."""
    return f"rating_{aspect.key}"


def rating_field(aspect: Aspect) -> forms.TypedChoiceField:
    """Radio buttons from 1 to the top of the scale; the ends have words."""
    words = {1: aspect.low, aspect.points: aspect.high}
    return scale_field(aspect.question, words, aspect.points)


def confidence_field() -> forms.TypedChoiceField:
    ends = {value: CONFIDENCE[value] for value in (min(CONFIDENCE), max(CONFIDENCE))}
    return scale_field(_("How sure are you of that?"), ends, len(CONFIDENCE))


def scale_field(question: str | Promise, words: Mapping[int, str | Promise], points: int) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=question,
        coerce=int,
        choices=[
            (value, format_html("<b>{}</b> <span>{}</span>", value, words[value]) if value in words else value)
            for value in range(1, points + 1)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext("Choose a number for “%(question)s”") % {"question": question}},
    )


def choice_field(aspect: Aspect, *, ties: bool) -> forms.ChoiceField:
    """A on the left, B on the right, "No difference" between them."""
    offered = [Preference.A, *([Preference.TIE] if ties else []), Preference.B]
    return forms.ChoiceField(
        label=aspect.question,
        choices=[(value.value, value.label) for value in offered],
        widget=forms.RadioSelect,
        error_messages={"required": _missing_answer(aspect.question)},
    )


def verdict_field(survey: Survey) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=survey.verdict_question,
        choices=[(Verdict.AI.value, survey.verdict_ai), (Verdict.HUMAN.value, survey.verdict_human)],
        widget=forms.RadioSelect,
        error_messages={"required": _missing_answer(survey.verdict_question)},
    )


def _missing_answer(question: str) -> str:
    return gettext("Choose an answer to “%(question)s”") % {"question": question}


class ListenerQuestionsForm(forms.Form):
    """Every question can be skipped."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for question in LISTENER_QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=question.question, choices=question.answers, widget=forms.RadioSelect, required=False
            )


class WithdrawalForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        help_text=_("The 12 letters and digits that you saw at the end, for example ABCD-EFGH-2345."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        max_length=40,
        error_messages={"required": _("Enter the code that you saw at the end.")},
    )

    def __init__(self, *args, survey: Survey, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.survey = survey

    def clean_code(self) -> str:
        """In the stored form, however it was typed."""
        letters = "".join(letter for letter in self.cleaned_data["code"].upper() if letter in WITHDRAWAL_ALPHABET)
        code = group_letters(letters)
        self.participant = Participant.objects.filter(survey=self.survey, withdrawal_code=code).first()
        if self.participant is None:
            raise forms.ValidationError(
                _(
                    "This survey has no answers with this code. Check each letter. If you have used the code before, "
                    "your answers are already deleted."
                ),
                code="unknown",
            )
        return code
