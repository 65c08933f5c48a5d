"""What must hold before people are let in; letting them in, and closing; and the rules that are fixed before."""

from collections.abc import Mapping

from django.db import transaction

from surveys import clock
from surveys.errors import SurveyError
from surveys.exclusion_rules import standard_rules
from surveys.models import CLIP_RATE, Survey
from surveys.survey_templates import clip_count

LOUDNESS_TOLERANCE = 0.5  # LU


def open_survey(survey: Survey) -> None:
    """Let people in; SurveyError with every reason why not."""
    problems = problems_before_opening(survey)
    if problems:
        raise SurveyError(" ".join(problems))
    survey.state = Survey.State.OPEN
    survey.opened = survey.opened or clock.now()
    survey.closed = None
    survey.save(update_fields=["state", "opened", "closed"])


def close_survey(survey: Survey) -> None:
    """Nobody begins or goes on; results and withdrawal stay where they are."""
    if survey.state != Survey.State.OPEN:
        raise SurveyError(f'The survey "{survey}" is not open.')
    survey.state = Survey.State.CLOSED
    survey.closed = clock.now()
    survey.save(update_fields=["state", "closed"])


@transaction.atomic
def set_rules(survey: Survey, rules: Mapping[str, float]) -> None:
    """Who is flagged; refused once somebody has answered, for rules chosen afterwards prove nothing."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.has_answers_of_people():
        raise SurveyError(f'Somebody has answered "{survey}" already: its rules stay as they are.')
    survey.rules = standard_rules() | dict(rules)
    survey.save(update_fields=["rules"])


def problems_before_opening(survey: Survey) -> list[str]:
    """What would spoil the answers, one sentence each; empty when the survey can be opened."""
    clips = list(survey.clips.select_related("source"))
    if not clips:
        return [f'The survey "{survey}" has no clips: add clips to its models, render them, and make it anew.']
    problems = []
    heard = [*clips, *survey.practice_clips.select_related("source")]
    unusable = [clip for clip in heard if clip.rendered is None or clip.retired]
    if unusable:
        problems.append(f"{clip_count(len(unusable))} cannot be heard, {unusable[0]} for one: render or replace them.")
    lengths = sorted({clip.samples for clip in heard if clip.samples})
    if len(lengths) > 1:
        shortest, longest = lengths[0] / CLIP_RATE, lengths[-1] / CLIP_RATE
        problems.append(
            f"The clips are not equally long ({shortest:.2f} to {longest:.2f} s), which tells listeners which is "
            "which: render them to one length."
        )
    levels = [clip.loudness for clip in heard if clip.loudness is not None]
    if levels and max(levels) - min(levels) > LOUDNESS_TOLERANCE:
        problems.append(
            f"The clips are not equally loud ({min(levels):.1f} to {max(levels):.1f} LUFS), which tells listeners "
            "which is which: give them one policy (set_policy), and all are rendered as one set."
        )
    if survey.compares and len({clip.source_id for clip in clips}) < 2:
        problems.append("All clips are of one model: pairs need two.")
    if (survey.clips_per_participant or 0) > len(clips):
        problems.append(
            f"{clip_count(survey.clips_per_participant)} per participant are wanted; there are {len(clips)}."
        )
    if not survey.aspects.exists() and not survey.asks_verdict:
        problems.append("The survey asks nothing: add an aspect or the question who composed it.")
    return problems
