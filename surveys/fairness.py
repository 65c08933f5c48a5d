"""Are the clips that a survey puts before people alike? Of its clips, which may be some of those of their models."""

from generation.catalogue.fairness import Compared, compared
from surveys.models import Survey


def compare_survey_clips(survey: Survey) -> Compared:
    return compared(survey.clips.rendered().select_related("source").order_by("source__created", "number"))
