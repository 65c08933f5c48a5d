"""Run folders that come and go: imported as a zip, downloaded as one."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from generation import upload_staging
from generation.downloads import run_folder_attachment
from generation.forms.runs import ImportRunForm
from generation.job_requests import send_upload
from studies.access import study_page
from studies.models import Role


@study_page(Role.EDITOR)
def import_run(request, study):
    form = ImportRunForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        folder, name = upload_staging.stage([form.cleaned_data["zip"]]), form.cleaned_data["name"]
        return redirect(send_upload(study, "import_run", folder, title=name, name=name))
    return render(request, "generation/import_run.html", {"form": form})


@require_safe
@study_page(Role.VIEWER)
def folder(request, study, run):
    """The folder as a zip, to compose from or to go on with elsewhere."""
    return run_folder_attachment(get_object_or_404(study.runs, slug=run))
