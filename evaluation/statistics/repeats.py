"""The same clip again: do listeners say the same twice?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.describe import wilson

COLUMNS = ["aspect", "pairs", "listeners", "same", "near", "low", "high", "difference", "shift", "reliability"]
VERDICT = "verdict"


def repeat_agreement(answers: pd.DataFrame, repeats: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """How listeners' second answers to a clip compare with their first.

    Parameters
    ----------
    answers : first answers, one row for each participant and clip
    repeats : second answers: ``participant``, ``clip`` and the same columns; empty where nobody was asked twice

    Returns
    -------
    One row for each aspect that was answered twice, and one called "verdict": ``pairs``, ``listeners``; ``same``, the
    share of equal answers, with its 95 % Wilson interval ``low`` to ``high`` (right for one repeat each);
    ``near``, the share at most one point apart; ``difference``, the mean distance in points; ``shift``, how much
    higher the second answer is on average; ``reliability``, Pearson's correlation of both. What has no meaning for a
    verdict, or cannot be worked out, is nan.
    """
    if repeats.empty:
        return pd.DataFrame(columns=COLUMNS)
    place = ["participant", "clip"]
    plain = [table.astype(dict.fromkeys(place, str)) for table in (answers, repeats)]
    both = plain[0].merge(plain[1], on=place, suffixes=("", "_again"), validate="one_to_many")
    rows = [_aspect_row(both, aspect) for aspect in aspects if f"{aspect.key}_again" in both]
    if f"{VERDICT}_again" in both:
        rows.append(_verdict_row(both))
    return pd.DataFrame([row for row in rows if row["pairs"]], columns=COLUMNS)


def _aspect_row(both: pd.DataFrame, aspect: Aspect) -> dict[str, Any]:
    pairs = both[both[aspect.key].notna() & both[f"{aspect.key}_again"].notna()]
    first, second = pairs[aspect.key].to_numpy(float), pairs[f"{aspect.key}_again"].to_numpy(float)
    apart = np.abs(second - first)
    varied = len(pairs) > 2 and np.ptp(first) > 0 and np.ptp(second) > 0
    return _agreement_counts(aspect.key, pairs, apart == 0) | {
        "near": float((apart <= 1).mean()) if len(pairs) else np.nan,
        "difference": float(apart.mean()) if len(pairs) else np.nan,
        "shift": float((second - first).mean()) if len(pairs) else np.nan,
        "reliability": float(np.corrcoef(first, second)[0, 1]) if varied else np.nan,
    }


def _verdict_row(both: pd.DataFrame) -> dict[str, Any]:
    pairs = both[both[VERDICT].notna() & both[f"{VERDICT}_again"].notna()]
    same = pairs[VERDICT].astype(str) == pairs[f"{VERDICT}_again"].astype(str)
    return _agreement_counts(VERDICT, pairs, same.to_numpy())


def _agreement_counts(name: str, pairs: pd.DataFrame, same: np.ndarray) -> dict[str, Any]:
    counts = {"aspect": name, "pairs": len(pairs), "listeners": pairs["participant"].nunique()}
    if not len(pairs):
        return counts
    low, high = wilson(np.array([same.sum()]), np.array([len(pairs)]))
    return counts | {"same": float(same.mean()), "low": float(low[0]), "high": float(high[0])}
