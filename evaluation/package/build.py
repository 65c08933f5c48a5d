"""The package of a snapshot: ordered on a page, made by a worker, kept as a file until somebody withdraws."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.models import Package
from jobs.runner import Progress, send
from surveys.models import Survey

EMPTY = {"state": "empty"}


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
    from evaluation.clip_measures import measure
    from evaluation.package.archive import as_zip
    from evaluation.package.contents import files_of
    from evaluation.results import conclude, work_out

    withdrawn = package.snapshot.withdrawn
    if package.snapshot.survey.compares:
        return _make_of_pairs(package, progress, withdrawn)
    measure(package.snapshot.survey)
    collected = snapshots.read(package.snapshot)
    if not len(collected):
        return EMPTY
    results = work_out(collected, without_flagged=package.without_flagged)
    parts = len(collected.aspects) + 1
    analysis = conclude(results, progress=lambda what, share: progress(round(share * parts), parts, "models fitted"))
    files = files_of(results, analysis=analysis, beside=beside(package.snapshot.survey), progress=progress)
    content = as_zip(files, package.name)
    return _keep(package, content, withdrawn, len(files), progress)


def _make_of_pairs(package: Package, progress: Progress, withdrawn: int) -> dict:
    from evaluation.package.archive import as_zip
    from evaluation.package.pair_package import files_of_pairs
    from evaluation.statistics.pair_results import prefer

    pairs = snapshots.read_pairs(package.snapshot)
    if not len(pairs):
        return EMPTY
    plan = beside(package.snapshot.survey).preregistration
    results = prefer(pairs, without_flagged=package.without_flagged)
    files = files_of_pairs(results, preregistration=plan, progress=progress)
    return _keep(package, as_zip(files, package.name), withdrawn, len(files), progress)


def _keep(package: Package, content: bytes, withdrawn: int, number: int, progress: Progress) -> dict:
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


def beside(survey: Survey):
    """What goes into a package beside its results: what was planned, and who did the study."""
    from evaluation.package.contents import Beside
    from evaluation.package.preregistration import text_of

    members = survey.study.memberships.select_related("user").order_by("pk")
    names = (member.user.get_full_name() for member in members if member.role in ("owner", "editor"))
    return Beside(text_of(survey), tuple(name for name in names if name))
