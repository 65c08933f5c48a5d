"""The page that takes a network of Magenta's."""

from django import forms
from django.shortcuts import redirect, render

from generation import upload_staging
from generation.job_requests import send_upload
from studies.access import study_page
from studies.models import Role

LARGEST_UPLOAD = 100_000_000  # bytes; the largest official bundle has a third of that

# Where Magenta published what it trained: (what, address).
PUBLISHED = (
    ("Melody: basic", "http://download.magenta.tensorflow.org/models/basic_rnn.mag"),
    ("Melody: mono", "http://download.magenta.tensorflow.org/models/mono_rnn.mag"),
    ("Melody: lookback", "http://download.magenta.tensorflow.org/models/lookback_rnn.mag"),
    ("Melody: attention", "http://download.magenta.tensorflow.org/models/attention_rnn.mag"),
    ("Performance", "http://download.magenta.tensorflow.org/models/performance.mag"),
    ("Performance with dynamics", "http://download.magenta.tensorflow.org/models/performance_with_dynamics.mag"),
    ("Polyphony (Bach chorales)", "http://download.magenta.tensorflow.org/models/polyphony_rnn.mag"),
)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; their sizes are looked at before anything is read."""

    def clean(self, data, initial=None):
        files = [super(FilesField, self).clean(one, initial) for one in (data or [None])]
        if sum(file.size for file in files) > LARGEST_UPLOAD:
            raise forms.ValidationError(f"These are more than {LARGEST_UPLOAD // 10**6} MB; no bundle of Magenta's is.")
        return files


class BundleForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="What the run is called here.")
    files = FilesField(
        label="Bundle",
        widget=SeveralFiles,
        help_text="A .mag file or a zip; or the files of a TensorFlow checkpoint or of a magenta.js folder, together.",
        error_messages={"empty": "The file is empty."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


@study_page(Role.EDITOR)
def new_bundle(request, study):
    form = BundleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        folder, name = upload_staging.stage(form.cleaned_data["files"]), form.cleaned_data["name"]
        return redirect(send_upload(study, "import_bundle", folder, title=name, name=name))
    return render(request, "generation/new_bundle.html", {"form": form, "published": PUBLISHED})
