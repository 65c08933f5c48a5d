"""Where rows become a table: the only bridge from the database to the statistics.

People or robots, never both in one table. pandas is imported here and nowhere near the pages of participants.
"""

import hashlib
import hmac
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from django.conf import settings
from django.db.models import CharField, Q
from django.db.models.functions import Cast, Left

from evaluation.answers.clip_measures import measures_of
from evaluation.models import Snapshot
from evaluation.statistics.answer_table import COLUMNS, CONFIDENCE, AnswerTable, Aspect, natural_order, sort_sources
from evaluation.statistics.quality import AGREED, FINISHED
from generation.models import Clip
from surveys.listener_questions import LISTENER_QUESTIONS
from surveys.models import CLIP_RATE, Answer, Choice, Participant, Rating, Survey, Trial

ABOUT_LISTENERS = tuple(asked.key for asked in LISTENER_QUESTIONS)
FIELDS = {
    "answer": "pk",
    "participant": "trial__participant_id",
    "clip": "trial__clip_id",
    "verdict": "verdict",
    "confidence": "confidence",
    "familiar": "familiar",
    "position": "trial__position",
    "order": "order",
    "seconds_heard": "seconds_heard",
    "seconds_taken": "seconds_taken",
    "given": "day",
}


def collect(survey: Survey, *, rehearsal: bool = False, at: Snapshot | None = None) -> AnswerTable:
    """All answers of a survey's people, or of its robots, as one row for each participant and clip; or those that were
    there when a snapshot was taken.

    Practice, checks and repeats are left out: they say something about the listener, not about the clip.
    """
    aspects = list(survey.aspects.all())
    keys = [aspect.key for aspect in aspects]
    ratings = _ratings(survey, rehearsal, aspects)
    rows = _answers(survey, rehearsal, at).join(ratings, on="answer")
    if not survey.asks_confidence:
        rows = rows.drop(columns="confidence")
    again = (
        _answers(survey, rehearsal, at, kind=Trial.Kind.REPEAT).join(ratings, on="answer") if survey.repeats else None
    )
    pseudonyms = pseudonyms_of(survey, rows)
    clips = clips_of(survey, rows["clip"].unique())
    sources = sort_sources(clips[["source", "origin"]].drop_duplicates("source"))
    clips = sort_clips(clips, sources["source"])
    answers = _name_rows(rows, pseudonyms, clips, sources["source"])
    measures, words = measures_of(clips)
    people = people_of(survey, rehearsal, at).merge(checks_of(survey, rehearsal, at), on="pk", how="left")
    participants = add_pseudonyms(people, pseudonyms, answers)
    sure = [CONFIDENCE] if CONFIDENCE in answers else []
    background = [name for name in ABOUT_LISTENERS if name in participants]
    answers = answers.merge(participants[["participant", *background]], on="participant", how="left")
    return AnswerTable(
        answers=answers[[*COLUMNS][:5] + keys + sure + [*COLUMNS][5:] + background],
        participants=participants,
        background=tuple(background),
        clips=clips.drop(columns=["pk", "origin"]),
        sources=sources,
        aspects=tuple(aspect_of(aspect) for aspect in aspects),
        title=survey.name,
        rehearsal=rehearsal,
        verdict_question=survey.verdict_question,
        verdict_words=(survey.verdict_human, survey.verdict_ai),
        measures=measures,
        measure_words=words,
        flow={AGREED: len(people), FINISHED: int(people["finished"].sum())},
        rules=survey.rules,
        **({} if again is None else {"repeats": _repeats(again, pseudonyms, clips, keys)}),
    )


def _rows(survey: Survey, rehearsal: bool, at: Snapshot | None, kind: str):
    rows = Answer.objects.filter(trial__survey=survey, trial__robot=rehearsal, trial__kind=kind)
    return rows.filter(pk__lte=at.last_answer) if at else rows


def _answers(survey: Survey, rehearsal: bool, at: Snapshot | None, *, kind: str = Trial.Kind.RATING) -> pd.DataFrame:
    # The day is cut out by the database: a quarter of a million times made in Python take as long as all the rest.
    dated = _rows(survey, rehearsal, at, kind).annotate(day=Left(Cast("given", CharField()), 10)).order_by("pk")
    return pd.DataFrame.from_records(list(dated.values_list(*FIELDS.values())), columns=list(FIELDS))


def _ratings(survey: Survey, rehearsal: bool, aspects) -> pd.DataFrame:
    """One row for each answer, one column for each aspect."""
    # An aspect belongs to one survey, so that no other table needs to be asked; robots' ratings fall out in the join.
    ratings = Rating.objects.filter(aspect__in=aspects).order_by().values_list("answer_id", "aspect_id", "value")
    flat = np.array(list(ratings), dtype=np.int64).reshape(-1, 3)
    answers, row = np.unique(flat[:, 0], return_inverse=True)
    place = {aspect.pk: column for column, aspect in enumerate(aspects)}
    values = np.full((len(answers), len(aspects)), np.nan)
    if len(flat):
        values[row, [place[pk] for pk in flat[:, 1].tolist()]] = flat[:, 2]
    return pd.DataFrame(values, index=answers, columns=[aspect.key for aspect in aspects])


def checks_of(survey: Survey, rehearsal: bool, at: Snapshot | None) -> pd.DataFrame:
    """For each participant (``pk``) who answered checks: how many, and how many not as they were asked to."""
    if not survey.checks:
        return pd.DataFrame({"pk": pd.Series(dtype="int64"), "checks": 0.0, "checks_failed": 0.0})
    answers = _rows(survey, rehearsal, at, Trial.Kind.CHECK)
    asked = dict(answers.values_list("pk", "trial__asked_for"))
    owner = dict(answers.values_list("pk", "trial__participant_id"))
    wrong = set()
    for given in (
        answers.exclude(verdict="").values_list("pk", "verdict"),
        Rating.objects.filter(answer__in=answers).values_list("answer_id", "value"),
        Choice.objects.filter(answer__in=answers).values_list("answer_id", "value"),
    ):
        wrong |= {answer for answer, value in given if str(value) != asked[answer]}
    table = pd.DataFrame([(pk, answer in wrong) for answer, pk in owner.items()], columns=["pk", "failed"])
    counted = table.groupby("pk")["failed"].agg(checks="size", checks_failed="sum").reset_index()
    return counted.astype({"pk": "int64", "checks": float, "checks_failed": float})


def _repeats(rows: pd.DataFrame, pseudonyms: dict[int, str], clips: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Second answers, of those who gave a first one."""
    names = dict(zip(clips["pk"], clips["clip"], strict=True))
    verdict = rows["verdict"].replace("", np.nan).astype(object)
    named = rows.assign(participant=rows["participant"].map(pseudonyms), clip=rows["clip"].map(names), verdict=verdict)
    known = named.dropna(subset=["participant", "clip"]).sort_values(["participant", "position"], ignore_index=True)
    return known[["participant", "clip", "verdict", *keys, "position"]]


def clips_of(survey: Survey, heard) -> pd.DataFrame:
    """The survey's clips and all that were heard, named by their source and number."""
    clips = Clip.objects.filter(Q(pk__in=survey.clips.values("pk")) | Q(pk__in=[int(pk) for pk in heard]))
    fields = ["pk", "source__slug", "number", "source__name", "source__origin", "title"]
    measured = ["samples", "loudness", "true_peak", "midi_sha256", "content_sha256"]
    names = ["pk", "slug", "number", "source", "origin", "title", *measured]
    rows = clips.order_by("source_id", "number").values_list(*fields, *measured)
    table = pd.DataFrame.from_records(list(rows), columns=names)
    table.insert(1, "clip", table["slug"].astype(str) + "-" + table["number"].astype(str))
    return table.assign(seconds=table["samples"].astype(float) / CLIP_RATE).drop(columns=["slug", "samples"])


def sort_clips(clips: pd.DataFrame, sources: pd.Series) -> pd.DataFrame:
    """Clips as a file read from elsewhere has them: by source in showing order, then by name as people count."""
    place = pd.Series(pd.Categorical(clips["source"], categories=sources).codes, index=clips.index)
    return clips.iloc[np.lexsort([natural_order(clips["clip"]).to_numpy(str), place])].reset_index(drop=True)


def pseudonyms_of(survey: Survey, rows: pd.DataFrame) -> dict[int, str]:
    """A name for each participant that says nothing: made from all answers together and the installation's secret.

    The same answers give the same names, one answer more gives others: two tables cannot be joined by them, and
    without the secret nobody can tell in which order people came.
    """
    people = np.unique(rows["participant"].to_numpy(np.int64))
    digest = hashlib.sha256(f"{survey.pk}".encode())
    for column in rows.columns.drop("given"):
        codes = pd.factorize(rows[column])[0] if rows[column].dtype.kind not in "if" else rows[column].to_numpy(float)
        digest.update(np.ascontiguousarray(codes).tobytes())
    key = hmac.digest(settings.SECRET_KEY.encode(), digest.digest(), "sha256")
    shuffled = np.random.default_rng(int.from_bytes(key)).permutation(len(people)) + 1
    width = max(2, len(str(len(people))))
    return {person: f"P{number:0{width}d}" for person, number in zip(people.tolist(), shuffled.tolist(), strict=True)}


def _name_rows(rows: pd.DataFrame, pseudonyms: dict[int, str], clips: pd.DataFrame, sources: pd.Series) -> pd.DataFrame:
    """Numbers of rows become names; sorted by listener and position, which says nothing about who came when."""
    place = pd.Index(clips["pk"]).get_indexer(rows["clip"])
    verdict = rows["verdict"].replace("", np.nan)
    named = rows.assign(
        participant=pd.Categorical(rows["participant"].map(pseudonyms), categories=sorted(pseudonyms.values())),
        clip=pd.Categorical(clips["clip"].to_numpy()[place], categories=clips["clip"]),
        source=pd.Categorical(clips["source"].to_numpy()[place], categories=sources),
        origin=pd.Categorical(clips["origin"].to_numpy()[place], categories=["human", "ai", "anchor"]),
        verdict=pd.Categorical(verdict, categories=["human", "ai"]),
        familiar=rows["familiar"].astype(float),
        order=rows["order"].astype("category"),
        given=rows["given"].astype("category"),
        seconds_heard=rows["seconds_heard"].astype(float),
        seconds_taken=rows["seconds_taken"].astype(float).round(1),
    )
    return named.sort_values(["participant", "position"]).reset_index(drop=True)


def people_of(survey: Survey, rehearsal: bool, at: Snapshot | None) -> pd.DataFrame:
    people = Participant.objects.filter(survey=survey, robot=rehearsal).order_by("pk")
    people = people.filter(consented__lte=at.taken) if at else people
    by_then = at.taken if at else datetime.max.replace(tzinfo=UTC)
    rows = list(people.values_list("pk", "order", "finished", "background"))
    table = pd.DataFrame.from_records(
        [(pk, order, finished is not None and finished <= by_then) for pk, order, finished, _ in rows],
        columns=["pk", "order", "finished"],
    ).astype({"finished": int})
    if not survey.asks_background:
        return table
    # It was said before the first answer, and never changes: every snapshot finds the same.
    return table.assign(**{name: [(answers or {}).get(name) for *_, answers in rows] for name in ABOUT_LISTENERS})


def add_pseudonyms(people: pd.DataFrame, pseudonyms: dict[int, str], answers: pd.DataFrame) -> pd.DataFrame:
    """Those who answered at least one clip."""
    counts = answers["participant"].value_counts()
    named = people.assign(participant=people["pk"].map(pseudonyms)).dropna(subset="participant")
    named = named.assign(answers=named["participant"].map(counts).astype(int))
    checked = ["checks", "checks_failed"] if named["checks"].notna().any() else []
    background = [name for name in ABOUT_LISTENERS if name in named]
    return named[["participant", "order", "finished", "answers", *checked, *background]].sort_values(
        "participant", ignore_index=True
    )


def aspect_of(row) -> Aspect:
    return Aspect(row.key, row.label, row.question, row.low, row.high, lowest=1, highest=row.points)
