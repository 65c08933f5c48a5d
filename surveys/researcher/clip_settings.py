"""One policy for all clips of a survey: chosen on its desk or in a terminal, carried out by a worker.

A clip never changes. Another policy makes other clips of the same music; whoever comes from then on hears those, and
what has been answered stays with the clip that was heard. Whoever is at it hears the old ones to the end: their plan is
made and reserved.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from generation.models import Clip
from jobs.models import Job
from jobs.runner import send
from surveys.errors import SurveyError
from surveys.models import Answer, Survey
from surveys.outcomes import settings_sentences
from surveys.researcher.opening import LOUDNESS_TOLERANCE

if TYPE_CHECKING:
    from generation.catalogue.rearrangement import Policy, Remade

KIND = "surveys.clip_settings"


@dataclass
class ClipSettingsChange:
    survey: Survey
    remade: "Remade"
    answers: int  # that people gave to the clips before
    at_it: int  # people who have not finished with those
    elsewhere: int  # of those, in other surveys too

    def values(self) -> dict:
        about = {"survey": self.survey.pk, "name": str(self.survey), "remade": self.remade.values()}
        return about | {"answers": self.answers, "at_it": self.at_it, "elsewhere": self.elsewhere}

    def sentences(self) -> list[str]:
        return settings_sentences(self.values())


def request_clip_settings(survey: Survey, policy: "Policy", *, although_answered: bool = False) -> Job:
    check(survey, although_answered=although_answered)
    values = {"survey": survey.pk, "policy": policy.as_dict(), "although_answered": although_answered}
    job = send(survey.study, KIND, title=survey.name, key=f"clips of survey {survey.pk}", **values)
    if job.arguments != values:
        raise SurveyError(f'The clips of "{survey}" are being rendered under other settings. Wait for that to end.')
    return job


def apply_clip_settings(
    survey: Survey, policy: "Policy", *, although_answered: bool = False, progress=None
) -> ClipSettingsChange:
    """Make the clips of the survey anew under one policy, all of them, and let those who come hear them."""
    from generation.catalogue.errors import no_progress
    from generation.catalogue.rearrangement import remake

    check(survey, although_answered=although_answered)
    practised = set(survey.practice_clips.values_list("pk", flat=True))
    before = list(_heard(survey).select_related("source__corpus").order_by("source_id", "number"))
    remade = remake(survey.study, before, policy, progress=progress or no_progress)
    _check_made(remade)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)  # nobody's plan is made of both
        made_of = list(zip(before, remade.clips, strict=True))
        survey.clips.set([new for old, new in made_of if old.pk not in practised])
        survey.practice_clips.set([new for old, new in made_of if old.pk in practised])
        elsewhere = _retire(survey, before, remade.clips)
    people = survey.participants.people()
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False, trial__clip__in=before).count()
    at_it = people.filter(finished=None).count()
    same = {clip.pk for clip in before} == {clip.pk for clip in remade.clips}
    return ClipSettingsChange(survey, remade, 0 if same else answers, 0 if same else at_it, elsewhere)


def check(survey: Survey, *, although_answered: bool) -> None:
    if not survey.clips.exists():
        raise SurveyError(f'The survey "{survey}" has no clips.')
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False).count()
    if answers and not although_answered:
        raise SurveyError(
            f'"{survey}" has {answers} answers of people already. They stay with the clips that were heard, but those '
            "who come will hear others: confirm that this is what you want (--although-answered)."
        )


def _check_made(remade: "Remade") -> None:
    """All of them, and all equally loud; or the survey keeps what it has."""
    if remade.refused:
        reasons = "; ".join(reason.rstrip(".") for reason in remade.refused[:5])
        more = f"; and {len(remade.refused) - 5} more" if len(remade.refused) > 5 else ""
        raise SurveyError(f"The survey keeps its clips, for not all could be made so: {reasons}{more}.")
    levels = [clip.loudness for clip in remade.clips if clip.loudness is not None]
    if levels and max(levels) - min(levels) > LOUDNESS_TOLERANCE:
        raise SurveyError(
            f"The survey keeps its clips: some were there already under this policy, at {max(levels):.1f} LUFS, and "
            f"others reach {min(levels):.1f} only. Change the policy a little, and all are made as one set."
        )


def _heard(survey: Survey):
    """What counts, and what is practised with: all must sound alike."""
    practised = survey.practice_clips.values("pk")
    return Clip.objects.filter(Q(pk__in=survey.clips.values("pk")) | Q(pk__in=practised))


def _retire(survey: Survey, before: list[Clip], after: list[Clip]) -> int:
    """New surveys take the clips of now and leave out those of before, unless another survey has them: how many."""
    now = {clip.pk for clip in after}
    replaced = Clip.objects.filter(pk__in=[clip.pk for clip in before if clip.pk not in now])
    others = survey.study.surveys.exclude(pk=survey.pk)
    elsewhere = replaced.filter(Q(surveys__in=others) | Q(practised_in__in=others)).distinct()
    elsewhere = set(elsewhere.values_list("pk", flat=True))
    replaced.exclude(pk__in=elsewhere).update(retired=True)
    Clip.objects.filter(pk__in=now).update(retired=False)
    return len(elsewhere)


def describe_clip_settings(survey: Survey) -> list[tuple[str, list[tuple[str, int]]]]:
    """What its clips have in common, and where they differ: for each part its values, each with how many clips."""
    from generation.catalogue.rearrangement import describe_settings

    found: dict[str, dict[str, int]] = {}
    for clip in survey.clips.select_related("soundfont").defer("measured"):
        for part, value in describe_settings(clip).items():
            counts = found.setdefault(part, {})
            counts[value] = counts.get(value, 0) + 1
    return [(part, list(counts.items())) for part, counts in found.items()]
