"""Who hears what, in which order: one transaction that picks clips and reserves them.

The first half knows no rows: clips and sources are any values that compare equal to themselves, `held` counts how
often a clip stands at a position in plans that are answered or still reserved. All chance comes in as `rng`.
"""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max

from surveys import clock
from surveys.allocation.pair_allocation import draw_pairs
from surveys.allocation.trial_sequence import Positions, Step, build_sequence, draw_positions
from surveys.codes import audio_key, personal_code
from surveys.models import Participant, Preference, Survey, Trial, Verdict

# A participant who has not gone on for this long gives back the clips not yet heard.
RESERVED_FOR = timedelta(hours=2)
# A plan gets no better after a few rounds of exchanges; with very many clips, time is worth more than the last one.
ROUNDS_OF_EXCHANGES = 6

Clip = Hashable
Source = Hashable
Held = Mapping[tuple[Clip, int], int]  # (clip, position) -> how many plans have it there


def plan(
    sources: Mapping[Source, Sequence[Clip]],
    held: Held,
    *,
    number: int | None = None,
    where: Callable[[int], Sequence[int]] | None = None,
    rng: random.Random,
) -> list[Clip]:
    """The clips for the next participant, in the order of hearing.

    Parameters
    ----------
    sources : the clips of each source
    held : how many plans have a clip at a position, positions counted from 1
    number : how many clips to hear; None for all of them
    where : the positions of so many clips, where something else stands between them; left out: 1, 2, 3 ...
    rng : where chance comes from

    Returns
    -------
    Each clip at most once. Every source gives the same number of clips, or one more than others where `number` cannot
    be divided, or all it has; within a source the clips heard least so far come first, so that their exposure never
    differs by more than one as long as no reservation expires, and evens out again when one does. Two clips of one
    source follow each other only where that cannot be avoided. Among such orders, one is sought in which sources and
    clips stand where they stood least so far.
    """
    source_of = {clip: source for source, clips in sources.items() for clip in clips}
    exposure = Counter()
    for (clip, _), times in held.items():
        exposure[clip] += times
    chosen = choose(sources, exposure, number=number, rng=rng)
    return arrange(chosen, source_of, held, where=where(len(chosen)) if where else None, rng=rng)


def choose(
    sources: Mapping[Source, Sequence[Clip]], exposure: Mapping[Clip, int], *, number: int | None, rng: random.Random
) -> list[Clip]:
    """Equally many clips of each source, the least heard ones first, ties broken by chance."""
    heard = Counter(exposure)
    least_heard_first = {}
    for source, clips in sources.items():
        shuffled = rng.sample(list(clips), len(clips))
        least_heard_first[source] = sorted(shuffled, key=lambda clip: heard[clip])
    if number is None:
        return [clip for clips in least_heard_first.values() for clip in clips]

    heard_of_source = {source: sum(heard[clip] for clip in clips) for source, clips in sources.items()}
    tie = {source: rng.random() for source in sources}
    taken = dict.fromkeys(sources, 0)
    for _ in range(number):
        with_more = [source for source in sources if taken[source] < len(sources[source])]
        if not with_more:
            break
        taken[min(with_more, key=lambda source: (taken[source], heard_of_source[source], tie[source]))] += 1
    return [clip for source, clips in least_heard_first.items() for clip in clips[: taken[source]]]


def arrange(
    clips: Sequence[Clip],
    source_of: Mapping[Clip, Source],
    held: Held,
    *,
    where: Sequence[int] | None = None,
    rng: random.Random,
) -> list[Clip]:
    """An order without neighbours of one source where possible, each clip where it and its source stood least."""
    where = range(1, len(clips) + 1) if where is None else where
    at_position = Counter()
    for (clip, position), times in held.items():
        if clip in source_of:
            at_position[source_of[clip], position] += times
    crowded = {clip: [at_position[source_of[clip], p] + held.get((clip, p), 0) for p in where] for clip in clips}

    # Backwards as well: two sources in turn cannot change places by exchanges that keep them in turn.
    order = _apart(clips, source_of, rng)
    order = min(order, order[::-1], key=lambda order: sum(crowded[clip][place] for place, clip in enumerate(order)))
    pairs = [(a, b) for a in range(len(order)) for b in range(a)]
    for _ in range(ROUNDS_OF_EXCHANGES):
        rng.shuffle(pairs)
        improved = False
        for a, b in pairs:
            x, y = order[a], order[b]
            if crowded[x][b] + crowded[y][a] >= crowded[x][a] + crowded[y][b]:
                continue
            before = _neighbours(order, source_of, a, b)
            order[a], order[b] = y, x
            if _neighbours(order, source_of, a, b) > before:
                order[a], order[b] = x, y
            else:
                improved = True
        if not improved:
            break
    return order


def _apart(clips: Sequence[Clip], source_of: Mapping[Clip, Source], rng: random.Random) -> list[Clip]:
    """Always from the source with most clips left, never twice in a row while another is left: as few neighbours of
    one source as there can be."""
    left: dict[Source, list[Clip]] = {}
    for clip in rng.sample(list(clips), len(clips)):
        left.setdefault(source_of[clip], []).append(clip)
    order: list[Clip] = []
    while left:
        last = source_of[order[-1]] if order else None
        others = [source for source in left if source != last or len(left) == 1]
        most = max(len(left[source]) for source in others)
        source = rng.choice([source for source in others if len(left[source]) == most])
        order.append(left[source].pop())
        if not left[source]:
            del left[source]
    return order


def _neighbours(order: Sequence[Clip], source_of: Mapping[Clip, Source], a: int, b: int) -> int:
    """How many pairs of neighbours around the places a and b are of one source."""
    seams = {seam for seam in (a - 1, a, b - 1, b) if 0 <= seam < len(order) - 1}
    return sum(source_of[order[seam]] == source_of[order[seam + 1]] for seam in seams)


# --- With rows ---------------------------------------------------------------------------------------


@transaction.atomic
def admit(survey: Survey, *, code: str | None = None, robot: bool = False, rehearsal: str = "") -> Participant:
    """A new participant with all trials reserved; with a code that is known already, the participant who has it.

    The survey's row is locked meanwhile (on SQLite the whole file is): nobody else's plan is made from the same
    counts, nobody gets the same number.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    code = code or personal_code()
    known = Participant.objects.filter(survey=survey, code=code).first()
    if known:
        known.survey = survey
        return known

    last = survey.participants.filter(robot=robot).aggregate(Max("number"))["number__max"] or 0
    participant = Participant.objects.create(
        survey=survey,
        code=code,
        number=last + 1,
        robot=robot,
        rehearsal=rehearsal,
        order=survey.question_order(last + 1),
        consent_version=survey.consent_version,
    )
    now = clock.now()
    rng = random.Random(f"{survey.seed} {'robot' if robot else 'person'} {participant.number}")
    steps = plan_steps(survey, robot=robot, now=now, rng=rng)
    Trial.objects.bulk_create(
        Trial(
            participant=participant,
            kind=step.kind,
            clip_id=step.clip,
            clip_b_id=step.clip_b,
            audio_key_b=audio_key() if step.clip_b else None,
            asked_for=step.asked_for,
            position=position,
            reserved_until=now + RESERVED_FOR,
        )
        for position, step in enumerate(steps, start=1)
    )
    return participant


def plan_steps(survey: Survey, *, robot: bool, now: datetime, rng: random.Random) -> list[Step]:
    """Practice, the clips or pairs that count, and among them the checks and repeats."""
    sources = clips_by_source(survey)
    practice = _practice(survey)
    spots: list[Positions] = []

    def where(number: int) -> list[int]:
        beside = {"practice": len(practice), "checks": survey.checks, "repeats": survey.repeats}
        spots.append(draw_positions(number, **beside, rng=rng))
        return spots[0].real

    if survey.compares:
        real = _pairs(survey, sources, where, robot=robot, now=now, rng=rng)
    else:
        held = count_plans_by_position(survey, robot=robot, now=now)
        order = plan(sources, held, number=survey.clips_per_participant, where=where, rng=rng)
        real = [Step(Trial.Kind.RATING, clip) for clip in order]
    return build_sequence(
        practice,
        real,
        spots[0],
        source_of={clip: source for source, clips in sources.items() for clip in clips},
        asked_for=check_answers(survey) if survey.checks else [],
        rng=rng,
    )


def _pairs(survey: Survey, sources, where, *, robot: bool, now: datetime, rng: random.Random) -> list[Step]:
    """Pairs in an order in which the same two sources meet twice in a row only where that cannot be avoided."""
    drawn = draw_pairs(sources, count_plans_by_pair(survey, robot=robot, now=now), number=survey.clips_each, rng=rng)
    source_of = {clip: source for source, clips in sources.items() for clip in clips}
    meeting_of = {pair: frozenset(source_of[clip] for clip in pair) for pair in drawn}
    order = arrange(drawn, meeting_of, {}, where=where(len(drawn)), rng=rng)
    return [Step(Trial.Kind.PAIR, a, b) for a, b in order]


def _practice(survey: Survey) -> list[Step]:
    """The same for everybody, in the same order."""
    if not survey.practice:
        return []
    clips = list(survey.practice_clips.order_by("pk").values_list("pk", flat=True))
    if survey.compares:
        return [Step(Trial.Kind.PRACTICE, a, b) for a, b in zip(clips[::2], clips[1::2], strict=False)]
    return [Step(Trial.Kind.PRACTICE, clip) for clip in clips]


def check_answers(survey: Survey) -> list[str]:
    """What a check may ask for: an answer that each of its questions offers."""
    if survey.compares:
        return [value for value in Preference.values if survey.ties or value != Preference.TIE]
    points = min(survey.aspects.values_list("points", flat=True), default=0)
    return [str(value) for value in range(1, points + 1)] or list(Verdict.values)


def clips_by_source(survey: Survey) -> dict[int, list[int]]:
    sources: dict[int, list[int]] = {}
    for clip, source in survey.clips.order_by("source_id", "number").values_list("pk", "source_id"):
        sources.setdefault(source, []).append(clip)
    return sources


def count_plans_by_position(survey: Survey, *, robot: bool, now) -> dict[tuple[int, int], int]:
    """How many plans have each clip at each position; people and robots are counted apart."""
    rows = (
        # `robot=False` becomes NOT robot, for which SQLite leaves the index `exposure` and sorts.
        Trial.objects.filter(survey=survey, robot__in=[robot], kind=Trial.Kind.RATING)
        .active(now)
        .order_by()
        .values_list("clip_id", "position")
        .annotate(times=Count("pk"))
    )
    return {(clip, position): times for clip, position, times in rows}


def count_plans_by_pair(survey: Survey, *, robot: bool, now) -> dict[tuple[int, int], int]:
    """How many plans have each pair, in this order."""
    rows = (
        Trial.objects.filter(survey=survey, robot__in=[robot], kind=Trial.Kind.PAIR)
        .active(now)
        .order_by()
        .values_list("clip_id", "clip_b_id")
        .annotate(times=Count("pk"))
    )
    return {(a, b): times for a, b, times in rows}


def plans_per_clip(survey: Survey) -> Counter:
    """In how many people's plans each clip counts, answered or still to be heard."""
    heard = Counter()
    if survey.compares:
        for pair, times in count_plans_by_pair(survey, robot=False, now=clock.now()).items():
            heard.update(dict.fromkeys(pair, times))
    else:
        for (clip, _), times in count_plans_by_position(survey, robot=False, now=clock.now()).items():
            heard[clip] += times
    return heard
