"""A survey shows participants clips, or pairs of clips. Each of these is a trial, and an answer belongs to a trial."""

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
