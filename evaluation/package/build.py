"""The package of a snapshot: ordered on a page, made by a worker, kept as a file until somebody withdraws."""

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.utils import timezone

from evaluation.answers import snapshots
from evaluation.models import Package
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
    from evaluation.answers.clip_measures import measure
    from evaluation.package.archive import as_zip
    from evaluation.package.contents import files_of
    from evaluation.statistics.rating_results import describe_ratings, fit_models

    withdrawn = package.snapshot.withdrawn
    if package.snapshot.survey.compares:
        return _make_of_pairs(package, progress, withdrawn)
    measure(package.snapshot.survey)
    answer_table = snapshots.read(package.snapshot)
    if not len(answer_table):
        return [NOBODY]
    results = describe_ratings(answer_table, without_flagged=package.without_flagged)
    parts = len(answer_table.aspects) + 1
    analysis = fit_models(results, progress=lambda what, share: progress(round(share * parts), parts, "models fitted"))
    files = files_of(results, analysis=analysis, beside=beside(package.snapshot.survey), progress=progress)
    content = as_zip(files, package.name)
    return _keep(package, content, withdrawn, len(files))


def _make_of_pairs(package: Package, progress: Progress, withdrawn: int) -> list[str]:
    from evaluation.package.archive import as_zip
    from evaluation.package.pair_package import files_of_pairs
    from evaluation.statistics.pair_results import describe_pairs

    pairs = snapshots.read_pairs(package.snapshot)
    if not len(pairs):
        return [NOBODY]
    plan = beside(package.snapshot.survey).preregistration
    results = describe_pairs(pairs, without_flagged=package.without_flagged)
    files = files_of_pairs(results, preregistration=plan, progress=progress)
    return _keep(package, as_zip(files, package.name), withdrawn, len(files))


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


def beside(survey: Survey):
    """What goes into a package beside its results: what was planned, and who did the study."""
    from evaluation.package.contents import Beside
    from evaluation.preregistration import text_of

    members = survey.study.memberships.select_related("user").order_by("pk")
    names = (member.user.get_full_name() for member in members if member.role in ("owner", "editor"))
    return Beside(text_of(survey), tuple(name for name in names if name))
