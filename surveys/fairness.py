"""Whether the clips of a survey, which may be only some of a model, are alike in level, length and density."""

from generation.catalogue.fairness import ComparedClips, compare_clips
from surveys.models import Survey


def compare_survey_clips(survey: Survey) -> ComparedClips:
    return compare_clips(survey.clips.rendered().select_related("source").order_by("source__created", "number"))
