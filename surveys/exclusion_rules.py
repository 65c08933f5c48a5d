"""The rules that flag listeners. They are fixed before the first answer, so that nobody can choose them by the results.

This module knows only what each rule says; `evaluation.statistics.quality` applies them. The models use its defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Rule:
    """A number in a sentence."""

    key: str
    standard: float
    before: str | Promise  # the sentence up to the number
    after: str | Promise  # the rest of the sentence
    most: float
    is_share: bool = False  # stored as 0 to 1, shown and entered as a percentage
    of_pairs: bool = True  # whether it applies where two clips are compared

    def sentence(self, value: float) -> str:
        number = f"{100 * value:g} %" if self.is_share else f"{value:g}"
        return f"{self.before} {number} {self.after}"


RULES = (
    Rule("fewest_answers", 3, _("Listeners are not flagged if they gave fewer than"), _("answers."), 50),
    Rule(
        "fastest",
        5,
        _("An answer is too fast if the clip and its questions together took less than"),
        _("seconds."),
        600,
    ),
    Rule("fast_share", 0.5, _("Too fast: more than"), _("of the answers were too fast."), 1, True),
    Rule("straight_share", 0.9, _("Same rating for everything: in more than"), _("of the answers."), 1, True, False),
    Rule(
        "fewest_verdicts",
        6,
        _("Always the same verdict, or always the same side of a pair, in"),
        _("or more answers."),
        100,
    ),
    Rule(
        "least_heard",
        5,
        _("A clip was not heard properly if the listener played less than"),
        _("seconds of it."),
        600,
    ),
    Rule("little_share", 0.5, _("Heard too little: more than"), _("of the clips were not heard properly."), 1, True),
    Rule("known_share", 0.5, _("Knows the pieces: more than"), _("of the clips."), 1, True),
    Rule("failed_checks", 1, _("Failed attention checks:"), _("or more."), 10),
    Rule(
        "repeat_apart",
        0.4,
        _("Inconsistent: two ratings of the same clip differ by more than"),
        _("of the scale."),
        1,
        True,
    ),
)


def standard_rules() -> dict[str, float]:
    return {rule.key: rule.standard for rule in RULES}


def rules_of(*, compares: bool) -> list[Rule]:
    """The rules for ratings, or those for choices between two clips."""
    return [rule for rule in RULES if rule.of_pairs or not compares]


def rule_sentences(values: Mapping[str, float], *, compares: bool = False) -> list[str]:
    sentences = [rule.sentence(values.get(rule.key, rule.standard)) for rule in rules_of(compares=compares)]
    if compares:
        sentences.append(gettext("Contradicted: chose the other clip in every repeat (two or more repeats)."))
    return sentences
