"""The form from which a corpus is read."""

from pathlib import PurePath

from django import forms
from django.utils.html import format_html

# As music21 names the folders of its own corpus, with what is in them.
COMPOSERS = {
    "bach": "Bach: chorales, mostly",
    "monteverdi": "Monteverdi: madrigals",
    "palestrina": "Palestrina: masses",
    "trecento": "Trecento: Italian songs of the 14th century",
    "josquin": "Josquin: masses and motets",
    "beethoven": "Beethoven: movements of quartets",
    "schumann_clara": "Clara Schumann",
    "schumann_robert": "Robert Schumann",
    "schubert": "Schubert",
    "chopin": "Chopin",
    "joplin": "Joplin",
    "essenFolksong": "Folk songs of the Essen collection: one voice",
    "airdsAirs": "Aird’s airs: one voice",
    "oneills1850": "O’Neill’s Music of Ireland: one voice",
    "ryansMammoth": "Ryan’s Mammoth Collection: one voice",
    "nottingham-dataset": "Nottingham: folk tunes, one voice",
}
LARGEST = 1_000_000_000  # bytes of a zip


def described(name: str, description: str) -> str:
    """A choice with what speaks for it."""
    return format_html("<b>{}</b> <span>{}</span>", name, description)


class NewCorpusForm(forms.Form):
    kind = forms.ChoiceField(
        label="Where the music is",
        widget=forms.RadioSelect,
        choices=[
            ("zip", described("A zip of mine", "MIDI or MusicXML files; folders inside are fine")),
            ("pop909", described("POP909", "909 Chinese pop songs as piano; some 20 MB are fetched from GitHub")),
            ("music21", described("music21’s own", "comes with the program; reading takes about a second a piece")),
            ("address", described("A web address", "of a zip or a MIDI file")),
        ],
        error_messages={"required": "Choose where the music is."},
    )
    zip = forms.FileField(label="Zip", required=False, error_messages={"empty": "The file is empty."})
    composer = forms.ChoiceField(label="Of music21’s own", choices=list(COMPOSERS.items()), required=False)
    address = forms.URLField(
        label="Web address",
        required=False,
        assume_scheme="https",
        help_text="Add #sha256=… to make sure that it is the very file you mean.",
    )
    name = forms.CharField(
        max_length=120, required=False, help_text="What the corpus is called here. Empty: as the file or collection."
    )
    songs = forms.IntegerField(
        label="Songs", required=False, min_value=1, help_text="So many are drawn by the seed. Empty: all."
    )
    seed = forms.IntegerField(initial=1, min_value=0, max_value=2**31, help_text="Another seed, other songs.")
    pedal = forms.BooleanField(
        label="Hold notes with the pedal",
        required=False,
        help_text="For recorded piano performances: notes last as long as the sustain pedal holds them.",
    )
    licence = forms.CharField(
        max_length=200, required=False, help_text="Under which the music may be used, for example CC BY 4.0."
    )

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.study = study

    def clean_zip(self):
        file = self.cleaned_data["zip"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(f"The file has more than {LARGEST // 10**9} GB; send a part of it.")
        return file

    def clean_address(self):
        address = self.cleaned_data["address"]
        if address and not address.startswith(("http://", "https://")):
            raise forms.ValidationError("The address should begin with https://.")
        return address

    def clean(self):
        values = super().clean()
        needed = {"zip": "Choose a zip.", "address": "Write the address."}
        kind = values.get("kind", "")
        if kind in needed and kind not in self.errors and not values.get(kind):
            self.add_error(kind, needed[kind])
        values["name"] = values.get("name", "").strip() or self.default_name(values)
        if self.study.corpora.filter(name=values["name"]).exists():
            self.add_error("name", f"There is a corpus “{values['name']}” already. Choose another name.")
        return values

    def default_name(self, values: dict) -> str:
        kind = values.get("kind")
        if kind == "zip" and values.get("zip"):
            return PurePath(values["zip"].name).stem[:120]
        if kind == "address" and values.get("address"):
            return PurePath(values["address"].partition("#")[0]).stem[:120] or "From the web"
        return {"pop909": "POP909", "music21": values.get("composer", "").capitalize()}.get(kind, "")

    def origin(self) -> str:
        """As the catalogue wants it, but for a zip."""
        values = self.cleaned_data
        return {
            "pop909": "pop909",
            "music21": f"music21:{values.get('composer') or 'bach'}",
            "address": values.get("address", ""),
        }.get(values["kind"], "")
