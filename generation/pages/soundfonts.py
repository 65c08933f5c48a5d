"""What clips are played with: what is installed, and what people bring."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from generation import upload_staging
from generation.catalogue.errors import CatalogueError
from generation.catalogue.soundfonts import fonts_of, remove_soundfont
from generation.job_requests import send_upload
from studies.access import may_edit, study_page
from studies.models import Role


class SoundfontForm(forms.Form):
    file = forms.FileField(
        label="SF2 or SF3 file",
        error_messages={"empty": "The file is empty."},
        widget=forms.ClearableFileInput(attrs={"accept": ".sf2,.sf3"}),
        help_text="Up to 1 GB. It is played once before it is kept.",
    )
    name = forms.CharField(max_length=120, required=False, help_text="Empty: as the file.")
    licence = forms.CharField(
        max_length=200, help_text="Under which it may be used: MIT, CC0, CC BY 3.0 ... Shown wherever it is chosen."
    )
    citation = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="As it is to be cited in a paper."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


@study_page(Role.VIEWER)
def soundfonts(request, study):
    if request.method == "POST" and not may_edit(request):
        raise PermissionDenied("This needs the role editor. An owner of the study can change yours.")
    form = SoundfontForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("file")
        title = values["name"] or upload.name
        return redirect(send_upload(study, "add_soundfont", upload_staging.stage([upload]), title=title, **values))
    fonts = [(font, font.row.clips.count() if font.row else None) for font in fonts_of(study)]
    context = {"fonts": fonts, "form": form, "may_edit": may_edit(request)}
    return render(request, "generation/soundfonts.html", context)


@require_POST
@study_page(Role.EDITOR)
def remove(request, study, soundfont):
    found = get_object_or_404(study.soundfonts, slug=soundfont)
    try:
        remove_soundfont(found)
    except CatalogueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The soundfont “{found.name}” is gone.")
    return redirect("generation:soundfonts", study.slug)
