"""The trials of one participant in order: practice, then the real trials, with checks and repeats among them.

Knows no rows. A step is a kind of trial with its clip or clips. All randomness comes from `rng`.
"""

import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Clip = Hashable
FAR_ENOUGH = 4  # trials between a clip and its repeat, where there are enough of them


@dataclass(frozen=True)
class Step:
    kind: str  # practice, rating, pair, check or repeat
    clip: Clip
    clip_b: Clip | None = None
    asked_for: str = ""

    def swap(self) -> "Step":
        """With clips A and B exchanged; a single clip stays as it is."""
        return self if self.clip_b is None else Step(self.kind, self.clip_b, self.clip, self.asked_for)

    def copy_as(self, kind: str, asked_for: str = "") -> "Step":
        return Step(kind, self.clip, self.clip_b, asked_for)


@dataclass(frozen=True)
class Positions:
    """Positions of the trials, counted from 1 and including practice."""

    real: list[int]
    checks: list[int]
    repeats: list[int]


def draw_positions(number: int, *, practice: int, checks: int, repeats: int, rng: random.Random) -> Positions:
    """The positions of `number` real trials, and of checks and repeats, after the practice.

    Repeats are in the last third, so that other trials come in between. Each equal part of the survey has one check.
    The first trial is a real one.
    """
    if not number:
        return Positions([], [], [])
    total = number + checks + repeats
    late = range(total - max(repeats, total // 3) + 1, total + 1)
    for_repeats = sorted(rng.sample(list(late), repeats)) if repeats else []
    free = [position for position in range(2, total + 1) if position not in for_repeats]
    for_checks = [
        rng.choice(free[part * len(free) // checks : (part + 1) * len(free) // checks]) for part in range(checks)
    ]
    real = [position for position in range(1, total + 1) if position not in {*for_repeats, *for_checks}]
    return Positions(*([practice + position for position in kind] for kind in (real, for_checks, for_repeats)))


def build_sequence(
    practice: Sequence[Step],
    real: Sequence[Step],
    positions: Positions,
    *,
    source_of: Mapping[Clip, Hashable],
    asked_for: Sequence[str],
    rng: random.Random,
) -> list[Step]:
    """All steps in order: a repeat is a copy of a trial some time earlier, a check a copy of any earlier trial.

    Nothing is heard twice before it counts; `asked_for` are the answers that a check may ask for.
    """
    steps = dict(zip(positions.real, real, strict=True))  # by position
    repeated: set[Step] = set()
    for position in positions.repeats:
        candidates = _earlier(positions.real, position)
        original = min(candidates, key=lambda p: _unsuitability(p, position, steps, source_of, repeated, rng))
        repeated.add(steps[original])
        steps[position] = steps[original].swap().copy_as("repeat")
    for position in positions.checks:
        candidates = _earlier(positions.real, position)
        candidates = [p for p in candidates if steps[p] not in repeated] or candidates
        steps[position] = steps[rng.choice(candidates)].copy_as("check", rng.choice(list(asked_for)))
    return [*practice, *(steps[position] for position in sorted(steps))]


def _earlier(real: Sequence[int], position: int) -> list[int]:
    return [p for p in real if p < position]


def _unsuitability(
    original: int,
    position: int,
    steps: Mapping[int, Step],
    source_of: Mapping[Clip, Hashable],
    repeated: set[Step],
    rng: random.Random,
) -> tuple[bool, int, bool, float]:
    """How badly a trial suits a repeat: repeated already, too recent, next to its own source; then at random."""
    neighbours = {source_of.get(steps[p].clip) for p in (position - 1, position + 1) if p in steps}
    nearness = -min(position - original, FAR_ENOUGH + 1)
    clip = steps[original].clip
    return steps[original] in repeated, nearness, source_of.get(clip) in neighbours, rng.random()
