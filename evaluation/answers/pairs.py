"""Choices between two clips, as a table: for preference surveys what `answers` is for ratings."""

import numpy as np
import pandas as pd
from django.db.models import CharField
from django.db.models.functions import Cast, Left

from evaluation.answers.answers import (
    add_pseudonyms,
    aspect_of,
    checks_of,
    clips_of,
    people_of,
    pseudonyms_of,
    sort_clips,
)
from evaluation.models import Snapshot
from evaluation.statistics.answer_table import sort_sources
from evaluation.statistics.pair_results import COLUMNS, PairTable
from evaluation.statistics.quality import AGREED, FINISHED
from surveys.models import Answer, Choice, Survey, Trial

FIELDS = {
    "answer": "pk",
    "participant": "trial__participant_id",
    "position": "trial__position",
    "clip_a": "trial__clip_id",
    "clip_b": "trial__clip_b_id",
    "familiar": "familiar",
    "seconds_heard_a": "seconds_heard",
    "seconds_heard_b": "seconds_heard_b",
    "seconds_taken": "seconds_taken",
    "given": "day",
}


def collect_pairs(survey: Survey, *, rehearsal: bool = False, at: Snapshot | None = None) -> PairTable:
    """All choices of a survey's people, or of its robots; or those that were there when a snapshot was taken."""
    aspects = list(survey.aspects.all())
    rows, again = (_rows(survey, rehearsal, at, kind, aspects) for kind in (Trial.Kind.PAIR, Trial.Kind.REPEAT))
    pseudonyms = pseudonyms_of(survey, rows)
    clips = clips_of(survey, np.unique(rows[["clip_a", "clip_b"]].to_numpy(np.int64)))
    sources = sort_sources(clips[["source", "origin"]].drop_duplicates("source"))
    clips = sort_clips(clips, sources["source"])
    keys = [aspect.key for aspect in aspects]
    answers = _name_rows(rows, pseudonyms, clips, sources["source"], keys)
    people = people_of(survey, rehearsal, at).merge(checks_of(survey, rehearsal, at), on="pk", how="left")
    return PairTable(
        answers=answers,
        participants=add_pseudonyms(people, pseudonyms, answers),
        clips=clips.drop(columns=["pk", "origin"]),
        sources=sources,
        aspects=tuple(aspect_of(aspect) for aspect in aspects),
        title=survey.name,
        rehearsal=rehearsal,
        flow={AGREED: len(people), FINISHED: int(people["finished"].sum())},
        repeats=_name_rows(again, pseudonyms, clips, sources["source"], keys),
        rules=survey.rules,
    )


def _rows(survey: Survey, rehearsal: bool, at: Snapshot | None, kind: str, aspects) -> pd.DataFrame:
    given = Answer.objects.filter(trial__survey=survey, trial__robot=rehearsal, trial__kind=kind)
    given = given.filter(pk__lte=at.last_answer) if at else given
    dated = given.annotate(day=Left(Cast("given", CharField()), 10)).order_by("pk").values_list(*FIELDS.values())
    rows = pd.DataFrame.from_records(list(dated), columns=list(FIELDS))
    chosen = pd.DataFrame.from_records(
        list(Choice.objects.filter(aspect__in=aspects).order_by().values_list("answer_id", "aspect__key", "value")),
        columns=["answer", "aspect", "value"],
    )
    wide = chosen.pivot(index="answer", columns="aspect", values="value")
    return rows.join(wide.reindex(columns=[aspect.key for aspect in aspects]), on="answer")


def _name_rows(
    rows: pd.DataFrame, pseudonyms, clips: pd.DataFrame, sources: pd.Series, keys: list[str]
) -> pd.DataFrame:
    """Numbers of rows become names; who gave no first answer (to a real pair) is left out."""
    named = rows[rows["participant"].isin(list(pseudonyms))]
    for side in "ab":
        place = pd.Index(clips["pk"]).get_indexer(named[f"clip_{side}"])
        named = named.assign(
            **{
                f"clip_{side}": pd.Categorical(clips["clip"].to_numpy()[place], categories=clips["clip"]),
                f"source_{side}": pd.Categorical(clips["source"].to_numpy()[place], categories=sources),
                f"origin_{side}": pd.Categorical(
                    clips["origin"].to_numpy()[place], categories=["human", "ai", "anchor"]
                ),
                f"seconds_heard_{side}": named[f"seconds_heard_{side}"].astype(float),
            }
        )
    named = named.assign(
        participant=pd.Categorical(named["participant"].map(pseudonyms), categories=sorted(pseudonyms.values())),
        familiar=named["familiar"].astype(float),
        seconds_taken=named["seconds_taken"].astype(float).round(1),
    )
    names = [*COLUMNS]
    return named[names[:8] + keys + names[8:]].sort_values(["participant", "position"], ignore_index=True)
