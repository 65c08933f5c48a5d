"""What a researcher may ask for."""

from collections.abc import Mapping

from django import forms
from django.db.models import Count, Q
from django.utils.html import format_html

from generation.forms.arrangement import ArrangementForm
from generation.models import Source
from studies.models import Study
from surveys.exclusion_rules import rules_of
from surveys.survey_templates import RECIPES


def _numbers(most: int) -> list[tuple[int, str]]:
    return [(number, "none" if number == 0 else str(number)) for number in range(most + 1)]


def described(name: str, description: str) -> str:
    """A choice with what speaks for it."""
    return format_html("<b>{}</b> <span>{}</span>", name, description)


class SourceChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, source: Source) -> str:
        clips = f"{source.usable_clips} clip{'' if source.usable_clips == 1 else 's'}"
        return described(source.name, f"{source.get_origin_display()}, {clips}")


class NewSurveyForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        help_text="Participants see it, and it becomes part of the address: let it say nothing about the models.",
    )
    template = forms.ChoiceField(widget=forms.RadioSelect, initial="recommended")
    sources = SourceChoiceField(
        label="Models",
        queryset=Source.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one model."},
        help_text="All clips that are rendered are taken; the survey keeps these even if more are made later.",
    )
    clips_per_participant = forms.IntegerField(
        required=False,
        min_value=1,
        help_text="Every participant hears as many of each model as of any other. Empty: all clips.",
    )
    pairs_per_participant = forms.IntegerField(
        required=False,
        min_value=1,
        help_text="Any two models meet equally often. Empty: some twelve pairs.",
    )
    ties = forms.BooleanField(required=False, initial=True, label="“No difference” may be said")
    asks_confidence = forms.BooleanField(required=False, label="Ask how sure one is of the verdict")
    asks_background = forms.BooleanField(
        required=False, label="Ask listeners about their musical training and what they listen on"
    )
    practice = forms.TypedChoiceField(
        label="To practise",
        choices=_numbers(3),
        coerce=int,
        required=False,
        empty_value=0,
        help_text="Trials before the real ones, with clips that do not count. They are never analysed.",
    )
    checks = forms.TypedChoiceField(
        label="Attention checks",
        choices=_numbers(2),
        coerce=int,
        required=False,
        empty_value=0,
        help_text="Trials that say which answer to choose. Who chooses another is flagged.",
    )
    repeats = forms.TypedChoiceField(
        choices=_numbers(2),
        coerce=int,
        required=False,
        empty_value=0,
        help_text="Trials heard again towards the end, unannounced: they show how steady answers are.",
    )

    def __init__(self, *args, study: Study, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study
        self.fields["template"].choices = [(name, described(name, recipe.summary)) for name, recipe in RECIPES.items()]
        usable = Count("clips", filter=Q(clips__rendered__isnull=False, clips__retired=False))
        sources = study.sources.annotate(usable_clips=usable).filter(usable_clips__gt=0)
        self.fields["sources"].queryset = sources
        self.fields["sources"].initial = sources


class RehearsalForm(forms.Form):
    listeners = forms.IntegerField(label="Robots", min_value=1, max_value=1000, initial=30)
    seed = forms.IntegerField(min_value=0, initial=1, help_text="Another seed, other robots.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class PolicyForm(ArrangementForm):
    """One policy for all clips of a survey."""

    instrument = forms.ChoiceField(label="Instruments", choices=[("piano", "all piano"), ("file", "as in the file")])
    although_answered = forms.BooleanField(
        label="I know that those who come will hear other clips than those who have answered"
    )

    def __init__(self, *args, study: Study, is_answered: bool, **kwargs):
        super().__init__(*args, study=study, **kwargs)
        self.fields["seconds"].label = "Seconds of each clip"
        self.fields["seconds"].help_text = "Empty: as long as they are now."
        if not is_answered:
            del self.fields["although_answered"]

    @property
    def policy(self):
        from generation.catalogue.rearrangement import ClipSettings

        return ClipSettings(
            self.cleaned_data["arrangement"], self.cleaned_data["instrument"], self.cleaned_data["soundfont"]
        )


class RulesForm(forms.Form):
    """Who is flagged: each rule a sentence with a number in it."""

    def __init__(self, *args, values: Mapping[str, float], compares: bool, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.rules = rules_of(compares=compares)
        for rule in self.rules:
            factor, unit = (100, " %") if rule.is_share else (1, "")
            self.fields[rule.key] = forms.FloatField(
                label=rule.before,
                help_text=f"{unit} {rule.after}".strip(),
                min_value=0,
                max_value=rule.most * factor,
                initial=f"{factor * values.get(rule.key, rule.standard):g}",
            )

    def values(self) -> dict[str, float]:
        return {rule.key: self.cleaned_data[rule.key] / (100 if rule.is_share else 1) for rule in self.rules}
