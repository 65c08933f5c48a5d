"""Forms about runs: training one, going on with one, composing, bringing one from elsewhere."""

import re

from django import forms

from generation.catalogue.clips import source_named
from generation.catalogue.errors import CatalogueError
from generation.forms.arrangement import ArrangementForm
from generation.models import Clip, Corpus, Origin, Run
from studies.models import Study

LARGEST = 2_000_000_000  # bytes of a run folder
NOTES = re.compile(r"^[\s\[]*-?\d+([\s,]+-?\d+)*[\s\]]*$")
PARTS = {"encoding": "Notes as tokens", "network": "Network", "training": "Training", "sampling": "Composing"}


class PlainForm(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class NewRunForm(PlainForm):
    """A corpus, a name, a seed, and every value of the preset; only what differs from the preset is kept.

    Several values with commas between are a grid: a run for each.
    """

    corpus = forms.ModelChoiceField(queryset=Corpus.objects.none(), empty_label=None)
    name = forms.CharField(max_length=120, help_text="What the run is called.")
    seed = forms.IntegerField(
        initial=1, min_value=0, max_value=2**31, help_text="The same seed on the same machine learns the same."
    )

    def __init__(self, *args, study: Study, preset, **kwargs):
        super().__init__(*args, **kwargs)
        self.study, self.preset = study, preset
        self.fields["corpus"].queryset = study.corpora.all()
        self.fields["name"].initial = free_name(preset.name, study.runs.values_list("name", flat=True))
        self.explained = preset.explained()
        for _, values in self.explained:
            for value in values:
                self.fields[f"set-{value.key}"] = value_field(value)

    def parts(self) -> list:
        """The values of the preset with their fields, part by part, for the page."""
        return [
            (PARTS[part], [(value, self[f"set-{value.key}"]) for value in values])
            for part, values in self.explained
            if values
        ]

    def clean(self):
        from generation.music.training.configuration import PresetError

        values = super().clean()
        changed = {}
        for _, known in self.explained:
            for value in known:
                typed = values.get(f"set-{value.key}", "").strip()
                if typed and typed != value.typed:
                    changed[value.key] = typed
        grid = {key: listed(typed) for key, typed in changed.items()}
        for key, several in grid.items():
            try:
                for one in several:
                    self.preset.with_values({key: one})
            except PresetError as error:
                self.add_error(f"set-{key}", str(error))
        values["values"] = changed
        values["grid"] = grid if any(len(several) > 1 for several in grid.values()) else {}
        return values

    @property
    def has_changed_values(self) -> bool:
        """Whether the list of values is to be open: something in it was changed, or is wrong."""
        return bool(getattr(self, "cleaned_data", {}).get("values")) or any(key[:4] == "set-" for key in self.errors)


def listed(typed: str) -> list[str]:
    """What stands between commas, each once."""
    return list(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip())) or [typed]


def value_field(value) -> forms.Field:
    about = {"aria-label": value.key, "aria-describedby": f"about-{value.key}"}
    if value.among:
        choices = [(choice, choice) for choice in value.among]
        return forms.ChoiceField(
            choices=choices, initial=value.typed, required=False, widget=forms.Select(attrs=about), label=value.key
        )
    return forms.CharField(
        initial=value.typed, required=False, max_length=200, widget=forms.TextInput(attrs=about), label=value.key
    )


class GoOnForm(PlainForm):
    """To which end a training goes on."""

    epochs = forms.IntegerField(label="to epoch", min_value=1, max_value=100_000)
    minutes = forms.FloatField(label="for minutes in all", required=False, min_value=0, help_text="0: no limit")
    patience = forms.IntegerField(
        label="with a patience of",
        required=False,
        min_value=0,
        help_text="evaluations without a better loss; 0: no end",
    )

    def __init__(self, *args, run: Run, **kwargs):
        from generation.music.training.presets import PRESETS

        super().__init__(*args, **kwargs)
        values = PRESETS[run.preset].with_values(run.settings).values()
        for key in list(self.fields):
            self.fields[key].initial = values[key]
            if not values[key]:  # it sets no end
                del self.fields[key]

    def changed(self) -> dict[str, str]:
        return {
            key: f"{self.cleaned_data[key]:g}"
            for key in self.fields
            if self.cleaned_data[key] not in (None, self.fields[key].initial)
        }


class ComposeForm(ArrangementForm):
    left_out = ("cut",)  # what is composed begins at its beginning

    source = forms.CharField(label="Model", max_length=120, help_text="The clips belong to it; surveys compare models.")
    clips = forms.IntegerField(initial=6, min_value=1, max_value=200)
    temperature = forms.FloatField(min_value=0, max_value=100, help_text="Below 1 plays safe, above 1 dares.")
    top_p = forms.FloatField(
        label="Top-p", min_value=0, max_value=1, help_text="Only the likeliest that have this share together; 1: all."
    )
    top_k = forms.IntegerField(label="Top-k", min_value=0, help_text="Only so many; 0: all.")
    primer = forms.ChoiceField(label="Begin with", required=False, help_text="What is continued; it is not heard.")
    notes = forms.CharField(
        label="Notes to continue",
        required=False,
        max_length=500,
        help_text="MIDI numbers, a sixteenth each: 60, 62, 64",
    )
    origin = forms.ChoiceField(label="In truth", choices=Origin.choices)

    def __init__(self, *args, study: Study, run: Run, preset, **kwargs):
        self.beginning = {"seconds": default_seconds(study)}
        super().__init__(*args, study=study, **kwargs)
        self.study, self.run = study, run
        self.usual = {key: getattr(preset.sampling, key) for key in ("temperature", "top_p", "top_k")}
        for key, value in self.usual.items():
            self.fields[key].initial = value
        self.fields["primer"].choices = [
            ("", "what the preset says"),
            ("notes", "the notes below"),
            *((f"corpus:{corpus.slug}", f"places of {corpus.name}") for corpus in study.corpora.all()),
        ]
        self.fields["source"].initial = run.name
        self.fields["seconds"].help_text = "As long as the study’s other clips: shorter music is followed by silence."
        counts = preset.network.kind in ("markov", "shuffled")
        self.fields["origin"].initial = Origin.ANCHOR if counts else Origin.AI

    def clean(self):
        values = super().clean()
        if values.get("primer") == "notes":
            if not NOTES.match(values.get("notes", "")):
                self.add_error("notes", "Write MIDI numbers, for example 60, 62, 64.")
            values["primer"] = values.get("notes", "")
        if not self.errors and not (values["arrangement"].seconds or values["arrangement"].bars):
            self.add_error("seconds", "Set the length of a clip, in seconds or in bars.")
        if not self.errors:
            try:
                source_named(self.study, values["source"], origin=values["origin"], run=self.run)
            except CatalogueError as error:
                self.add_error("source", str(error))
        return values

    def sampling(self) -> dict[str, float]:
        """What differs from the preset."""
        return {key: self.cleaned_data[key] for key, usual in self.usual.items() if self.cleaned_data[key] != usual}


def default_seconds(study: Study) -> float:
    """As long as the clips that the study has: those of one survey are to be equal."""
    newest = Clip.objects.filter(source__study=study).rendered().order_by("-rendered").first()
    return round(newest.seconds, 1) if newest else 20


class ImportRunForm(PlainForm):
    name = forms.CharField(max_length=120, help_text="What the run is called here.")
    zip = forms.FileField(
        label="Run folder, as a zip",
        help_text="config.json, vocabulary.json, weights.npz, places.npz, and if there is one history.csv.",
        error_messages={"empty": "The file is empty."},
    )

    def clean_zip(self):
        if self.cleaned_data["zip"].size > LARGEST:
            raise forms.ValidationError(f"The file has more than {LARGEST // 10**9} GB; leave the checkpoint out.")
        return self.cleaned_data["zip"]


def free_name(name: str, taken) -> str:
    taken, number = set(taken), 2
    free = name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
