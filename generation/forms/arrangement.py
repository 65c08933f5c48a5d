"""The fields for how clips are arranged and played, made from `Arrangement` itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.catalogue.clips import INSTRUMENT_LABELS
from generation.catalogue.soundfonts import fonts_of
from generation.music.score.arrangement import OPTIONS, Arrangement, ArrangementError, Option
from studies.models import Study

AS_OTHERS = ("", _("same as the study’s other clips"))


class ArrangementForm(forms.Form):
    """How clips are arranged and played. Left as they are, the fields change nothing.

    A subclass says with `left_out` which options have no meaning for it, and with `beginning` what a field starts with.
    """

    left_out: tuple[str, ...] = ()
    beginning: dict[str, Any] = {}

    instrument = forms.ChoiceField(
        label=_("Instruments"), choices=[AS_OTHERS, *INSTRUMENT_LABELS.items()], required=False
    )
    soundfont = forms.ChoiceField(label=_("Soundfont"), required=False)

    def __init__(self, *args: Any, study: Study | None = None, **kwargs: Any):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.options = [option for option in OPTIONS.values() if option.name not in self.left_out]
        arranged = {option.name: arrangement_field(option, self.beginning) for option in self.options}
        played = {name: self.fields.pop(name) for name in ("instrument", "soundfont")}
        self.fields |= arranged | played
        self.fields["soundfont"].choices = soundfont_choices(study)

    @property
    def arrangement_fields(self) -> list[forms.BoundField]:
        """For a page that lists them all, whatever options there are."""
        return [self[option.name] for option in self.options] + [self["instrument"], self["soundfont"]]

    @property
    def treatment_fields(self) -> list[forms.BoundField]:
        """The same without how much is cut out, and where."""
        return [bound for bound in self.arrangement_fields if bound.name not in ("seconds", "bars", "cut", "seed")]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            given = {option.name: values.pop(option.name) for option in self.options}
            given = {name: value for name, value in given.items() if value not in (None, "")}
            if given.get("bars") and given.get("seconds") == self.beginning.get("seconds"):
                given.pop("seconds", None)  # left as it was, while a length in bars was chosen
            # A program may leave a choice out; a number that a person has emptied is meant to be empty.
            choices = {name: value for name, value in self.beginning.items() if OPTIONS[name].choices}
            try:
                values["arrangement"] = Arrangement.from_choices(given, choices)
            except ArrangementError as error:
                self.add_error(None, str(error))
        return values


def arrangement_field(option: Option, beginning: dict[str, Any]) -> forms.Field:
    initial = beginning.get(option.name, option.default)
    about = {"label": option.label, "help_text": option.help, "required": False}
    if option.choices:
        return forms.ChoiceField(choices=list(option.choices.items()), initial=initial, **about)
    number = forms.IntegerField if option.kind is int else forms.FloatField
    # A number at its default changes nothing: the field is empty then, except where the default is a value like others.
    changes = initial != option.default or option.least == 0
    return number(initial=initial if changes else None, min_value=option.least, max_value=option.most, **about)


def soundfont_choices(study: Study | None) -> list[tuple[str, str]]:
    """Those that are installed and those that people of the study uploaded, each with its licence."""
    return [AS_OTHERS, *((font.key, font.label) for font in fonts_of(study))] if study else [AS_OTHERS]
