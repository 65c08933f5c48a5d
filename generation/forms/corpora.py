"""The form from which a corpus is read."""

from functools import partial
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studies.models import Study

# As music21 names the folders of its own corpus, with what is in them.
COMPOSERS = {
    "bach": _("Bach: mostly chorales"),
    "monteverdi": _("Monteverdi: madrigals"),
    "palestrina": _("Palestrina: masses"),
    "trecento": _("Trecento: Italian songs of the 14th century"),
    "josquin": _("Josquin: masses and motets"),
    "beethoven": _("Beethoven: quartet movements"),
    "schumann_clara": "Clara Schumann",
    "schumann_robert": "Robert Schumann",
    "schubert": "Schubert",
    "chopin": "Chopin",
    "joplin": "Joplin",
    "essenFolksong": _("Essen folk song collection: one voice"),
    "airdsAirs": _("Aird’s airs: one voice"),
    "oneills1850": _("O’Neill’s Music of Ireland: one voice"),
    "ryansMammoth": _("Ryan’s Mammoth Collection: one voice"),
    "nottingham-dataset": _("Nottingham: folk tunes, one voice"),
}
LARGEST = 1_000_000_000  # bytes of a zip


# A choice with an explanation; put together when it is shown, so that both can be translated.
explained = partial(lazy(format_html, str), "<b>{}</b> <span>{}</span>")


class NewCorpusForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Source of the music"),
        widget=forms.RadioSelect,
        choices=[
            ("zip", explained(_("My own zip file"), _("MIDI or MusicXML files, in folders or not"))),
            ("pop909", explained("POP909", _("909 Chinese pop songs for piano; downloads about 20 MB from GitHub"))),
            ("music21", explained("music21", _("already installed; reading takes about a second per piece"))),
            ("address", explained(_("Web address"), _("of a zip or MIDI file"))),
        ],
        error_messages={"required": _("Choose where the music comes from.")},
    )
    zip = forms.FileField(label=_("Zip file"), required=False, error_messages={"empty": _("The file is empty.")})
    composer = forms.ChoiceField(label=_("music21 collection"), choices=list(COMPOSERS.items()), required=False)
    address = forms.URLField(
        label=_("Web address"),
        required=False,
        assume_scheme="https",
        help_text=_("Add #sha256=… to the end to check that the downloaded file is the one you expect."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Leave empty to use the name of the file or collection."),
    )
    songs = forms.IntegerField(
        label=_("Number of songs"),
        required=False,
        min_value=1,
        help_text=_("A random selection of this size. Leave empty to use all songs."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=1,
        min_value=0,
        max_value=2**31,
        help_text=_("The same seed selects the same songs."),
    )
    pedal = forms.BooleanField(
        label=_("Apply the sustain pedal"),
        required=False,
        help_text=_("For recorded piano performances: notes last for as long as the pedal holds them."),
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=200,
        required=False,
        help_text=_("The licence of the music, for example CC BY 4.0."),
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study

    def clean_zip(self) -> UploadedFile | None:
        file = self.cleaned_data["zip"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(
                gettext("The file is larger than %(largest)d GB. Upload a smaller one.") % {"largest": LARGEST // 10**9}
            )
        return file

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        if address and not address.startswith(("http://", "https://")):
            raise forms.ValidationError(gettext("Enter an address that starts with https://."))
        return address

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        needed = {"zip": gettext("Choose a zip file."), "address": gettext("Enter the web address.")}
        kind = values.get("kind", "")
        if kind in needed and kind not in self.errors and not values.get(kind):
            self.add_error(kind, needed[kind])
        values["name"] = values.get("name", "").strip() or self.default_name(values)
        if self.study.corpora.filter(name=values["name"]).exists():
            self.add_error(
                "name",
                gettext("There is already a corpus “%(name)s”. Choose another name.") % {"name": values["name"]},
            )
        return values

    def default_name(self, values: dict) -> str:
        kind = values.get("kind")
        if kind == "zip" and values.get("zip"):
            return PurePath(values["zip"].name).stem[:120]
        if kind == "address" and values.get("address"):
            return PurePath(values["address"].partition("#")[0]).stem[:120] or gettext("From the web")
        return {"pop909": "POP909", "music21": values.get("composer", "").capitalize()}.get(kind, "")

    def origin(self) -> str:
        """As the catalogue wants it, but for a zip."""
        values = self.cleaned_data
        return {
            "pop909": "pop909",
            "music21": f"music21:{values.get('composer') or 'bach'}",
            "address": values.get("address", ""),
        }.get(values["kind"], "")
