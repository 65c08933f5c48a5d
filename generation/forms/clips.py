"""Forms from which clips are ordered: files made elsewhere, excerpts of a corpus."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from generation.forms.arrangement import ArrangementForm
from generation.models import Corpus, Origin, Source
from studies.models import Study

ABOUT = ("description", "citation", "licence", "checkpoint", "settings")
ORIGINS = {"ai": _("AI"), "human": _("humans"), "anchor": _("chance (a low anchor)")}


class SourceForm(forms.ModelForm):
    """A source that clips are for: a new one, or one that is there by its name."""

    origin = forms.ChoiceField(
        label=_("Composed by"),
        choices=list(ORIGINS.items()),
        widget=forms.RadioSelect,
        help_text=_("Participants learn this only at the end of a survey."),
    )

    class Meta:
        model = Source
        fields = ["name", "origin", *ABOUT]
        labels = {
            "name": _("Model"),
            "description": _("Description"),
            "citation": _("Citation"),
            "licence": _("Licence"),
            "checkpoint": _("Checkpoint"),
            "settings": _("Settings"),
        }
        help_texts = {
            "name": _("The name of a new model, or of one that the study already has."),
            "citation": _("How to cite the model in a paper."),
            "licence": _("The licence of the clips, for example CC BY 4.0."),
            "checkpoint": _("The weights that the model used, if it comes from elsewhere."),
            "settings": _("How the model was used: temperature, length, prompt and so on."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"list": "models", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 2}),
            "citation": forms.Textarea(attrs={"rows": 2}),
            "settings": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        namesake = self.study.sources.filter(name=values.get("name", "").strip()).first()
        if namesake and values.get("origin") and namesake.origin != values["origin"]:
            self.add_error(
                "origin",
                gettext("The model “%(model)s” already exists, and its origin is “%(origin)s”. Choose another name.")
                % {"model": namesake, "origin": Origin(namesake.origin).label},
            )
        return values

    def about(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in ABOUT}


class ExcerptForm(ArrangementForm):
    beginning = {"seconds": 20.0, "cut": "drawn"}

    corpus = forms.ModelChoiceField(Corpus.objects.none(), label=_("Corpus"), empty_label=None)
    source = forms.CharField(
        label=_("Model"), max_length=120, initial="Originals", help_text=_("The name under which the excerpts appear.")
    )
    origin = forms.ChoiceField(
        label=_("Composed by"),
        choices=[(origin, ORIGINS[origin]) for origin in ("human", "ai", "anchor")],
        initial="human",
        widget=forms.RadioSelect,
    )
    clips = forms.IntegerField(label=_("Number of clips"), initial=12, min_value=1, max_value=500)

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, study=study, **kwargs)
        self.fields["corpus"].queryset = study.corpora.all()

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not (values["arrangement"].seconds or values["arrangement"].bars):
            self.add_error("seconds", gettext("Set the length of a clip, in seconds or in bars."))
        return values
