"""Random names that reveal nothing: the address of a participant, the address of a sound, the code for withdrawal."""

import secrets

# Without letters and digits that look alike: people copy the code from a screen by hand.
WITHDRAWAL_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def personal_code() -> str:
    return secrets.token_urlsafe(16)


def audio_key() -> str:
    return secrets.token_urlsafe(16)


def withdrawal_code() -> str:
    return group_letters("".join(secrets.choice(WITHDRAWAL_ALPHABET) for _ in range(12)))


def group_letters(letters: str) -> str:
    """ABCDEFGH2345 as ABCD-EFGH-2345."""
    return "-".join((letters[:4], letters[4:8], letters[8:]))
