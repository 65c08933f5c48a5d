"""Who hears which clips in which order: one transaction chooses clips and reserves them.

The first half knows no rows: clips and sources are any hashable values, and `exposure` counts how many plans, answered
or still reserved, have a clip at a position. All randomness comes from `rng`.
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

# After this time without an answer, the clips that a participant has not heard yet become free again.
RESERVED_FOR = timedelta(hours=2)
# A plan hardly improves after a few rounds of swaps, and with very many clips each round takes long.
ROUNDS_OF_SWAPS = 6

Clip = Hashable
Source = Hashable
ClipsBySource = dict[int, list[int]]  # primary keys
PositionsFor = Callable[[int], Sequence[int]]
Exposure = Mapping[tuple[Clip, int], int]  # (clip, position) -> how many plans have it there


def plan(
    sources: Mapping[Source, Sequence[Clip]],
    exposure: Exposure,
    *,
    number: int | None = None,
    positions_for: PositionsFor | None = None,
    rng: random.Random,
) -> list[Clip]:
    """The clips for the next participant, in the order of hearing.

    Parameters
    ----------
    sources : the clips of each source
    exposure : how many plans have a clip at a position, positions counted from 1
    number : how many clips to hear; None for all of them
    positions_for : gives the positions of a number of clips if there are other trials between them; default 1, 2, 3 ...
    rng : the source of randomness

    Returns
    -------
    Each clip at most once. Every source gives the same number of clips, or one more than others where `number` cannot
    be divided, or all it has. Within a source, the clips in the fewest plans come first, so that their exposure never
    differs by more than one as long as no reservation expires, and evens out after one does. Two clips of one source
    are neighbours only where that cannot be avoided. Among such orders, the function looks for one in which sources
    and clips are at positions where they have been least often.
    """
    source_of = {clip: source for source, clips in sources.items() for clip in clips}
    plans = Counter()
    for (clip, _), number_of_plans in exposure.items():
        plans[clip] += number_of_plans
    chosen = choose(sources, plans, number=number, rng=rng)
    positions = positions_for(len(chosen)) if positions_for else None
    return arrange(chosen, source_of, exposure, positions=positions, rng=rng)


def choose(
    sources: Mapping[Source, Sequence[Clip]], plans: Mapping[Clip, int], *, number: int | None, rng: random.Random
) -> list[Clip]:
    """Equally many clips of each source, those in the fewest plans first, ties broken at random."""
    plans = Counter(plans)
    rarest_first = {}
    for source, clips in sources.items():
        shuffled = rng.sample(list(clips), len(clips))
        rarest_first[source] = sorted(shuffled, key=lambda clip: plans[clip])
    if number is None:
        return [clip for clips in rarest_first.values() for clip in clips]

    plans_of_source = {source: sum(plans[clip] for clip in clips) for source, clips in sources.items()}
    tie = {source: rng.random() for source in sources}
    share = dict.fromkeys(sources, 0)
    for _ in range(number):
        with_more = [source for source in sources if share[source] < len(sources[source])]
        if not with_more:
            break
        share[min(with_more, key=lambda source: (share[source], plans_of_source[source], tie[source]))] += 1
    return [clip for source, clips in rarest_first.items() for clip in clips[: share[source]]]


def arrange(
    clips: Sequence[Clip],
    source_of: Mapping[Clip, Source],
    exposure: Exposure,
    *,
    positions: Sequence[int] | None = None,
    rng: random.Random,
) -> list[Clip]:
    """A sequence without neighbours of one source where possible, clips where they have been least often."""
    positions = range(1, len(clips) + 1) if positions is None else positions
    source_at = Counter()
    for (clip, position), number_of_plans in exposure.items():
        if clip in source_of:
            source_at[source_of[clip], position] += number_of_plans
    cost = {clip: [source_at[source_of[clip], p] + exposure.get((clip, p), 0) for p in positions] for clip in clips}

    # Try it backwards too: two alternating sources cannot change places by swaps that keep them alternating.
    sequence = _spread(clips, source_of, rng)
    sequence = min(sequence, sequence[::-1], key=lambda order: sum(cost[clip][i] for i, clip in enumerate(order)))
    pairs = [(a, b) for a in range(len(sequence)) for b in range(a)]
    for _ in range(ROUNDS_OF_SWAPS):
        rng.shuffle(pairs)
        improved = False
        for a, b in pairs:
            x, y = sequence[a], sequence[b]
            if cost[x][b] + cost[y][a] >= cost[x][a] + cost[y][b]:
                continue
            before = _neighbours(sequence, source_of, a, b)
            sequence[a], sequence[b] = y, x
            if _neighbours(sequence, source_of, a, b) > before:
                sequence[a], sequence[b] = x, y
            else:
                improved = True
        if not improved:
            break
    return sequence


def _spread(clips: Sequence[Clip], source_of: Mapping[Clip, Source], rng: random.Random) -> list[Clip]:
    """Always a clip of the source with most clips left, never the same source twice in a row while another has clips.

    This gives the fewest possible neighbours of one source.
    """
    remaining: dict[Source, list[Clip]] = {}
    for clip in rng.sample(list(clips), len(clips)):
        remaining.setdefault(source_of[clip], []).append(clip)
    sequence: list[Clip] = []
    while remaining:
        last = source_of[sequence[-1]] if sequence else None
        others = [source for source in remaining if source != last or len(remaining) == 1]
        most = max(len(remaining[source]) for source in others)
        source = rng.choice([source for source in others if len(remaining[source]) == most])
        sequence.append(remaining[source].pop())
        if not remaining[source]:
            del remaining[source]
    return sequence


def _neighbours(sequence: Sequence[Clip], source_of: Mapping[Clip, Source], a: int, b: int) -> int:
    """How many pairs of neighbours around the indices a and b are of one source."""
    seams = {seam for seam in (a - 1, a, b - 1, b) if 0 <= seam < len(sequence) - 1}
    return sum(source_of[sequence[seam]] == source_of[sequence[seam + 1]] for seam in seams)


# --- With rows ---------------------------------------------------------------------------------------


@transaction.atomic
def admit(survey: Survey, *, code: str | None = None, robot: bool = False, rehearsal: str = "") -> Participant:
    """A new participant with all trials reserved, or the participant who has this code already.

    Meanwhile the survey's row is locked (on SQLite the whole file), so that no two plans use the same counts and no two
    participants get the same number.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    code = code or personal_code()
    existing = Participant.objects.filter(survey=survey, code=code).first()
    if existing:
        existing.survey = survey
        return existing

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
    """Practice, then the clips or pairs that count, with checks and repeats among them."""
    sources = clips_by_source(survey)
    practice = _practice_steps(survey)
    drawn: list[Positions] = []

    def positions_for(number: int) -> list[int]:
        drawn.append(
            draw_positions(number, practice=len(practice), checks=survey.checks, repeats=survey.repeats, rng=rng)
        )
        return drawn[0].real

    design = _pair_steps if survey.compares else _rating_steps
    real = design(survey, sources, positions_for, robot=robot, now=now, rng=rng)
    return build_sequence(
        practice,
        real,
        drawn[0],
        source_of={clip: source for source, clips in sources.items() for clip in clips},
        asked_for=check_answers(survey) if survey.checks else [],
        rng=rng,
    )


def _rating_steps(
    survey: Survey,
    sources: ClipsBySource,
    positions_for: PositionsFor,
    *,
    robot: bool,
    now: datetime,
    rng: random.Random,
) -> list[Step]:
    exposure = count_plans_by_position(survey, robot=robot, now=now)
    clips = plan(sources, exposure, number=survey.clips_per_participant, positions_for=positions_for, rng=rng)
    return [Step(Trial.Kind.RATING, clip) for clip in clips]


def _pair_steps(
    survey: Survey,
    sources: ClipsBySource,
    positions_for: PositionsFor,
    *,
    robot: bool,
    now: datetime,
    rng: random.Random,
) -> list[Step]:
    """Pairs in a sequence in which the same two sources meet twice in a row only where that cannot be avoided."""
    pairs = draw_pairs(sources, count_plans_by_pair(survey, robot=robot, now=now), number=survey.clips_each, rng=rng)
    source_of = {clip: source for source, clips in sources.items() for clip in clips}
    meeting_of = {pair: frozenset(source_of[clip] for clip in pair) for pair in pairs}
    sequence = arrange(pairs, meeting_of, {}, positions=positions_for(len(pairs)), rng=rng)
    return [Step(Trial.Kind.PAIR, a, b) for a, b in sequence]


def _practice_steps(survey: Survey) -> list[Step]:
    """The same for every participant, in the same order."""
    if not survey.practice:
        return []
    clips = list(survey.practice_clips.order_by("pk").values_list("pk", flat=True))
    size = survey.clips_per_trial
    return [Step(Trial.Kind.PRACTICE, *trial) for trial in zip(*(clips[i::size] for i in range(size)), strict=False)]


def check_answers(survey: Survey) -> list[str]:
    """The answers that an attention check may ask for: those that each of its questions offers."""
    if survey.compares:
        return [value for value in Preference.values if survey.ties or value != Preference.TIE]
    points = min(survey.aspects.values_list("points", flat=True), default=0)
    return [str(value) for value in range(1, points + 1)] or list(Verdict.values)


def clips_by_source(survey: Survey) -> ClipsBySource:
    sources: ClipsBySource = {}
    for clip, source in survey.clips.order_by("source_id", "number").values_list("pk", "source_id"):
        sources.setdefault(source, []).append(clip)
    return sources


def count_plans_by_position(survey: Survey, *, robot: bool, now) -> dict[tuple[int, int], int]:
    """How many plans have each clip at each position; people and robots are counted separately."""
    return _count_plans(survey, Trial.Kind.RATING, ("clip_id", "position"), robot=robot, now=now)


def count_plans_by_pair(survey: Survey, *, robot: bool, now) -> dict[tuple[int, int], int]:
    """How many plans have each pair, in this order."""
    return _count_plans(survey, Trial.Kind.PAIR, ("clip_id", "clip_b_id"), robot=robot, now=now)


def _count_plans(survey: Survey, kind: str, by: tuple[str, str], *, robot: bool, now) -> dict[tuple[int, int], int]:
    # `robot=False` would become NOT robot, for which SQLite does not use the index `exposure`.
    trials = Trial.objects.filter(survey=survey, robot__in=[robot], kind=kind).active(now).order_by()
    return {(one, other): plans for one, other, plans in trials.values_list(*by).annotate(plans=Count("pk"))}


def plans_per_clip(survey: Survey) -> Counter:
    """For each clip, how many people have it in their plan, answered or pending."""
    plans = Counter()
    if survey.compares:
        for pair, number in count_plans_by_pair(survey, robot=False, now=clock.now()).items():
            plans.update(dict.fromkeys(pair, number))
    else:
        for (clip, _), number in count_plans_by_position(survey, robot=False, now=clock.now()).items():
            plans[clip] += number
    return plans
