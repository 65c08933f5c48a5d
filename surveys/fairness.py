"""Are the clips that a survey puts before people alike? Of its clips, which may be some of those of their models."""

from generation.catalogue.fairness import ComparedClips, compare_clips
from surveys.models import Survey


def compare_survey_clips(survey: Survey) -> ComparedClips:
    return compare_clips(survey.clips.rendered().select_related("source").order_by("source__created", "number"))
