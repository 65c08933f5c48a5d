"""What one participant goes through, in order: practice, then what counts, with checks and repeats among it.

Knows no rows. A step is a kind of trial with its clip or clips; all chance comes in as `rng`.
"""

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Clip = Hashable
FAR_ENOUGH = 4  # trials between hearing a clip and hearing it again, where there are so many


@dataclass(frozen=True)
class Step:
    kind: str  # practice, rating, pair, check or repeat
    clip: Clip
    clip_b: Clip | None = None
    asked_for: str = ""

    def swap(self) -> "Step":
        """The same two clips, A and B exchanged; one clip stays as it is."""
        return self if self.clip_b is None else Step(self.kind, self.clip_b, self.clip, self.asked_for)

    def again(self, kind: str, asked_for: str = "") -> "Step":
        return Step(kind, self.clip, self.clip_b, asked_for)


@dataclass(frozen=True)
class Positions:
    """Positions, counted from 1, practice included."""

    real: list[int]
    checks: list[int]
    repeats: list[int]


def draw_positions(number: int, *, practice: int, checks: int, repeats: int, rng: random.Random) -> Positions:
    """Where `number` real trials, checks and repeats stand after the practice.

    Repeats stand in the last third, so that something lies between; a check in each equal part of the way. The first
    is a real one.
    """
    if not number:
        return Positions([], [], [])
    total = number + checks + repeats
    late = range(total - max(repeats, total // 3) + 1, total + 1)
    for_repeats = sorted(rng.sample(list(late), repeats)) if repeats else []
    free = [place for place in range(2, total + 1) if place not in for_repeats]
    for_checks = [
        rng.choice(free[part * len(free) // checks : (part + 1) * len(free) // checks]) for part in range(checks)
    ]
    real = [place for place in range(1, total + 1) if place not in {*for_repeats, *for_checks}]
    return Positions(*([practice + place for place in kind] for kind in (real, for_checks, for_repeats)))


def build_sequence(
    practice: Sequence[Step],
    real: Sequence[Step],
    where: Positions,
    *,
    source_of: Mapping[Clip, Hashable],
    asked_for: Sequence[str],
    rng: random.Random,
) -> list[Step]:
    """All steps, position 1 first: a repeat takes up something rated a while before, a check something rated already.

    Nothing is heard twice before it counts; `asked_for` are the answers that a check may ask for.
    """
    at = dict(zip(where.real, real, strict=True))
    taken: set[Step] = set()
    for place in where.repeats:
        step = min(_before(where.real, place), key=lambda p: _unfit(p, place, at, source_of, taken, rng))
        taken.add(at[step])
        at[place] = at[step].swap().again("repeat")
    for place in where.checks:
        candidates = _before(where.real, place)
        fresh = [p for p in candidates if at[p] not in taken] or candidates
        at[place] = at[rng.choice(fresh)].again("check", rng.choice(list(asked_for)))
    return [*practice, *(at[place] for place in sorted(at))]


def _before(real: Sequence[int], place: int) -> list[int]:
    return [p for p in real if p < place]


def _unfit(p: int, place: int, at, source_of, taken, rng: random.Random) -> tuple:
    """Rather not: taken up already, heard just now, of a source that stands beside it; then by chance."""
    neighbours = {source_of.get(at[beside].clip) for beside in (place - 1, place + 1) if beside in at}
    near = -min(place - p, FAR_ENOUGH + 1)
    return at[p] in taken, near, source_of.get(at[p].clip) in neighbours, rng.random()
