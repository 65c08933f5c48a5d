"""What participants see at the end: which clips were human, and how their guesses compare with other people's."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, Sum, Value, When

from generation.models import Origin
from surveys.models import Answer, Participant, Trial

# With fewer others, the comparison would reveal their individual results.
FEWEST_OTHERS = 5
# Practice, checks and repeats do not count as guesses.
COUNTING = (Trial.Kind.RATING, Trial.Kind.PAIR)


@dataclass(frozen=True)
class Guess:
    """One clip or pair of the participant, with the truth about it."""

    trial: Trial
    number: int  # as it was shown: practice is counted separately
    verdict: str
    is_right: bool | None  # None: no guess, or nothing to guess


@dataclass(frozen=True)
class OwnResult:
    guesses: list[Guess]
    right: int
    judged: int
    others: int | None = None  # how many other people have finished; None: too few to compare with
    others_right: float | None = None  # share of their guesses that were right, 0 to 1
    did_better_than: int | None = None  # how many of them had a smaller share right

    @property
    def others_percent(self) -> int:
        return round(100 * (self.others_right or 0))


def own_result(participant: Participant) -> OwnResult:
    """Contains counts, never the answers of others. Low anchors do not count: they are neither human nor AI."""
    answers = (
        Answer.objects.filter(trial__participant=participant, trial__kind__in=COUNTING)
        .select_related("trial", "trial__clip__source", "trial__clip_b__source")
        .order_by("trial__position")
    )
    guesses = []
    for answer in answers:
        answer.trial.participant = participant
        number = answer.trial.position - participant.survey.practice
        guesses.append(Guess(answer.trial, number, answer.verdict, answer.is_right))
    judged = [guess for guess in guesses if guess.is_right is not None]
    right = sum(guess.is_right for guess in judged)
    if not judged:
        return OwnResult(guesses, 0, 0)

    others = _scores_of_others(participant)
    if len(others) < FEWEST_OTHERS:
        return OwnResult(guesses, right, len(judged))
    return OwnResult(
        guesses,
        right,
        len(judged),
        others=len(others),
        others_right=sum(score for score, _ in others) / sum(count for _, count in others),
        # Compares shares without dividing: 2 of 3 is neither better nor worse than 4 of 6.
        did_better_than=sum(score * len(judged) < right * count for score, count in others),
    )


def _scores_of_others(participant: Participant) -> list[tuple[int, int]]:
    """Right guesses and all guesses of every other participant who has finished; robots are compared with robots."""
    is_right = Case(When(verdict=F("trial__clip__source__origin"), then=Value(1)), default=Value(0))
    scores = (
        Answer.objects.filter(
            Q(trial__survey=participant.survey_id, trial__robot=participant.robot, trial__kind=Trial.Kind.RATING),
            trial__participant__finished__isnull=False,
        )
        .exclude(trial__participant=participant)
        .exclude(verdict="")
        .exclude(trial__clip__source__origin=Origin.ANCHOR)
        .values("trial__participant")
        .annotate(right=Sum(is_right), judged=Count("pk"))
        .order_by()
    )
    return [(score["right"], score["judged"]) for score in scores]
