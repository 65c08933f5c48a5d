"""The package of a snapshot: ordered on a page, made by a worker, kept as a file until somebody withdraws."""

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.models import Package
from evaluation.package.archive import zip_bytes
from evaluation.pipeline import evaluate_snapshot, measure_clips
from evaluation.preregistration import supplement_of
from generation import errands
from generation.models import Errand
from surveys.models import Survey

KIND = "package"
NOBODY = "Nobody is left in these answers: there is nothing to pack."

Progress = Callable[[int, int, str], None]


def order(survey: Survey, *, rehearsal: bool = False, without_flagged: bool = False) -> Package | None:
    """Have the package of the answers as they are now made, unless it is there or on its way; None without answers."""
    snapshot = snapshots.take(survey, rehearsal=rehearsal)
    if snapshot is None:
        return None
    return have_made(Package.objects.get_or_create(snapshot=snapshot, without_flagged=without_flagged)[0])


def have_made(package: Package) -> Package:
    """The same for a package that was made before, and deleted when somebody withdrew."""
    if package.errand:
        package.errand.settle()
    if not package.made and not package.is_going_on:
        survey = package.snapshot.survey
        package.errand = errands.send(survey.study, KIND, about=f"The package of {survey}", package=package.pk)
        package.save(update_fields=["errand"])
    return package


def do(errand: Errand, progress: Progress) -> list[str]:
    """What the worker does; a package that is gone, or made already, needs nothing."""
    package = Package.objects.select_related("snapshot__survey__study").filter(pk=errand.values["package"]).first()
    if package is None or package.made:
        return []
    return make(package, progress)


def make(package: Package, progress: Progress) -> list[str]:
    withdrawn = package.snapshot.withdrawn
    survey = package.snapshot.survey
    measure_clips(survey)
    evaluation = evaluate_snapshot(package.snapshot, without_flagged=package.without_flagged)
    if evaluation is None:
        return [NOBODY]
    parts = len(evaluation.table.aspects) + 1
    evaluation = evaluation.fit(lambda what, share: progress(round(share * parts), parts, "models fitted"))
    files = evaluation.files(supplement=supplement_of(survey), progress=progress)
    return _keep(package, zip_bytes(files, package.name), withdrawn, len(files))


def _keep(package: Package, content: bytes, withdrawn: int, number: int) -> list[str]:
    """Unless somebody withdrew while it was made: then it holds what must not be kept."""
    package.snapshot.refresh_from_db(fields=["withdrawn"])
    if package.snapshot.withdrawn != withdrawn:
        return ["A participant withdrew while the package was made: it was thrown away. Make it again."]
    package.file.save(f"{package.name}.zip", ContentFile(content), save=False)
    package.size, package.sha256 = len(content), hashlib.sha256(content).hexdigest()
    package.made = timezone.now()
    package.save(update_fields=["file", "size", "sha256", "made"])
    return [f"{number} files are in the package."]
