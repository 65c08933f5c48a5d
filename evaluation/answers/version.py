"""Whether answers have changed, without reading them. No pandas: it is asked where participants are served, too."""

import hashlib

from django.db.models import Count, Max

from surveys.models import Participant, Survey, Trial


def answers_version(survey: Survey, *, rehearsal: bool = False) -> str:
    """A digest that changes whenever answers arrive or are deleted, or the words that results show with them change.

    Answers never change, and are deleted only together with their participant.
    """
    participants = Participant.objects.filter(survey=survey, robot=rehearsal).order_by()
    answers = Trial.objects.filter(survey=survey, robot=rehearsal, reserved_until=None).order_by().count()
    counts = participants.aggregate(number=Count("pk"), newest=Max("pk"), finished=Count("finished"))
    words = (
        survey.name,
        survey.verdict_question,
        *sorted(survey.rules.items()),
        *survey.aspects.values_list("label", "low", "high"),
    )
    sources = survey.clips.values_list("source__name", "source__origin").distinct().order_by("source__name")
    return hashlib.sha256(repr((answers, *counts.values(), words, tuple(sources))).encode()).hexdigest()
