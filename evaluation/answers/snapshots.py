"""Snapshots: answers as they were at one moment, so that a number can be repeated although more answers arrive.

No pandas: a participant who withdraws is served here, too. `evaluation.pipeline` reads a snapshot's answers.
"""

from django.db.models import F, Max

from evaluation.answers.version import answers_version
from evaluation.models import Package, Report, Snapshot
from jobs.models import Job
from surveys.models import Answer, Participant, Survey


def take(survey: Survey, *, rehearsal: bool = False) -> Snapshot | None:
    """A snapshot of the answers as they are now: the newest one, if nothing has changed since; None without answers."""
    version = answers_version(survey, rehearsal=rehearsal)
    newest = survey.snapshots.filter(rehearsal=rehearsal).first()
    if newest and newest.version == version:
        return newest
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=rehearsal)
    last = answers.aggregate(last=Max("pk"))["last"]
    if last is None:
        return None
    return Snapshot.objects.create(survey=survey, rehearsal=rehearsal, last_answer=last, version=version)


def forget(participant: Participant) -> None:
    """Somebody withdrew. Their answers are gone from every snapshot with their rows; what was made of snapshots that
    they may be part of is emptied, deleted, and said to be made again."""
    of_them = Snapshot.objects.filter(
        survey=participant.survey_id, rehearsal=participant.robot, taken__gte=participant.consented
    )
    for package in Package.objects.filter(snapshot__in=of_them).exclude(file=""):
        package.file.delete(save=False)
        Package.objects.filter(pk=package.pk).update(file="", size=0, sha256="", made=None)
    of_them.update(withdrawn=F("withdrawn") + 1, fingerprint="", seed=None, answers=0, listeners=0)
    reports = Report.objects.filter(survey=participant.survey_id, rehearsal=participant.robot)
    # One whose job has not begun yet will be made without them.
    reports.exclude(state=Report.State.PENDING, job__state=Job.State.WAITING).update(
        state=Report.State.OUTDATED, charts=[], numbers={}, fingerprint="", made=None
    )
