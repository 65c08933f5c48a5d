"""Forms about training runs: starting one, resuming one, composing with one, importing one."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from generation.catalogue.clips import source_named
from generation.catalogue.errors import CatalogueError
from generation.forms.arrangement import ArrangementForm
from generation.models import Clip, Corpus, Origin, Run
from generation.music.training.configuration import Preset, PresetError, Value
from generation.music.training.presets import PRESETS
from studies.models import Study

LARGEST = 2_000_000_000  # bytes of a run folder
NOTES = re.compile(r"^[\s\[]*-?\d+([\s,]+-?\d+)*[\s\]]*$")
PARTS = {"encoding": _("Encoding"), "network": _("Network"), "training": _("Training"), "sampling": _("Sampling")}


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, label_suffix="", **kwargs)


class NewRunForm(PlainForm):
    """A corpus, a name, a seed, and every value of the preset; only what differs from the preset is kept.

    Several values with commas between are a grid: a run for each.
    """

    corpus = forms.ModelChoiceField(label=_("Corpus"), queryset=Corpus.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The name of the training run."))
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**31,
        help_text=_("The same seed on the same machine gives the same network."),
    )

    def __init__(self, *args: Any, study: Study, preset: Preset, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.study, self.preset = study, preset
        self.fields["corpus"].queryset = study.corpora.all()
        self.fields["name"].initial = free_name(preset.name, study.runs.values_list("name", flat=True))
        self.explained = preset.described_values()
        for _part, values in self.explained:
            for value in values:
                self.fields[f"set-{value.key}"] = value_field(value)

    def parts(self) -> list:
        """The values of the preset with their fields, part by part, for the page."""
        return [
            (PARTS[part], [(value, self[f"set-{value.key}"]) for value in values])
            for part, values in self.explained
            if values
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        changed = {}
        for _part, known in self.explained:
            for value in known:
                typed = values.get(f"set-{value.key}", "").strip()
                if typed and typed != value.text:
                    changed[value.key] = typed
        grid = {key: split_values(typed) for key, typed in changed.items()}
        for key, choices in grid.items():
            try:
                for choice in choices:
                    self.preset.with_values({key: choice})
            except PresetError as error:
                self.add_error(f"set-{key}", str(error))
        values["values"] = changed
        values["grid"] = grid if any(len(choices) > 1 for choices in grid.values()) else {}
        return values

    @property
    def has_changed_values(self) -> bool:
        """Whether the list of values is to be open: something in it was changed, or is wrong."""
        return bool(getattr(self, "cleaned_data", {}).get("values")) or any(key[:4] == "set-" for key in self.errors)


def split_values(typed: str) -> list[str]:
    """What stands between commas, each once."""
    return list(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip())) or [typed]


def value_field(value: Value) -> forms.Field:
    about = {"aria-label": value.key, "aria-describedby": f"about-{value.key}"}
    if value.among:
        choices = [(choice, choice) for choice in value.among]
        return forms.ChoiceField(
            choices=choices, initial=value.text, required=False, widget=forms.Select(attrs=about), label=value.key
        )
    return forms.CharField(
        initial=value.text, required=False, max_length=200, widget=forms.TextInput(attrs=about), label=value.key
    )


class GoOnForm(PlainForm):
    """When a training that is resumed ends."""

    epochs = forms.IntegerField(label=_("Last epoch"), min_value=1, max_value=100_000)
    minutes = forms.FloatField(label=_("Total minutes"), required=False, min_value=0, help_text=_("0: no time limit."))
    patience = forms.IntegerField(
        label=_("Patience"),
        required=False,
        min_value=0,
        help_text=_("Stop after this number of evaluations without a lower loss. 0: never stop early."),
    )

    def __init__(self, *args: Any, run: Run, **kwargs: Any):
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

    source = forms.CharField(
        label=_("Model"), max_length=120, help_text=_("The name of the model in surveys, which compare models.")
    )
    clips = forms.IntegerField(label=_("Number of clips"), initial=6, min_value=1, max_value=200)
    temperature = forms.FloatField(
        label=_("Temperature"),
        min_value=0,
        max_value=100,
        help_text=_("Below 1: more predictable. Above 1: more surprising."),
    )
    top_p = forms.FloatField(
        label=_("Top-p"),
        min_value=0,
        max_value=1,
        help_text=_("Sample only from the most likely tokens that together have this probability. 1: all tokens."),
    )
    top_k = forms.IntegerField(
        label=_("Top-k"), min_value=0, help_text=_("Sample only from this number of most likely tokens. 0: all tokens.")
    )
    primer = forms.ChoiceField(
        label=_("Primer"), required=False, help_text=_("Music that the network continues. It is not part of the clip.")
    )
    notes = forms.CharField(
        label=_("Primer notes"),
        required=False,
        max_length=500,
        help_text=_("MIDI note numbers, each a sixteenth note long: 60, 62, 64"),
    )
    origin = forms.ChoiceField(label=_("Origin"), choices=Origin.choices)

    def __init__(self, *args: Any, study: Study, run: Run, preset: Preset, **kwargs: Any):
        self.beginning = {"seconds": default_seconds(study)}
        super().__init__(*args, study=study, **kwargs)
        self.study, self.run = study, run
        self.preset_values = {key: getattr(preset.sampling, key) for key in ("temperature", "top_p", "top_k")}
        for key, value in self.preset_values.items():
            self.fields[key].initial = value
        self.fields["primer"].choices = [
            ("", _("as in the preset")),
            ("notes", _("the notes below")),
            *(
                (f"corpus:{corpus.slug}", gettext("excerpts of %(corpus)s") % {"corpus": corpus.name})
                for corpus in study.corpora.all()
            ),
        ]
        self.fields["source"].initial = run.name
        self.fields["seconds"].help_text = _(
            "All clips of a study have the same length. A shorter clip is followed by silence."
        )
        counts = preset.network.kind in ("markov", "shuffled")
        self.fields["origin"].initial = Origin.ANCHOR if counts else Origin.AI

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("primer") == "notes":
            if not NOTES.match(values.get("notes", "")):
                self.add_error("notes", gettext("Enter MIDI note numbers, for example 60, 62, 64."))
            values["primer"] = values.get("notes", "")
        if not self.errors and not (values["arrangement"].seconds or values["arrangement"].bars):
            self.add_error("seconds", gettext("Set the length of a clip, in seconds or in bars."))
        if not self.errors:
            try:
                source_named(self.study, values["source"], origin=values["origin"], run=self.run)
            except CatalogueError as error:
                self.add_error("source", str(error))
        return values

    def sampling(self) -> dict[str, float]:
        """What differs from the preset."""
        return {
            key: self.cleaned_data[key]
            for key, preset_value in self.preset_values.items()
            if self.cleaned_data[key] != preset_value
        }


def default_seconds(study: Study) -> float:
    """As long as the clips that the study has: those of one survey are to be equal."""
    newest = Clip.objects.filter(source__study=study).rendered().order_by("-rendered").first()
    return round(newest.seconds, 1) if newest else 20


class ImportRunForm(PlainForm):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The name of the training run in this study."))
    zip = forms.FileField(
        label=_("Run folder as a zip file"),
        help_text=_("With config.json, vocabulary.json, weights.npz, places.npz and, if there is one, history.csv."),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_zip(self) -> UploadedFile:
        if self.cleaned_data["zip"].size > LARGEST:
            raise forms.ValidationError(
                gettext("The file is larger than %(largest)d GB. Leave out the checkpoint folder.")
                % {"largest": LARGEST // 10**9}
            )
        return self.cleaned_data["zip"]


def free_name(name: str, taken: Iterable[str]) -> str:
    taken, number = set(taken), 2
    free = name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
