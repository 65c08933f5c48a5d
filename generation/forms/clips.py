"""Forms from which clips are ordered: files made elsewhere, excerpts of a corpus."""

from django import forms

from generation.forms.arrangement import ArrangementForm
from generation.models import Corpus, Origin, Source

ABOUT = ("description", "citation", "licence", "checkpoint", "settings")


class SourceForm(forms.ModelForm):
    """A source that clips are for: a new one, or one that is there by its name."""

    origin = forms.ChoiceField(
        label="In truth, made by",
        choices=[("ai", "AI"), ("human", "humans"), ("anchor", "chance: a low anchor")],
        widget=forms.RadioSelect,
        help_text="Participants learn it at the end, not before.",
    )

    class Meta:
        model = Source
        fields = ["name", "origin", *ABOUT]
        labels = {"name": "Model"}
        help_texts = {
            "name": "A new name, or that of a model which is here already.",
            "citation": "As it is to be cited in a paper.",
        }
        widgets = {
            "name": forms.TextInput(attrs={"list": "models", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 2}),
            "citation": forms.Textarea(attrs={"rows": 2}),
            "settings": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study

    def clean(self):
        values = super().clean()
        there = self.study.sources.filter(name=values.get("name", "").strip()).first()
        if there and values.get("origin") and there.origin != values["origin"]:
            self.add_error(
                "origin",
                f"“{there}” is here already and is {Origin(there.origin).label}. Choose that, or another name.",
            )
        return values

    def about(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in ABOUT}


class ExcerptForm(ArrangementForm):
    beginning = {"seconds": 20.0, "cut": "drawn"}

    corpus = forms.ModelChoiceField(Corpus.objects.none(), empty_label=None)
    source = forms.CharField(
        label="Model", max_length=120, initial="Originals", help_text="What the originals are called."
    )
    origin = forms.ChoiceField(
        label="In truth, made by",
        choices=[("human", "humans"), ("ai", "AI"), ("anchor", "chance: a low anchor")],
        initial="human",
        widget=forms.RadioSelect,
    )
    clips = forms.IntegerField(label="Clips", initial=12, min_value=1, max_value=500)

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, study=study, **kwargs)
        self.fields["corpus"].queryset = study.corpora.all()

    def clean(self):
        values = super().clean()
        if not self.errors and not (values["arrangement"].seconds or values["arrangement"].bars):
            self.add_error("seconds", "Set the length of a clip, in seconds or in bars.")
        return values
