"""What is analysed: the tidy table of answers, and what its columns mean.

Comes from a survey's rows (`evaluation.answers.answers`) or from a file collected elsewhere
(`evaluation.answers.ratings_file`); everything after it sees no difference.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

# One row for each participant and clip. docs/data-dictionary.md says the same to people outside, and a test compares.
COLUMNS = {
    "participant": "pseudonym of the listener, different in every table",
    "clip": "name of the clip: its source and a number",
    "source": "where the clip comes from; pages call it model",
    "origin": "the truth about the source: human, ai, or anchor (a low anchor, shown apart)",
    "verdict": "what the listener took the clip for: human or ai; empty if not asked or not said",
    # ... one column for each aspect of the survey, named by its key, stands here ...
    "familiar": "1: the listener knows the piece, 0: does not; empty if not asked",
    "position": "place of the clip in what this listener heard, from 1, practice counted",
    "order": "which question came first: ratings_first or verdict_first",
    "seconds_heard": "length of the clip that was heard, repeats not counted; empty if unknown",
    "seconds_taken": "from the page to the answer",
    "given": "day of the answer (UTC)",
}
CONFIDENCE = "confidence"  # a column more where listeners were asked how sure they were, after the aspects
NEEDED = ("participant", "clip", "source", "origin", "verdict")
ORIGINS = ("human", "ai", "anchor")


@dataclass(frozen=True)
class Aspect:
    """What is rated, on a scale from `lowest` to `highest`."""

    key: str  # name of its column
    label: str
    question: str = ""
    low: str = ""  # the word at the lowest point
    high: str = ""
    lowest: float = 1
    highest: float = 5

    @property
    def points(self) -> list[int]:
        """The scale's points, or none where it has too many to be counted one by one."""
        return list(range(int(self.lowest), int(self.highest) + 1)) if self.highest - self.lowest <= 10 else []


@dataclass(frozen=True, eq=False)
class AnswerTable:
    """Answers with what belongs to them.

    answers : one row for each participant and clip, columns as in ``COLUMNS`` (``NEEDED`` are always there) and one
        for each aspect; participant, clip, source and origin are categorical, sources in the order they are shown in
    participants : one row for each participant: ``participant``, ``finished`` (1 or 0; unknown: missing) ...; where
        attention was checked ``checks`` (how many) and ``checks_failed``
    clips : one row for each clip: ``clip``, ``source``, ``number``, ``title`` ...
    sources : one row for each source, in order: ``source``, ``origin`` ...
    flow : how many people were recruited, started, finished ...; empty where nobody counted
    background : columns of `answers` that say something about the listener, the same in all their rows: musical
        training, headphones, age ...
    repeats : second answers to a clip heard before: participant, clip and what was asked; empty where nobody was
    measures : what was measured on the clips' notes: ``clip`` and a column for each measure; empty where nothing was
    measure_words : title and unit of each measure, by its column
    rules : who is flagged, as `quality.Rules`; what is left out is as usual
    """

    answers: pd.DataFrame
    participants: pd.DataFrame
    clips: pd.DataFrame
    sources: pd.DataFrame
    aspects: tuple[Aspect, ...]
    title: str
    rehearsal: bool = False
    verdict_question: str = ""
    verdict_words: tuple[str, str] = ("No", "Yes")  # how a human and how an AI verdict was worded
    flow: dict[str, int] = field(default_factory=dict)
    background: tuple[str, ...] = ()
    repeats: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["participant", "clip"]))
    measures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["clip"]))
    measure_words: dict[str, tuple[str, str]] = field(default_factory=dict)
    rules: Mapping[str, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def keys(self) -> list[str]:
        return [aspect.key for aspect in self.aspects]

    @property
    def has_verdicts(self) -> bool:
        return bool(self.answers["verdict"].notna().any())

    def without(self, participants: Sequence[str]) -> "AnswerTable":
        """The same without some participants: for results before and after exclusion."""
        answers = self.answers[~self.answers["participant"].isin(participants)].reset_index(drop=True)
        left = self.participants[~self.participants["participant"].isin(participants)].reset_index(drop=True)
        again = self.repeats[~self.repeats["participant"].isin(participants)].reset_index(drop=True)
        return replace(self, answers=answers, participants=left, repeats=again)

    def fingerprint(self) -> str:
        """SHA-256 over who said what to which clip; the same for the same answers in any order of rows."""
        columns = [*NEEDED, *self.keys]
        rows = self.answers[columns].sort_values(["participant", "clip"], key=lambda column: column.astype(str))
        digest = hashlib.sha256("\x1f".join(columns).encode())
        for name in columns:
            if name in self.keys:
                digest.update(rows[name].to_numpy("<f8").tobytes())
            else:
                words, codes = _words_and_codes(rows[name])
                digest.update("\x1f".join(words).encode())
                digest.update(codes.astype("<i4").tobytes())
        return digest.hexdigest()

    def seed(self) -> int:
        """Where chance starts in the analysis of these answers: the same answers, the same numbers."""
        return int(self.fingerprint()[:8], 16)


def _words_and_codes(column: pd.Series) -> tuple[list[str], np.ndarray]:
    """The words that occur, sorted, and for each row which of them it is (-1: none)."""
    codes, words = pd.factorize(column.astype("category"), sort=False)
    names = [str(word) for word in words]
    order = np.argsort(np.array(names, dtype=object)) if names else np.array([], dtype=int)
    rank = np.empty(len(names) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(names)), -1
    return [names[i] for i in order], rank[codes]


def sort_sources(sources: pd.DataFrame) -> pd.DataFrame:
    """Human sources first (the first is the reference), then AI, then anchors; within each by name, as people count.

    The order depends on names alone: a survey, its exported file and a file from elsewhere show the same.
    """
    rank = sources["origin"].map({origin: place for place, origin in enumerate(ORIGINS)}).to_numpy()
    return sources.iloc[np.lexsort([natural_order(sources["source"].astype(str)).to_numpy(str), rank])].reset_index(
        drop=True
    )


def natural_order(column: pd.Series) -> pd.Series:
    """For sorting names in the order that people expect, clip-2 before clip-10; a categorical column in its own."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes
    return column.str.replace(r"\d+", lambda number: number.group().zfill(9), regex=True)
