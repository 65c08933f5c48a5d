"""The same clip settings for all clips of a survey: requested on its page or in a terminal, applied by a worker.

A clip never changes. Other settings create other clips of the same music. New participants hear those; answers stay
with the clips that were heard, and participants who have started hear the old clips to the end, as planned.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.catalogue.clip_settings import ClipSettings, describe_settings
from generation.catalogue.errors import no_progress
from generation.models import Clip
from jobs.models import Job
from jobs.runner import send
from surveys.errors import SurveyError
from surveys.models import Answer, Survey
from surveys.outcomes import settings_sentences
from surveys.researcher.opening import LOUDNESS_TOLERANCE

if TYPE_CHECKING:
    from generation.catalogue.rearrangement import RearrangedClips

KIND = "surveys.clip_settings"


@dataclass
class ClipSettingsChange:
    survey: Survey
    remade: "RearrangedClips"
    answers: int  # of people, to the earlier clips
    unfinished: int  # people who still hear the earlier clips
    elsewhere: int  # earlier clips that other surveys use too

    def values(self) -> dict:
        about = {"survey": self.survey.pk, "name": str(self.survey), "remade": self.remade.values()}
        return about | {"answers": self.answers, "unfinished": self.unfinished, "elsewhere": self.elsewhere}

    def sentences(self) -> list[str]:
        return settings_sentences(self.values())


def request_clip_settings(survey: Survey, policy: ClipSettings, *, although_answered: bool = False) -> Job:
    check_may_change(survey, although_answered=although_answered)
    values = {"survey": survey.pk, "policy": policy.as_dict(), "although_answered": although_answered}
    job = send(survey.study, KIND, title=survey.name, key=f"clips of survey {survey.pk}", **values)
    if job.arguments != values:
        raise SurveyError(
            _('The clips of "%(survey)s" are being rendered with other settings. Wait until that has finished.')
            % {"survey": survey}
        )
    return job


def apply_clip_settings(
    survey: Survey, policy: ClipSettings, *, although_answered: bool = False, progress=None
) -> ClipSettingsChange:
    """Create all clips of the survey with the same settings, for the participants to come."""
    from generation.catalogue.rearrangement import rearrange_clips  # rendering loads scipy, which only workers need

    check_may_change(survey, although_answered=although_answered)
    practised = set(survey.practice_clips.values_list("pk", flat=True))
    before = list(_clips_of(survey).select_related("source__corpus").order_by("source_id", "number"))
    remade = rearrange_clips(survey.study, before, policy, progress=progress or no_progress)
    _check_remade(remade)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey.pk)  # no plan may mix old and new clips
        pairs = list(zip(before, remade.clips, strict=True))
        survey.clips.set([new for old, new in pairs if old.pk not in practised])
        survey.practice_clips.set([new for old, new in pairs if old.pk in practised])
        elsewhere = _retire_replaced(survey, before, remade.clips)
    people = survey.participants.people()
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False, trial__clip__in=before).count()
    unfinished = people.filter(finished=None).count()
    same = {clip.pk for clip in before} == {clip.pk for clip in remade.clips}
    return ClipSettingsChange(survey, remade, 0 if same else answers, 0 if same else unfinished, elsewhere)


def check_may_change(survey: Survey, *, although_answered: bool) -> None:
    if not survey.clips.exists():
        raise SurveyError(_('The survey "%(survey)s" has no clips.') % {"survey": survey})
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False).count()
    if answers and not although_answered:
        raise SurveyError(
            ngettext(
                '"%(survey)s" has %(number)d answer already. It stays with the clip that was heard, but new '
                "participants will hear other clips. Confirm that you want this (--although-answered).",
                '"%(survey)s" has %(number)d answers already. They stay with the clips that were heard, but new '
                "participants will hear other clips. Confirm that you want this (--although-answered).",
                answers,
            )
            % {"survey": survey, "number": answers}
        )


def _check_remade(remade: "RearrangedClips") -> None:
    """The survey keeps its clips unless all new ones exist and are equally loud."""
    if remade.refused:
        reasons = "; ".join(reason.rstrip(".") for reason in remade.refused[:5])
        if len(remade.refused) > 5:
            reasons = _("%(reasons)s; and %(number)d more") % {"reasons": reasons, "number": len(remade.refused) - 5}
        raise SurveyError(
            _("The survey keeps its clips, because some could not be created with these settings: %(reasons)s.")
            % {"reasons": reasons}
        )
    levels = [clip.loudness for clip in remade.clips if clip.loudness is not None]
    if levels and max(levels) - min(levels) > LOUDNESS_TOLERANCE:
        raise SurveyError(
            _(
                "The survey keeps its clips. Some already existed with these settings at %(loudest).1f LUFS, but "
                "others reach only %(softest).1f LUFS. Change the settings slightly, so that all clips are rendered "
                "as one set."
            )
            % {"loudest": max(levels), "softest": min(levels)}
        )


def _clips_of(survey: Survey) -> "QuerySet[Clip]":
    """Those that count and those for practice: all must sound alike."""
    practised = survey.practice_clips.values("pk")
    return Clip.objects.filter(Q(pk__in=survey.clips.values("pk")) | Q(pk__in=practised))


def _retire_replaced(survey: Survey, before: list[Clip], after: list[Clip]) -> int:
    """Retire the earlier clips, so that new surveys use the new ones; how many stay because other surveys use them."""
    current = {clip.pk for clip in after}
    replaced = Clip.objects.filter(pk__in=[clip.pk for clip in before if clip.pk not in current])
    others = survey.study.surveys.exclude(pk=survey.pk)
    elsewhere = replaced.filter(Q(surveys__in=others) | Q(practised_in__in=others)).distinct()
    elsewhere = set(elsewhere.values_list("pk", flat=True))
    replaced.exclude(pk__in=elsewhere).update(retired=True)
    Clip.objects.filter(pk__in=current).update(retired=False)
    return len(elsewhere)


def describe_clip_settings(survey: Survey) -> list[tuple[str, list[tuple[str, int]]]]:
    """Each setting with its values, and how many clips have each value."""
    settings: dict[str, dict[str, int]] = {}
    for clip in survey.clips.select_related("soundfont").defer("measured"):
        for part, value in describe_settings(clip).items():
            counts = settings.setdefault(part, {})
            counts[value] = counts.get(value, 0) + 1
    return [(part, list(counts.items())) for part, counts in settings.items()]
