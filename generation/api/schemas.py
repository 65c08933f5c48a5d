"""What several parts of the API answer with."""


class NotNow(Exception):
    """What cannot be done as things stand, in one sentence."""
