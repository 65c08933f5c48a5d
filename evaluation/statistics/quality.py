"""Who listened as asked, by rules that stand before the first answer.

Nobody is ever removed in silence: a flag says what was noticed, a rule says which flags keep somebody out, and every
result can be had with and without.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.statistics.answer_table import AnswerTable
from studies.errors import EarwitnessError

# The steps from those who came to those who count, as tables and results.json name them.
AGREED = "agreed to take part"
ANSWERED = "answered at least one clip"
FINISHED = "finished"
FLAGGED = "were flagged"
INCLUDED = "are in these results"
REASONS = {
    "too_fast": "answered faster than the clip and the questions allow",
    "straight_lining": "gave the same rating to everything",
    "same_verdict": "gave the same verdict to every clip",
    "heard_too_little": "heard too little of the clips",
    "failed_checks": "did not answer the attention checks as asked",
    "inconsistent": "rated clips heard again quite differently",
    "knows_pieces": "knew most of the pieces",
}


@dataclass(frozen=True)
class Rules:
    """When a listener is flagged. Meade and Craig (2012) and Curran (2016) advise several weak signs, not one.

    A survey keeps its own, from before the first answer; the same numbers stand in `surveys.exclusion_rules`.
    """

    fewest_answers: float = 3  # before anything about a listener is said
    fastest: float = 5  # seconds for a clip and its questions
    fast_share: float = 0.5  # of a listener's answers given faster than that
    straight_share: float = 0.9  # of the answers that give all aspects the same rating
    fewest_verdicts: float = 6  # before "always the same verdict" means anything; of pairs, "always the same side"
    least_heard: float = 5  # seconds of a clip
    little_share: float = 0.5  # of the answers with less heard than that
    known_share: float = 0.5  # of the clips known before
    failed_checks: float = 1  # attention checks not answered as asked
    repeat_apart: float = 0.4  # of the scale, between the ratings of a clip heard twice; by chance it is 0.4 on 1 to 5


def flags(answer_table: AnswerTable, rules: Rules | None = None) -> pd.DataFrame:
    """What was noticed about each listener, by the survey's own rules if none are given.

    Returns
    -------
    One row for each listener with answers, in the order of ``participant``: ``answers`` (count), ``familiar`` (clips
    known before), one column of true and false for each of ``REASONS``, ``flagged`` (any of them) and ``reasons``, in
    words. What was not measured flags nobody.
    """
    rules = rules or Rules(**answer_table.rules)
    answers = answer_table.answers
    marks = careless_marks(answers, answer_table.participants, rules) | {
        "straight_lining": _straight(answer_table, rules),
        "same_verdict": _same_verdict(answers, rules),
        "inconsistent": _inconsistent_marks(answer_table, rules),
    }
    return flag_table(answers, marks, REASONS, rules)


def careless_marks(answers: pd.DataFrame, participants: pd.DataFrame, rules: Rules) -> dict[str, pd.Series]:
    """What can be noticed whatever was asked."""
    return {
        "too_fast": _share(answers, "seconds_taken", lambda taken: taken < rules.fastest) > rules.fast_share,
        "heard_too_little": _share(answers, "seconds_heard", lambda heard: heard < rules.least_heard)
        > rules.little_share,
        "failed_checks": _failed_check_marks(participants, rules),
        "knows_pieces": _share(answers, "familiar", lambda known: known == 1) > rules.known_share,
    }


def flag_table(
    answers: pd.DataFrame, marks: Mapping[str, pd.Series], reasons: Mapping[str, str], rules: Rules
) -> pd.DataFrame:
    """The table of `flags`, from one series of true and false by participant for each reason."""
    by_person = answers.groupby("participant", observed=True)
    table = pd.DataFrame({"answers": by_person.size()})
    table["familiar"] = _share_or_none(answers, "familiar", lambda known: known == 1).mul(table["answers"]).round()
    enough = table["answers"] >= rules.fewest_answers
    for name in reasons:
        table[name] = marks[name].reindex(table.index).fillna(False).astype(bool) & enough
    table["flagged"] = table[list(reasons)].any(axis=1)
    noticed = table[list(reasons)].to_numpy()
    table["reasons"] = [
        "; ".join(word for word, is_so in zip(reasons.values(), row, strict=True) if is_so) for row in noticed
    ]
    return table.reset_index()


def _failed_check_marks(participants: pd.DataFrame, rules: Rules) -> pd.Series:
    """A rule of 0 would flag everybody: it means that checks flag nobody."""
    if "checks_failed" not in participants or not rules.failed_checks:
        return pd.Series(dtype=bool)
    return participants.set_index("participant")["checks_failed"] >= rules.failed_checks


def _inconsistent_marks(answer_table: AnswerTable, rules: Rules) -> pd.Series:
    """How far the two ratings of a clip heard twice lie apart, over all aspects, as a share of their scales."""
    scaled = [aspect for aspect in answer_table.aspects if aspect.key in answer_table.repeats]
    if answer_table.repeats.empty or not scaled:
        return pd.Series(dtype=bool)
    place = ["participant", "clip"]
    plain = [table.astype(dict.fromkeys(place, str)) for table in (answer_table.answers, answer_table.repeats)]
    both = plain[0].merge(plain[1], on=place, suffixes=("", "_again"))
    apart = [
        (both[aspect.key] - both[f"{aspect.key}_again"]).abs() / (aspect.highest - aspect.lowest) for aspect in scaled
    ]
    mean = pd.concat(apart, axis=1).mean(axis=1).groupby(both["participant"]).mean()
    return mean > rules.repeat_apart


def _share(answers: pd.DataFrame, column: str, is_so: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Of each listener's answers in which `column` is known, the share for which `is_so`; nobody's is none."""
    return _share_or_none(answers, column, is_so).fillna(0.0)


def _share_or_none(answers: pd.DataFrame, column: str, is_so: Callable[[pd.Series], pd.Series]) -> pd.Series:
    if column not in answers:
        return pd.Series(dtype=float)
    known = answers[answers[column].notna()]
    return is_so(known[column].astype(float)).groupby(known["participant"], observed=True).mean()


def _straight(answer_table: AnswerTable, rules: Rules) -> pd.Series:
    """All aspects alike in nearly every answer, or one aspect's rating never moved over all clips and aspects."""
    ratings = answer_table.answers[answer_table.keys]
    if len(answer_table.keys) < 2:
        spread = ratings.groupby(answer_table.answers["participant"], observed=True).nunique()
        return (spread <= 1).all(axis=1)
    alike = (ratings.max(axis=1) == ratings.min(axis=1)) & ratings.notna().all(axis=1)
    return alike.groupby(answer_table.answers["participant"], observed=True).mean() > rules.straight_share


def _same_verdict(answers: pd.DataFrame, rules: Rules) -> pd.Series:
    judged = answers[answers["verdict"].notna()].groupby("participant", observed=True)["verdict"]
    return (judged.nunique() == 1) & (judged.size() >= rules.fewest_verdicts)


def flow(answer_table: AnswerTable, flagged: pd.DataFrame, *, left_out: int = 0) -> pd.DataFrame:
    """From those who came to those who count: ``step`` and ``people``."""
    return steps(answer_table.answers["participant"].nunique(), answer_table.flow, flagged, left_out=left_out)


def steps(answered: int, came: Mapping[str, int], flagged: pd.DataFrame, *, left_out: int = 0) -> pd.DataFrame:
    """The same from counts: how many answered, and who came (as `AnswerTable.flow`)."""
    counts = {
        **{step: people for step, people in came.items() if step != FINISHED},
        ANSWERED: answered,
        **{step: people for step, people in came.items() if step == FINISHED},
        FLAGGED: int(flagged["flagged"].sum()),
        INCLUDED: answered - left_out,
    }
    return pd.DataFrame({"step": list(counts), "people": list(counts.values())})


class NobodyLeftError(EarwitnessError):
    """Everybody was flagged: without them there is nothing to describe."""


def flagged_participants(flagged: pd.DataFrame) -> list[str]:
    """Whom results without flagged participants leave out, from the table of `flags`; NobodyLeftError if all are."""
    if len(flagged) and flagged["flagged"].all():
        raise NobodyLeftError(
            "All participants are flagged, so no answers are left. Include flagged participants, or change the rules."
        )
    return flagged.loc[flagged["flagged"], "participant"].tolist()
