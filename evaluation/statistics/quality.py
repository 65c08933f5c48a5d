"""Who listened as asked, by rules that stand before the first answer.

Nobody is ever removed in silence: a flag says what was noticed, a rule says which flags keep somebody out, and every
result can be had with and without.
"""

from dataclasses import dataclass

import pandas as pd

from evaluation.statistics.collected import Collected

FINISHED = "finished"
REASONS = {
    "too_fast": "answered faster than the clip and the questions allow",
    "straight_lining": "gave the same rating to everything",
    "same_verdict": "gave the same verdict to every clip",
    "heard_too_little": "heard too little of the clips",
}


@dataclass(frozen=True)
class Rules:
    """When a listener is flagged. Meade and Craig (2012) and Curran (2016) advise several weak signs, not one."""

    fastest: float = 5.0  # seconds for a clip and its questions
    fast_share: float = 0.5  # of a listener's answers given faster than that
    straight_share: float = 0.9  # of the answers that give all aspects the same rating
    fewest_verdicts: int = 6  # before "always the same verdict" means anything
    least_heard: float = 5.0  # seconds of a clip
    little_share: float = 0.5  # of the answers with less heard than that
    fewest_answers: int = 3  # before anything about a listener is said


def flags(collected: Collected, rules: Rules = Rules()) -> pd.DataFrame:
    """What was noticed about each listener.

    Returns
    -------
    One row for each listener with answers, in the order of ``participant``: ``answers`` (count), ``familiar`` (clips
    known before; they concern the clip and flag nobody), one column of true and false for each of ``REASONS``,
    ``flagged`` (any of them) and ``reasons``, in words. What was not measured flags nobody.
    """
    answers = collected.answers
    by_person = answers.groupby("participant", observed=True)
    table = pd.DataFrame({"answers": by_person.size()})
    table["familiar"] = _share_or_none(answers, "familiar", lambda known: known == 1).mul(table["answers"]).round()
    enough = table["answers"] >= rules.fewest_answers
    marks = {
        "too_fast": _share(answers, "seconds_taken", lambda taken: taken < rules.fastest) > rules.fast_share,
        "straight_lining": _straight(collected, rules),
        "same_verdict": _same_verdict(answers, rules),
        "heard_too_little": _share(answers, "seconds_heard", lambda heard: heard < rules.least_heard)
        > rules.little_share,
    }
    for name, mark in marks.items():
        table[name] = mark.reindex(table.index).fillna(False).astype(bool) & enough
    table["flagged"] = table[list(REASONS)].any(axis=1)
    marked = table[list(REASONS)].to_numpy()
    table["reasons"] = [
        "; ".join(word for word, is_so in zip(REASONS.values(), row, strict=True) if is_so) for row in marked
    ]
    return table.reset_index()


def _share(answers: pd.DataFrame, column: str, is_so) -> pd.Series:
    """Of each listener's answers in which `column` is known, the share for which `is_so`; nobody's is none."""
    return _share_or_none(answers, column, is_so).fillna(0.0)


def _share_or_none(answers: pd.DataFrame, column: str, is_so) -> pd.Series:
    if column not in answers:
        return pd.Series(dtype=float)
    known = answers[answers[column].notna()]
    return is_so(known[column].astype(float)).groupby(known["participant"], observed=True).mean()


def _straight(collected: Collected, rules: Rules) -> pd.Series:
    """All aspects alike in nearly every answer, or one aspect's rating never moved over all clips and aspects."""
    ratings = collected.answers[collected.keys]
    if len(collected.keys) < 2:
        spread = ratings.groupby(collected.answers["participant"], observed=True).nunique()
        return (spread <= 1).all(axis=1)
    alike = (ratings.max(axis=1) == ratings.min(axis=1)) & ratings.notna().all(axis=1)
    return alike.groupby(collected.answers["participant"], observed=True).mean() > rules.straight_share


def _same_verdict(answers: pd.DataFrame, rules: Rules) -> pd.Series:
    judged = answers[answers["verdict"].notna()].groupby("participant", observed=True)["verdict"]
    return (judged.nunique() == 1) & (judged.size() >= rules.fewest_verdicts)


def flow(collected: Collected, flagged: pd.DataFrame, *, left_out: int = 0) -> pd.DataFrame:
    """From those who came to those who count: ``step`` and ``people``."""
    answered = collected.answers["participant"].nunique()
    counted = {
        **{step: people for step, people in collected.flow.items() if step != FINISHED},
        "answered at least one clip": answered,
        **{step: people for step, people in collected.flow.items() if step == FINISHED},
        "were flagged": int(flagged["flagged"].sum()),
        "are in these results": answered - left_out,
    }
    return pd.DataFrame({"step": list(counted), "people": list(counted.values())})
