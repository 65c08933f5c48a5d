"""What listeners may say about themselves: so little that nobody is known by it.

It is asked before the first clip, so that it is known of those, too, who stop on the way, and can neither follow from
what was heard nor change what was answered. Each question may be left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ListenerQuestion:
    key: str  # column of the exported table
    label: str
    question: str
    answers: tuple[tuple[str, str], ...]  # as it is kept, and in words


LISTENER_QUESTIONS = (
    # Years of formal training on an instrument or in singing: the item of the Gold-MSI that carries most of its
    # factor "musical training" (Muellensiefen et al. 2014), in four steps, so that no step is rare.
    ListenerQuestion(
        "musical_training",
        "Musical training",
        "For how many years have you had lessons on an instrument or in singing?",
        (("none", "None"), ("1-3", "1 to 3"), ("4-9", "4 to 9"), ("10+", "10 or more")),
    ),
    ListenerQuestion(
        "listens_on",
        "Listens on",
        "What are you listening on?",
        (("headphones", "Headphones"), ("loudspeakers", "Speakers"), ("built_in", "The device itself")),
    ),
)
