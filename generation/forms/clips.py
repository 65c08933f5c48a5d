"""Forms from which clips are ordered: files made elsewhere, excerpts of a corpus."""

from django import forms

from generation.models import Corpus, Origin, Source
from generation.music.score.arrangement import Making, MakingError
from studies.models import Study

ABOUT = ("description", "citation", "licence", "checkpoint", "settings")


class MakingForm(forms.Form):
    """What becomes of the notes of a file: the fields of `Making`. Left as they are, nothing does."""

    seconds = forms.FloatField(
        label="Seconds of each file",
        required=False,
        min_value=1,
        max_value=600,
        help_text="Empty: from the beginning, as long as the clips of the study are.",
    )
    bars = forms.IntegerField(label="or bars", required=False, min_value=1, max_value=200)
    cut = forms.ChoiceField(
        label="Cut out",
        choices=[
            ("start", "the beginning"),
            ("drawn", "from a bar drawn by seed"),
            ("densest", "where most notes are"),
        ],
        initial="start",
    )
    seed = forms.IntegerField(label="Seed", initial=1, min_value=0)
    texture = forms.ChoiceField(
        label="Voices", choices=[("file", "as in the file"), ("melody", "the melody only")], initial="file"
    )
    tempo = forms.FloatField(
        label="Tempo",
        required=False,
        min_value=20,
        max_value=300,
        help_text="Quarter notes a minute. Empty: as in the file.",
    )
    dynamics = forms.ChoiceField(
        label="Dynamics", choices=[("file", "as in the file"), ("flat", "every note equally loud")], initial="file"
    )
    instrument = forms.ChoiceField(
        label="Instruments",
        choices=[("", "as the study’s other clips"), ("piano", "all piano"), ("file", "as in the file")],
        required=False,
    )

    soundfont = forms.ChoiceField(
        label="Soundfont", required=False, help_text="Its licence stands in brackets; a clip’s page names it too."
    )

    def __init__(self, *args, study: Study | None = None, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["soundfont"].choices = soundfont_choices(study)

    def clean(self):
        values = super().clean()
        if not self.errors:
            try:
                self.making = Making(
                    **{key: values[key] or 0 for key in ("seconds", "bars", "tempo", "seed")},
                    **{key: values[key] for key in ("cut", "texture", "dynamics")},
                )
            except MakingError as error:
                self.add_error(None, str(error))
        return values


def soundfont_choices(study: Study | None) -> list[tuple[str, str]]:
    """Those that are installed and those that the study brought, each with its licence."""
    from generation.catalogue.soundfonts import fonts_of

    as_others = ("", "as the study’s other clips")
    return [as_others, *((font.key, font.described) for font in fonts_of(study))] if study else [as_others]


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


class ExcerptForm(forms.Form):
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
    seconds = forms.FloatField(label="Seconds of each", initial=20, min_value=1, max_value=600, required=False)
    bars = forms.IntegerField(
        label="or bars", required=False, min_value=1, max_value=200, help_text="In place of the seconds."
    )
    cut = forms.ChoiceField(
        label="Cut out",
        choices=[
            ("drawn", "from a bar drawn by seed"),
            ("start", "the beginning of pieces"),
            ("densest", "where most notes are"),
        ],
        initial="drawn",
        required=False,
    )
    seed = forms.IntegerField(
        label="Seed", initial=1, min_value=0, help_text="Same seed, same excerpts. Another seed draws others."
    )
    melody_only = forms.BooleanField(
        label="The melody only", required=False, help_text="To stand beside networks that know one voice."
    )

    tempo = forms.FloatField(
        label="Tempo",
        required=False,
        min_value=20,
        max_value=300,
        help_text="Quarter notes a minute. Empty: as in the corpus.",
    )
    dynamics = forms.ChoiceField(
        label="Dynamics", choices=[("file", "as in the corpus"), ("flat", "every note equally loud")], initial="file"
    )
    instrument = forms.ChoiceField(
        label="Instruments",
        choices=[("", "as the study’s other clips"), ("piano", "all piano"), ("file", "as in the corpus")],
        required=False,
    )
    soundfont = forms.ChoiceField(label="Soundfont", required=False)

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["corpus"].queryset = study.corpora.all()
        self.fields["soundfont"].choices = soundfont_choices(study)

    def clean(self):
        values = super().clean()
        if not self.errors and not (values["seconds"] or values["bars"]):
            self.add_error("seconds", "Say how long a clip is, in seconds or bars.")
        return values

    def ordered(self) -> dict:
        """As `catalogue.excerpt` wants it, what is empty left out."""
        return {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
