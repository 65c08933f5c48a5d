from studies.errors import EarwitnessError


class SurveyError(EarwitnessError):
    """Something that cannot be done with a survey."""
