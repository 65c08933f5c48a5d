"""A survey puts clips, or pairs of them, before participants: each time a trial; an answer is what they said to it."""

from surveys.models.answer import CONFIDENCE, Answer, Choice, Preference, Rating, Verdict
from surveys.models.participant import Participant
from surveys.models.survey import CLIP_RATE, Aspect, ConsentText, Survey
from surveys.models.trial import Side, Trial

__all__ = [
    "CLIP_RATE",
    "CONFIDENCE",
    "Answer",
    "Aspect",
    "Choice",
    "ConsentText",
    "Participant",
    "Preference",
    "Rating",
    "Side",
    "Survey",
    "Trial",
    "Verdict",
]
