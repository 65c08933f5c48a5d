"""One policy for all clips of a survey: chosen on its desk or in a terminal, carried out by a worker.

A clip never changes. Another policy makes other clips of the same music; whoever comes from then on hears those, and
what has been answered stays with the clip that was heard. Whoever is at it hears the old ones to the end: their plan is
made and reserved.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from generation.errands import send
from generation.models import Clip, Errand
from surveys.models import Answer, Survey
from surveys.researcher.opening import LEVELS_ALIKE
from surveys.survey_templates import SurveyError

if TYPE_CHECKING:
    from generation.catalogue.rearrangement import ClipSettings, RearrangedClips

KIND = "policy"  # of the errand


@dataclass
class Adopted:
    survey: Survey
    remade: "RearrangedClips"
    answers: int  # that people gave to the clips before
    at_it: int  # people who have not finished with those
    elsewhere: int  # of those, in other surveys too

    def sentences(self) -> list[str]:
        said = self.remade.sentences()
        said.append(f'Whoever comes to "{self.survey}" from now on hears these.')
        if self.at_it:
            said.append(f"{_people(self.at_it)} at it: they hear the clips of before to the end.")
        if self.answers:
            said.append(
                f"{self.answers} answers stay with the clips that were heard. In the results these are other clips of "
                "the same models: think twice before both are counted as one."
            )
        if self.elsewhere:
            said.append(f"{self.elsewhere} of the clips of before are in other surveys too and stay in use there.")
        return said


def order_policy(survey: Survey, policy: "ClipSettings", *, although_answered: bool = False) -> Errand:
    check(survey, although_answered=although_answered)
    values = {"survey": survey.pk, "policy": policy.as_dict(), "although_answered": although_answered}
    return send(survey.study, KIND, about=survey.name, **values)


def carry_out(errand: Errand, progress) -> list[str]:
    """As a worker does it."""
    from generation.catalogue.errors import CatalogueError
    from generation.catalogue.rearrangement import ClipSettings

    survey = Survey.objects.filter(pk=errand.values["survey"], study=errand.study).first()
    try:
        if survey is None:
            raise SurveyError("The survey is gone.")
        policy = ClipSettings.from_dict(errand.values["policy"])
        asked = errand.values["although_answered"]
        return adopt_policy(survey, policy, although_answered=asked, progress=progress).sentences()
    except SurveyError as error:
        raise CatalogueError(str(error)) from error


def adopt_policy(survey: Survey, policy: "ClipSettings", *, although_answered: bool = False, progress=None) -> Adopted:
    """Make the clips of the survey anew under one policy, all of them, and let those who come hear them."""
    from generation.catalogue.errors import no_progress
    from generation.catalogue.rearrangement import rearrange_clips

    check(survey, although_answered=although_answered)
    practised = set(survey.practice_clips.values_list("pk", flat=True))
    before = list(_heard(survey).select_related("source__corpus").order_by("source_id", "number"))
    remade = rearrange_clips(survey.study, before, policy, progress=progress or no_progress)
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
    return Adopted(survey, remade, 0 if same else answers, 0 if same else at_it, elsewhere)


def check(survey: Survey, *, although_answered: bool) -> None:
    if not survey.clips.exists():
        raise SurveyError(f'The survey "{survey}" has no clips.')
    answers = Answer.objects.filter(trial__survey=survey, trial__robot=False).count()
    if answers and not although_answered:
        raise SurveyError(
            f'"{survey}" has {answers} answers of people already. They stay with the clips that were heard, but those '
            "who come will hear others: confirm that this is what you want (--although-answered)."
        )


def _check_made(remade: "RearrangedClips") -> None:
    """All of them, and all equally loud; or the survey keeps what it has."""
    if remade.refused:
        reasons = "; ".join(reason.rstrip(".") for reason in remade.refused[:5])
        more = f"; and {len(remade.refused) - 5} more" if len(remade.refused) > 5 else ""
        raise SurveyError(f"The survey keeps its clips, for not all could be made so: {reasons}{more}.")
    levels = [clip.loudness for clip in remade.clips if clip.loudness is not None]
    if levels and max(levels) - min(levels) > LEVELS_ALIKE:
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


def policy_in_words(survey: Survey) -> list[tuple[str, list[tuple[str, int]]]]:
    """What its clips have in common, and where they differ: for each part its values, each with how many clips."""
    from generation.catalogue.rearrangement import describe_settings

    found: dict[str, dict[str, int]] = {}
    for clip in survey.clips.select_related("soundfont").defer("measured"):
        for part, value in describe_settings(clip).items():
            counts = found.setdefault(part, {})
            counts[value] = counts.get(value, 0) + 1
    return [(part, list(counts.items())) for part, counts in found.items()]


def _people(number: int) -> str:
    return "1 person is" if number == 1 else f"{number} people are"
