"""Answers frozen as they stand, so that a number can be had again though answers go on coming."""

import hashlib

from django.db.models import F, Max

from evaluation.models import Package, Report, Snapshot
from surveys.models import Answer, Participant, Survey


def digest(stand: tuple) -> str:
    """In few letters, what changes whenever answers come or go."""
    return hashlib.sha256(repr(stand).encode()).hexdigest()


def take(survey: Survey, *, rehearsal: bool = False) -> Snapshot | None:
    """A snapshot of the answers as they are now: the newest one, if nothing has changed since; None without answers."""
    from evaluation.answers.answers import stand

    now = digest(stand(survey, rehearsal=rehearsal))
    newest = survey.snapshots.filter(rehearsal=rehearsal).first()
    if newest and newest.stand == now:
        return newest
    given = Answer.objects.filter(trial__survey=survey, trial__robot=rehearsal)
    last = given.aggregate(last=Max("pk"))["last"]
    return Snapshot.objects.create(survey=survey, rehearsal=rehearsal, last_answer=last, stand=now) if last else None


def read(snapshot: Snapshot):
    """Its answers as a table, now without those who withdrew; their fingerprint and counts are kept with it."""
    from evaluation.answers.answers import collect

    answer_table = collect(snapshot.survey, rehearsal=snapshot.rehearsal, at=snapshot)
    said = answer_table.answers
    snapshot.fingerprint, snapshot.seed = answer_table.fingerprint(), answer_table.seed()
    snapshot.answers, snapshot.listeners = len(said), said["participant"].nunique()
    snapshot.save(update_fields=["fingerprint", "seed", "answers", "listeners"])
    return answer_table


def read_pairs(snapshot: Snapshot):
    """The same of a preference survey."""
    from evaluation.answers.pairs import collect_pairs

    pairs = collect_pairs(snapshot.survey, rehearsal=snapshot.rehearsal, at=snapshot)
    snapshot.fingerprint = pairs.fingerprint()
    snapshot.answers, snapshot.listeners = len(pairs), pairs.answers["participant"].nunique()
    snapshot.save(update_fields=["fingerprint", "answers", "listeners"])
    return pairs


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
    reports.exclude(state=Report.State.WAITING).update(
        **{"state": Report.State.OUTDATED, "charts": [], "numbers": {}, "fingerprint": "", "made": None},
        message="A participant withdrew.",
    )
