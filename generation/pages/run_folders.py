"""Run folders that come and go: imported as a zip, downloaded as one."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from generation.forms.runs import ImportRunForm
from generation.models import Run
from studies.access import study_page
from studies.models import Role


@study_page(Role.EDITOR)
def import_run(request, study):
    from generation.catalogue.run_folders import import_run_zip
    from studies.errors import EarwitnessError

    form = ImportRunForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["zip"]
        try:
            with tempfile.NamedTemporaryFile(prefix="earwitness-", suffix=".zip") as file:
                for chunk in upload.chunks():
                    file.write(chunk)
                file.flush()
                imported = import_run_zip(study, Path(file.name), name=form.cleaned_data["name"], file_name=upload.name)
        except EarwitnessError as error:
            form.add_error("zip", str(error))
        else:
            is_there = "is there already, with the same weights" if not imported.is_new else "is ready to compose"
            messages.success(request, f"The run “{imported.run}” {is_there}.")
            return redirect(imported.run)
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
