"""One listener beside the others: stern or generous, quick or slow, of one mind with the rest or not."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaluation.statistics.answer_table import Aspect
from evaluation.statistics.ranks import correlate

COLUMNS = ["participant", "answers", "above", "spread", "agreement", "seconds", "said_ai", "flagged", "reasons"]


def listeners(answers: pd.DataFrame, aspects: Sequence[Aspect], flags: pd.DataFrame) -> pd.DataFrame:
    """Each listener in numbers.

    Parameters
    ----------
    flags : `quality.flags` of the same answers

    Returns
    -------
    One row for each listener: ``answers``; ``above``, how much higher than the others' mean of the same clips they
    rate, in points, over all aspects; ``spread``, the standard deviation of their own ratings; ``agreement``,
    Spearman's correlation of their ratings with the others' means; ``seconds``, the median time for an answer;
    ``said_ai``, their share of verdicts AI; ``flagged`` and ``reasons``. What is not known is nan.
    """
    long = _deviations(answers, aspects)
    by_person = long.groupby("participant", observed=True)
    table = pd.DataFrame({"participant": flags["participant"].astype(str), "answers": flags["answers"]})
    table = table.set_index("participant")
    table["above"] = (long["rating"] - long["others"]).groupby(long["participant"], observed=True).mean()
    table["spread"] = by_person["rating"].std()
    table["agreement"] = by_person[["rating", "others"]].apply(lambda own: correlate(own["rating"], own["others"]).rho)
    people = answers["participant"].astype(str)
    known = "seconds_taken" in answers
    table["seconds"] = answers["seconds_taken"].groupby(people).median() if known else np.nan
    judged = answers["verdict"].notna()
    table["said_ai"] = (answers["verdict"] == "ai")[judged].groupby(people[judged]).mean()
    noticed = flags.set_index(flags["participant"].astype(str))
    return table.assign(flagged=noticed["flagged"], reasons=noticed["reasons"]).reset_index()[COLUMNS]


def answers_of(answers: pd.DataFrame, aspects: Sequence[Aspect], participant: str) -> pd.DataFrame:
    """One row for each clip and aspect that a listener rated, in the order in which they heard: ``position`` (from 1
    where it is not known), ``clip``, ``source``, ``aspect``, ``rating``, ``others`` (the others' mean; nan where nobody
    else rated it), ``verdict`` and ``seconds``."""
    long = _deviations(answers, aspects)
    own = long[long["participant"] == participant]
    return (
        own.sort_values(["position", "row"], kind="stable").drop(columns=["row", "participant"]).reset_index(drop=True)
    )


def _deviations(answers: pd.DataFrame, aspects: Sequence[Aspect]) -> pd.DataFrame:
    """Ratings, one below the other, each with the mean that all others gave to the same clip."""
    plain = pd.DataFrame(
        {
            "row": np.arange(len(answers)),
            "participant": answers["participant"].astype(str).to_numpy(),
            "clip": answers["clip"].astype(str).to_numpy(),
            "source": answers["source"].astype(str).to_numpy(),
            "verdict": answers["verdict"].astype(object).to_numpy(),
            "seconds": answers["seconds_taken"].to_numpy(float) if "seconds_taken" in answers else np.nan,
        }
    )
    order = plain.groupby("participant").cumcount() + 1
    plain["position"] = answers["position"].to_numpy(float) if "position" in answers else order
    parts = []
    for aspect in aspects:
        part = plain.assign(aspect=aspect.key, rating=answers[aspect.key].to_numpy(float)).dropna(subset="rating")
        by_clip = part.groupby("clip")["rating"]
        others = by_clip.transform("size") - 1
        with np.errstate(invalid="ignore", divide="ignore"):
            part["others"] = (by_clip.transform("sum") - part["rating"]) / others.where(others > 0)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else plain.assign(aspect="", rating=np.nan, others=np.nan)[:0]
