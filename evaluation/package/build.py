"""The package of a snapshot: ordered on a page, made by a worker, kept as a file until somebody withdraws."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.models import Package
from evaluation.package.archive import zip_bytes
from evaluation.pipeline import evaluate_snapshot, measure_clips
from evaluation.preregistration import supplement_of
from jobs.runner import Progress, send
from surveys.models import Survey


def order(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Package | None:
    """Have the package of the answers as they are now made, unless it is there or on its way; None without answers."""
    snapshot = snapshots.take(survey, rehearsal=rehearsal)
    if snapshot is None:
        return None
    return have_made(Package.objects.get_or_create(snapshot=snapshot, without_flagged=without_flagged)[0])


def have_made(package: Package) -> Package:
    """The same for a package that was made before, and deleted when somebody withdrew."""
    if not package.made and not package.is_going_on:
        survey = package.snapshot.survey
        key = f"package {package.pk}"
        with transaction.atomic():
            package.job = send(survey.study, "evaluation.package", title=survey.name, key=key, package=package.pk)
            package.save(update_fields=["job"])
    return package


def make(package: Package, progress: Progress) -> dict:
    withdrawn = package.snapshot.withdrawn
    survey = package.snapshot.survey
    measure_clips(survey)
    evaluation = evaluate_snapshot(package.snapshot, without_flagged=package.without_flagged)
    if evaluation is None:
        return {"state": "empty"}
    parts = len(evaluation.table.aspects) + 1
    evaluation = evaluation.fit(lambda what, share: progress(round(share * parts), parts, "models fitted"))
    files = evaluation.files(supplement=supplement_of(survey), progress=progress)
    return _store(package, zip_bytes(files, package.name), withdrawn, len(files), progress)


def _store(package: Package, content: bytes, withdrawn: int, number: int, progress: Progress) -> dict:
    """Unless somebody withdrew while it was made: then it holds what must not be kept."""
    package.snapshot.refresh_from_db(fields=["withdrawn"])
    if package.snapshot.withdrawn != withdrawn:
        return {"state": "withdrawn"}
    progress.check()
    package.file.save(f"{package.name}.zip", ContentFile(content), save=False)
    package.size, package.sha256 = len(content), hashlib.sha256(content).hexdigest()
    package.made = timezone.now()
    package.save(update_fields=["file", "size", "sha256", "made"])
    return {"state": "made", "files": number}
