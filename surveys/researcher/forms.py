"""The forms of the researcher's pages about surveys."""

from collections.abc import Mapping

from django import forms
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from generation.catalogue.clip_settings import ClipSettings
from generation.forms.arrangement import ArrangementForm
from generation.models import Source
from studies.models import Study
from surveys.exclusion_rules import rules_of
from surveys.survey_templates import SURVEY_TEMPLATES


def _count_field(label: Promise, *, most: int, help_text: Promise) -> forms.TypedChoiceField:
    """None, or up to `most`."""
    choices = [(0, _("none")), *((number, str(number)) for number in range(1, most + 1))]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, required=False, empty_value=0, help_text=help_text
    )


def choice_label(name: str, description: str | Promise) -> str:
    """The label of a radio button or checkbox: the name in bold, then a description."""
    return format_html("<b>{}</b> <span>{}</span>", name, description)


class SourceChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, source: Source) -> str:
        clips = ngettext("%(number)d clip", "%(number)d clips", source.usable_clips) % {"number": source.usable_clips}
        return choice_label(source.name, f"{source.get_origin_display()}, {clips}")


class NewSurveyForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        label=_("Name"),
        help_text=_("Participants see the name, and it becomes part of the address. Do not mention the models in it."),
    )
    template = forms.ChoiceField(label=_("Template"), widget=forms.RadioSelect, initial="recommended")
    sources = SourceChoiceField(
        label=_("Models"),
        queryset=Source.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one model.")},
        help_text=_("The survey uses all rendered clips of these models. Clips that you add later are not included."),
    )
    clips_per_participant = forms.IntegerField(
        required=False,
        min_value=1,
        label=_("Clips per participant"),
        help_text=_("Each participant hears equally many clips of every model. Leave empty for all clips."),
    )
    pairs_per_participant = forms.IntegerField(
        required=False,
        min_value=1,
        label=_("Pairs per participant"),
        help_text=_("Any two models are compared equally often. Leave empty for about 12 pairs."),
    )
    ties = forms.BooleanField(required=False, initial=True, label=_("Offer “No difference” as an answer"))
    asks_confidence = forms.BooleanField(required=False, label=_("Ask how sure listeners are of their verdict"))
    asks_background = forms.BooleanField(
        required=False, label=_("Ask listeners about their musical training and what they listen on")
    )
    practice = _count_field(
        _("Practice trials"),
        most=3,
        help_text=_("Trials before the real ones, with clips that do not count. They are never analysed."),
    )
    checks = _count_field(
        _("Attention checks"),
        most=2,
        help_text=_("Trials that say which answer to choose. Participants who choose another are flagged."),
    )
    repeats = _count_field(
        _("Repeated trials"),
        most=2,
        help_text=_("Trials that come again, unannounced, near the end. They show how consistent the answers are."),
    )

    def __init__(self, *args, study: Study, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study
        self.fields["template"].choices = [
            (name, choice_label(name, template.summary)) for name, template in SURVEY_TEMPLATES.items()
        ]
        usable = Count("clips", filter=Q(clips__rendered__isnull=False, clips__retired=False))
        sources = study.sources.annotate(usable_clips=usable).filter(usable_clips__gt=0)
        self.fields["sources"].queryset = sources
        self.fields["sources"].initial = sources


class RehearsalForm(forms.Form):
    listeners = forms.IntegerField(label=_("Simulated participants"), min_value=1, max_value=1000, initial=30)
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, initial=1, help_text=_("A different seed gives different answers.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class ClipSettingsForm(ArrangementForm):
    """The same settings for all clips of a survey."""

    instrument = forms.ChoiceField(
        label=_("Instruments"), choices=[("piano", _("all piano")), ("file", _("as in the file"))]
    )
    although_answered = forms.BooleanField(
        label=_("I understand that new participants will hear other clips than those who have answered")
    )

    def __init__(self, *args, study: Study, is_answered: bool, **kwargs):
        super().__init__(*args, study=study, **kwargs)
        self.fields["seconds"].label = _("Length of each clip in seconds")
        self.fields["seconds"].help_text = _("Leave empty to keep the present length.")
        if not is_answered:
            del self.fields["although_answered"]

    @property
    def policy(self):
        return ClipSettings(
            self.cleaned_data["arrangement"], self.cleaned_data["instrument"], self.cleaned_data["soundfont"]
        )


class RulesForm(forms.Form):
    """Who is flagged: each rule is a sentence with a number in it."""

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
