"""Which instrument a survey has. Nothing else in `evaluation` asks what kind of survey it is."""

from evaluation.instruments.instrument import Instrument
from evaluation.instruments.pairs import PairInstrument
from evaluation.instruments.ratings import RatingInstrument
from surveys.models import Survey

RATINGS = RatingInstrument()
PAIRS = PairInstrument()


def instrument_of(survey: Survey) -> Instrument:
    return PAIRS if survey.compares else RATINGS
