"""By which rules a listener is flagged: fixed in the survey before anybody answers, so that none is chosen to taste.

Only what a rule says and means; who is flagged by it is worked out where results are (`evaluation.statistics.quality`).
Imports nothing: the models ask it for their defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A number, with the sentence that it stands in."""

    key: str
    standard: float
    before: str  # "Flagged as too fast are listeners who gave more than"
    after: str  # what follows the number
    most: float
    is_share: bool = False  # kept as 0 to 1, written and filled in as per cent
    of_pairs: bool = True  # whether it means anything where two clips are compared

    @property
    def shown(self) -> float:
        return 100 * self.standard if self.is_share else self.standard

    def rule_sentences(self, value: float) -> str:
        number = f"{100 * value:g} %" if self.is_share else f"{value:g}"
        return f"{self.before} {number} {self.after}"


RULES = (
    Rule("fewest_answers", 3, "Nothing is said about listeners with fewer than", "answers.", 50),
    Rule("fastest", 5, "An answer is fast if it took less than", "seconds, clip and questions together.", 600),
    Rule("fast_share", 0.5, "Too fast: more than", "of the answers were fast.", 1, True),
    Rule("straight_share", 0.9, "The same rating for everything: in more than", "of the answers.", 1, True, False),
    Rule("fewest_verdicts", 6, "Always the same verdict, or always the same side of a pair: after", "or more.", 100),
    Rule("least_heard", 5, "An answer is hasty if less than", "seconds of the clip were heard.", 600),
    Rule("little_share", 0.5, "Heard too little: more than", "of the answers were hasty.", 1, True),
    Rule("known_share", 0.5, "Knows the pieces: more than", "of the clips.", 1, True),
    Rule("failed_checks", 1, "Failed attention:", "or more of the checks were not answered as asked.", 10),
    Rule(
        "repeat_apart", 0.4, "Inconsistent: ratings of a clip heard again lie more than", "of the scale apart.", 1, True
    ),
)


def standard_rules() -> dict[str, float]:
    return {rule.key: rule.standard for rule in RULES}


def rules_of(*, compares: bool) -> list[Rule]:
    """Those that mean something for ratings, or for choices between two clips."""
    return [rule for rule in RULES if rule.of_pairs or not compares]


def rule_sentences(values: Mapping[str, float], *, compares: bool = False) -> list[str]:
    """Every rule as a sentence."""
    said = [rule.rule_sentences(values.get(rule.key, rule.standard)) for rule in rules_of(compares=compares)]
    return said + ["Contradicted: the other clip was chosen in every repeat, two or more."] * compares
