"""What came of a preference survey: how often each was chosen, the strengths, and who is in. Tables in, tables out."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from evaluation.statistics import quality
from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.bradley_terry import PreferenceFit, fit_preferences
from evaluation.statistics.quality import Rules
from evaluation.statistics.reasons import Reason

# One row for each participant and pair; between `origin_b` and `familiar` one column for each question.
COLUMNS = {
    "participant": "pseudonym of the listener, different in every table",
    "position": "place of the pair in what this listener heard, from 1, practice counted",
    "clip_a": "name of the clip that was heard as A",
    "source_a": "where it comes from",
    "origin_a": "the truth about that: human, ai, or anchor",
    "clip_b": "name of the clip that was heard as B",
    "source_b": "where it comes from",
    "origin_b": "the truth about that: human, ai, or anchor",
    # ... one column for each question, named by its key: a, b or tie ...
    "familiar": "1: the listener knows one of the two pieces, 0: neither",
    "seconds_heard_a": "length of A that was heard, repeats not counted; empty if unknown",
    "seconds_heard_b": "length of B that was heard",
    "seconds_taken": "from the page to the answer",
    "given": "day of the answer (UTC)",
}
REASONS = {
    "too_fast": "answered faster than the clips and the questions allow",
    "same_side": "chose the same side of every pair",
    "heard_too_little": "heard too little of the clips",
    "failed_checks": "did not answer the attention checks as asked",
    "contradicted": "chose the other clip whenever a pair came again",
    "knows_pieces": "knew pieces in most of the pairs",
}
FEWEST_AGAIN = 2  # repeated answers before contradicting oneself means anything: close pairs turn by chance


@dataclass(frozen=True, eq=False)
class PairTable:
    """Choices with what belongs to them: `answers` has one row for each participant and pair (`COLUMNS`).

    repeats : the same columns, for pairs that came again with A and B exchanged
    participants, clips, sources, flow, rules : as in `answer_table.AnswerTable`
    """

    answers: pd.DataFrame
    participants: pd.DataFrame
    clips: pd.DataFrame
    sources: pd.DataFrame
    aspects: tuple[Aspect, ...]
    title: str
    rehearsal: bool = False
    flow: Mapping[str, int] = field(default_factory=dict)
    repeats: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS]))
    rules: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.answers)

    def without(self, participants: Sequence[str]) -> "PairTable":
        """The same without some participants."""
        kept = {
            name: getattr(self, name)[~getattr(self, name)["participant"].isin(participants)].reset_index(drop=True)
            for name in ("answers", "participants", "repeats")
        }
        return replace(self, **kept)

    def fingerprint(self) -> str:
        """SHA-256 over who chose what; the same for the same choices in any order of rows."""
        columns = ["participant", "clip_a", "clip_b", *(aspect.key for aspect in self.aspects)]
        rows = sorted("\x1f".join(map(str, row)) for row in self.answers[columns].itertuples(index=False))
        return hashlib.sha256("\n".join(["\x1f".join(columns), *rows]).encode()).hexdigest()

    def seed(self) -> None:
        """Nothing that is said about choices depends on chance."""

    def choices(self, aspect: str) -> pd.DataFrame:
        """The answers to one question, as `fit_preferences` takes them; low anchors take no part."""
        contest = self.answers[(self.answers["origin_a"] != "anchor") & (self.answers["origin_b"] != "anchor")]
        return contest.assign(choice=contest[aspect])


@dataclass(frozen=True, eq=False)
class PairResults:
    """All that was worked out of one collection of pairs.

    wins : for each question and two sources, ``first`` and ``second`` in showing order: how often each was chosen
        (``first_won``, ``second_won``, ``ties``), ``choices`` in all, ``share`` of the first, a tie counted half
    sides : for each question how often A, B and neither was chosen: a habit of one side shows here
    fits : for each question the strengths, or the reason why there are none
    repeated : for each question how often a pair that came again got the same answer
    """

    table: PairTable
    wins: pd.DataFrame
    sides: pd.DataFrame
    repeated: pd.DataFrame
    fits: dict[str, PreferenceFit | Reason]
    flags: pd.DataFrame
    flow: pd.DataFrame
    left_out: int = 0

    @property
    def cautions(self) -> list[str]:
        return sorted({fit.text for fit in self.fits.values() if isinstance(fit, Reason)})


def describe_pairs(everybody: PairTable, *, without_flagged: bool = False) -> PairResults:
    """Everything about one collection of pairs."""
    flagged = flags(everybody)
    left_out = quality.flagged_participants(flagged) if without_flagged else []
    pairs = everybody.without(left_out) if left_out else everybody
    answered = everybody.answers["participant"].nunique()
    return PairResults(
        table=pairs,
        wins=pd.DataFrame([row for aspect in pairs.aspects for row in _wins(pairs, aspect.key)]),
        sides=pd.DataFrame([_sides(pairs, aspect.key) for aspect in pairs.aspects]),
        repeated=_repeat_agreement(pairs),
        fits={aspect.key: fit_preferences(pairs.choices(aspect.key)) for aspect in pairs.aspects},
        flags=flagged,
        flow=quality.steps(answered, everybody.flow, flagged, left_out=len(left_out)),
        left_out=len(left_out),
    )


def _wins(pairs: PairTable, aspect: str) -> list[dict[str, Any]]:
    answers, rows = pairs.answers, []
    a, b, choice = (answers[name].astype(str).to_numpy() for name in ("source_a", "source_b", aspect))
    for first, second in combinations(pairs.sources["source"].astype(str), 2):
        straight, turned = (a == first) & (b == second), (a == second) & (b == first)
        won = [
            int((straight & (choice == side)).sum() + (turned & (choice == other)).sum())
            for side, other in (("a", "b"), ("b", "a"), ("tie", "tie"))
        ]
        if sum(won):
            share = (won[0] + won[2] / 2) / sum(won)
            counts = dict(zip(("first_won", "second_won", "ties"), won, strict=True))
            rows.append({"aspect": aspect, "first": first, "second": second, **counts, "choices": sum(won)})
            rows[-1]["share"] = share
    return rows


def _sides(pairs: PairTable, aspect: str) -> dict[str, Any]:
    counts = pairs.answers[aspect].value_counts()
    return {"aspect": aspect, **{side: int(counts.get(side, 0)) for side in ("a", "b", "tie")}}


def _both(pairs: PairTable) -> pd.DataFrame:
    """First and second answer to the same two clips; the second time A was B."""
    place = ["participant", "clip_a", "clip_b"]
    plain = pairs.answers.astype(dict.fromkeys(place, str))
    turned = pairs.repeats.astype(dict.fromkeys(place, str)).rename(columns={"clip_a": "clip_b", "clip_b": "clip_a"})
    return plain.merge(turned, on=place, suffixes=("", "_again"))


def _repeat_agreement(pairs: PairTable) -> pd.DataFrame:
    both, rows = _both(pairs), []
    for aspect in pairs.aspects if len(both) else ():
        same, other = _agreement(both, aspect.key)
        rows.append(
            {"aspect": aspect.key, "pairs": len(both), "same": float(same.mean()), "other": float(other.mean())}
        )
    return pd.DataFrame(rows, columns=["aspect", "pairs", "same", "other"])


def _agreement(both: pd.DataFrame, aspect: str) -> tuple[pd.Series, pd.Series]:
    """Whether the same clip was chosen again (or a tie), and whether the other one was."""
    again = both[f"{aspect}_again"].map({"a": "b", "b": "a", "tie": "tie"})
    other = (again != both[aspect]) & (again != "tie") & (both[aspect] != "tie")
    return again == both[aspect], other


def flags(pairs: PairTable, rules: Rules | None = None) -> pd.DataFrame:
    """As `quality.flags`, with the reasons of `REASONS`."""
    rules = rules or Rules(**pairs.rules)
    answers = pairs.answers
    least = answers[["seconds_heard_a", "seconds_heard_b"]].astype(float).min(axis=1)
    marks = quality.careless_marks(answers.assign(seconds_heard=least), pairs.participants, rules)
    return quality.flag_table(
        answers,
        marks | {"same_side": _same_side_marks(pairs, rules), "contradicted": _contradiction_marks(pairs)},
        REASONS,
        rules,
    )


def _same_side_marks(pairs: PairTable, rules: Rules) -> pd.Series:
    keys = [aspect.key for aspect in pairs.aspects]
    sides = pairs.answers[keys].apply(lambda row: row.iloc[0] if row.nunique() == 1 else np.nan, axis=1)
    by_person = sides.groupby(pairs.answers["participant"], observed=True)
    whole = by_person.count() == by_person.size()
    return (by_person.nunique() == 1) & whole & (by_person.size() >= rules.fewest_verdicts)


def _contradiction_marks(pairs: PairTable) -> pd.Series:
    both = _both(pairs)
    if both.empty:
        return pd.Series(dtype=bool)
    turned = pd.concat([_agreement(both, aspect.key)[1] for aspect in pairs.aspects])
    who = pd.concat([both["participant"]] * len(pairs.aspects))
    by_person = turned.groupby(who)
    return by_person.all() & (by_person.size() >= FEWEST_AGAIN)
