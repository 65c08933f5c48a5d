"""Opening and closing a survey: what must hold before, and the rules that are fixed before."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from generation.models import Clip
from surveys import clock
from surveys.errors import SurveyError
from surveys.exclusion_rules import standard_rules
from surveys.models import CLIP_RATE, Survey
from surveys.survey_templates import clip_count

LOUDNESS_TOLERANCE = 0.5  # LU


def open_survey(survey: Survey) -> None:
    """Open the survey; SurveyError lists everything that prevents it."""
    problems = problems_before_opening(survey)
    if problems:
        raise SurveyError(" ".join(problems))
    survey.state = Survey.State.OPEN
    survey.opened = survey.opened or clock.now()
    survey.closed = None
    survey.save(update_fields=["state", "opened", "closed"])


def close_survey(survey: Survey) -> None:
    """Nobody can start or continue after that; results and withdrawal remain available."""
    if survey.state != Survey.State.OPEN:
        raise SurveyError(_('The survey "%(survey)s" is not open.') % {"survey": survey})
    survey.state = Survey.State.CLOSED
    survey.closed = clock.now()
    survey.save(update_fields=["state", "closed"])


@transaction.atomic
def set_rules(survey: Survey, rules: Mapping[str, float]) -> None:
    """Set who is flagged; SurveyError after the first answer, because rules chosen afterwards prove nothing."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.has_answers_of_people():
        raise SurveyError(
            _('"%(survey)s" has answers already, so its rules can no longer be changed.') % {"survey": survey}
        )
    survey.rules = standard_rules() | dict(rules)
    survey.save(update_fields=["rules"])


def problems_before_opening(survey: Survey) -> list[str]:
    """What would spoil the answers, one sentence each; empty if the survey can be opened."""
    clips = list(survey.clips.select_related("source"))
    if not clips:
        return [
            _(
                'The survey "%(survey)s" has no clips. Add clips to its models, render them, and create the survey '
                "again."
            )
            % {"survey": survey}
        ]
    problems = _problems_of_audio([*clips, *survey.practice_clips.select_related("source")])
    if survey.compares and len({clip.source_id for clip in clips}) < 2:
        problems.append(_("All clips are from one model. Pairs need two models."))
    if (survey.clips_per_participant or 0) > len(clips):
        problems.append(
            _("A participant cannot hear %(clips)s: there are only %(existing)d.")
            % {"clips": clip_count(survey.clips_per_participant), "existing": len(clips)}
        )
    if not survey.aspects.exists() and not survey.asks_verdict:
        problems.append(_("The survey asks nothing. Add an aspect, or the question who composed the music."))
    return problems


def _problems_of_audio(clips: Sequence[Clip]) -> list[str]:
    """Clips that cannot be heard, or differ in length or loudness, by which listeners would tell models apart."""
    problems = []
    unusable = [clip for clip in clips if clip.rendered is None or clip.retired]
    if unusable:
        problems.append(
            ngettext(
                "%(number)d clip cannot be heard: %(example)s. Render it, or replace it.",
                "%(number)d clips cannot be heard, for example %(example)s. Render them, or replace them.",
                len(unusable),
            )
            % {"number": len(unusable), "example": unusable[0]}
        )
    lengths = sorted({clip.samples for clip in clips if clip.samples})
    if len(lengths) > 1:
        problems.append(
            _(
                "The clips have different lengths (%(shortest).2f to %(longest).2f s), which tells listeners which is "
                "which. Render all of them with the same length."
            )
            % {"shortest": lengths[0] / CLIP_RATE, "longest": lengths[-1] / CLIP_RATE}
        )
    levels = [clip.loudness for clip in clips if clip.loudness is not None]
    if levels and max(levels) - min(levels) > LOUDNESS_TOLERANCE:
        problems.append(
            _(
                "The clips are not equally loud (%(softest).1f to %(loudest).1f LUFS), which tells listeners which is "
                "which. Use the same clip settings for all of them (set_policy); they are then rendered as one set."
            )
            % {"softest": min(levels), "loudest": max(levels)}
        )
    return problems
