"""What a table of ratings and verdicts says: tables in, tables out, no Django.

A chart is a picture of one of these tables, and results.json is all of them unrounded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evaluation.statistics import belief, bootstrap, clip_measures, confidence, describe, quality, repeats
from evaluation.statistics.analysis import Analysis, analyse
from evaluation.statistics.answer_table import AnswerTable
from evaluation.statistics.designs import drop_anchors
from evaluation.statistics.reasons import FEWEST_CLIPS, FEWEST_PARTICIPANTS

SAID_AI = "said_ai"
TABLES = (
    *("ratings", "clip_ratings", "categories", "upper", "verdicts", "clip_verdicts", "beliefs", "clip_beliefs"),
    *("calibration", "repeated", "measures", "correlations", "flags", "flow"),
)
OVERLAPS = 7  # their place among the streams of chance
MOST_GROUPS = 6  # of listeners, that verdicts are analysed by


@dataclass(frozen=True, eq=False)
class RatingResults:
    """All tables that were worked out of one collection.

    ratings : `describe.ratings_by_source` with ``low`` and ``high`` (95 %, listeners and clips by chance) and ``why``,
        the reason where there is no interval
    clip_ratings, categories, upper : `describe.ratings_by_clip`, `describe.categories`, `describe.upper_shares`
    verdicts : `describe.verdicts_by_source` with ``low``, ``high`` and ``why``
    clip_verdicts : `describe.verdicts_by_clip`
    beliefs, clip_beliefs : `belief.ratings_by_belief`, `belief.ratings_and_beliefs_of_clips`
    calibration : `confidence.calibration`; empty where nobody was asked how sure they were
    repeated : `repeats.repeat_agreement`; empty where nobody heard a clip twice
    measures : `clip_measures.measures_by_source`; empty where nothing was measured
    correlations : `clip_measures.correlations`; empty where nothing was measured
    flags, flow : `quality.flags`, `quality.flow`
    """

    table: AnswerTable
    ratings: pd.DataFrame
    clip_ratings: pd.DataFrame
    categories: pd.DataFrame
    upper: pd.DataFrame
    verdicts: pd.DataFrame
    clip_verdicts: pd.DataFrame
    beliefs: pd.DataFrame
    clip_beliefs: pd.DataFrame
    calibration: pd.DataFrame
    repeated: pd.DataFrame
    measures: pd.DataFrame
    correlations: pd.DataFrame
    flags: pd.DataFrame
    flow: pd.DataFrame
    seed: int
    replicates: int
    left_out: int = 0  # listeners, because they were flagged

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return {name: getattr(self, name) for name in TABLES}

    @property
    def cautions(self) -> list[str]:
        """What a reader must know before the numbers, as sentences."""
        whys = pd.concat(
            [self.ratings.get("why", pd.Series(dtype=str)), self.verdicts.get("why", pd.Series(dtype=str))]
        )
        if not whys.ne("").any():
            return []
        listeners = self.table.answers["participant"].nunique()
        return [
            "Some averages have no interval: with fewer than "
            f"{FEWEST_CLIPS} clips of a model or {FEWEST_PARTICIPANTS} listeners "
            f"(here {listeners}) it would be meaningless. They describe only these clips and these listeners."
        ]


def describe_ratings(
    everybody: AnswerTable,
    *,
    without_flagged: bool = False,
    seed: int | None = None,
    replicates: int = bootstrap.REPLICATES,
) -> RatingResults:
    """Everything about one collection; the same answers and seed give the same numbers to the last digit."""
    flagged = quality.flags(everybody)
    left_out = quality.flagged_participants(flagged) if without_flagged else []
    answer_table = everybody.without(left_out) if left_out else everybody
    seed = answer_table.seed() if seed is None else seed
    answers, aspects = answer_table.answers, answer_table.aspects
    ratings = describe.ratings_by_source(answers, aspects)
    verdicts = describe.verdicts_by_source(answers)
    judged = answers.assign(**{SAID_AI: (answers["verdict"] == "ai").where(answers["verdict"].notna()).astype(float)})
    limits = {aspect.key: (aspect.lowest, aspect.highest) for aspect in aspects} | {SAID_AI: (0.0, 1.0)}
    asked = [*answer_table.keys, *([SAID_AI] if len(verdicts) else [])]
    rng = np.random.default_rng(seed)
    intervals = bootstrap.bootstrap_means(judged, asked, rng=rng, replicates=replicates, limits=limits)
    counts = describe.categories(answers, aspects)
    clip_ratings, clip_verdicts = describe.ratings_by_clip(answers, aspects), describe.verdicts_by_clip(answers)
    return RatingResults(
        table=answer_table,
        ratings=_add_intervals(ratings, intervals.rename(columns={"column": "aspect"}), ["source", "aspect"]),
        clip_ratings=clip_ratings,
        categories=counts,
        upper=describe.upper_shares(counts, aspects),
        verdicts=_add_intervals(verdicts, intervals[intervals["column"] == SAID_AI].drop(columns="column"), ["source"]),
        clip_verdicts=clip_verdicts,
        beliefs=belief.ratings_by_belief(answers, aspects, rng=rng, replicates=replicates),
        clip_beliefs=_clip_beliefs(answer_table),
        calibration=confidence.calibration(answers, rng=rng, replicates=replicates),
        repeated=repeats.repeat_agreement(answers, answer_table.repeats, aspects),
        measures=clip_measures.measures_by_source(
            answer_table.measures, answer_table.clips, answer_table.sources["source"], [*answer_table.measure_words]
        ),
        correlations=_correlations(answer_table, clip_ratings, clip_verdicts),
        flags=flagged,
        flow=quality.flow(everybody, flagged, left_out=len(left_out)),
        left_out=len(left_out),
        seed=seed,
        replicates=replicates,
    )


def _clip_beliefs(answer_table: AnswerTable) -> pd.DataFrame:
    """Anchors, disliked and taken for AI by design, would make the correlation by themselves."""
    contest = drop_anchors(answer_table.answers)
    of_clips = describe.ratings_by_clip(contest, answer_table.aspects), describe.verdicts_by_clip(contest)
    return belief.ratings_and_beliefs_of_clips(*of_clips)


def _correlations(answer_table: AnswerTable, clip_ratings: pd.DataFrame, clip_verdicts: pd.DataFrame) -> pd.DataFrame:
    """Of measures with mean ratings, and with the share judged AI as one aspect more."""
    shares = clip_verdicts.assign(aspect=SAID_AI).rename(columns={"share": "mean"})
    rated = [table[["source", "clip", "aspect", "mean"]] for table in (clip_ratings, shares) if len(table)]
    if not rated or answer_table.measures.empty:
        return pd.DataFrame(columns=clip_measures.COLUMNS)
    both = pd.concat([table.astype({"source": str, "clip": str}) for table in rated], ignore_index=True)
    return clip_measures.correlations(
        answer_table.measures, both, _origins(answer_table), [*answer_table.measure_words]
    )


def fit_models(results: RatingResults, progress: Callable[[str, float], None] | None = None) -> Analysis:
    """The mixed models and all that follows from them, for the same answers: seconds, or minutes with many."""
    answer_table = results.table
    analysis = analyse(
        answer_table.answers,
        answer_table.aspects,
        seed=results.seed,
        groups=_groups(answer_table),
        covariates=answer_table.background,
        progress=progress,
    )
    return replace(analysis, overlaps=_overlaps(answer_table, np.random.default_rng([results.seed, OVERLAPS])))


def _overlaps(answer_table: AnswerTable, rng: np.random.Generator) -> pd.DataFrame | None:
    if answer_table.measures.empty:
        return None
    keys = [*answer_table.measure_words]
    return clip_measures.overlaps(answer_table.measures, answer_table.clips, _origins(answer_table), keys, rng=rng)


def _origins(answer_table: AnswerTable) -> dict[str, str]:
    return dict(zip(answer_table.sources["source"], answer_table.sources["origin"], strict=True))


def _groups(answer_table: AnswerTable) -> list[str]:
    """By what verdicts are analysed apart: which question came first, and what listeners said about themselves."""
    columns = [name for name in ("order", *answer_table.background) if name in answer_table.answers]
    return [name for name in columns if 1 < answer_table.answers[name].nunique() <= MOST_GROUPS]


def _add_intervals(table: pd.DataFrame, intervals: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The table with low, high and why; an interval that would mean nothing is left out, with the reason."""
    if table.empty:
        return table.assign(low=[], high=[], why=[])
    merged = table.astype({"source": str}).merge(intervals, on=keys, how="left")
    why = [describe.why_no_interval(*pair) for pair in zip(merged["clips"], merged["listeners"], strict=True)]
    guarded = merged.assign(why=why)
    guarded.loc[guarded["why"] != "", ["low", "high"]] = np.nan
    return guarded.assign(
        source=table["source"].to_numpy() if table["source"].dtype == object else table["source"].array
    )
