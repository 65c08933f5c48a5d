"""Run folders that come and go: imported as a zip, downloaded as one."""

import tempfile

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from generation import upload_staging
from generation.forms.runs import ImportRunForm
from generation.job_requests import send_upload
from generation.models import Run
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
    return zipped(get_object_or_404(study.runs, slug=run))


def zipped(run: Run) -> FileResponse:
    from generation.catalogue.run_folders import write_zip

    if not (run.folder / "config.json").exists():
        raise Http404(f"The run {run} has no folder yet: it has not finished its first epoch.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response)
    write_zip(run, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{run.slug}.zip", content_type="application/zip")
