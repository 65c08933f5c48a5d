"""Which pairs a participant hears: any two sources equally often, each clip of a source too, A and B alternating.

Knows no rows: clips and sources are any hashable values. All randomness comes from `rng`.
"""

import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

Clip = Hashable
Source = Hashable
Pair = tuple[Clip, Clip]


@dataclass
class Tally:
    """Counts over the pairs that are answered or reserved; a new pair is counted immediately."""

    source_of: Mapping[Clip, Source]
    met: Counter = field(default_factory=Counter)  # {source, source} -> how often they met
    first: Counter = field(default_factory=Counter)  # (source, source) -> how often in this order
    heard: Counter = field(default_factory=Counter)  # clip -> how often it was heard

    def add(self, a: Clip, b: Clip, times: int = 1) -> None:
        if a in self.source_of and b in self.source_of:
            s, t = self.source_of[a], self.source_of[b]
            self.met[frozenset((s, t))] += times
            self.first[s, t] += times
        for clip in (a, b):
            self.heard[clip] += times


def draw_pairs(
    sources: Mapping[Source, Sequence[Clip]], plans: Mapping[Pair, int], *, number: int, rng: random.Random
) -> list[Pair]:
    """The pairs for the next participant, in no particular order.

    Parameters
    ----------
    sources : the clips of each source
    plans : how many plans have a pair, first clip and second clip
    number : how many pairs

    Returns
    -------
    That many pairs, or all there are; never two clips of one source, never the same two clips again. Counted over all
    participants, any two sources have met equally often, give or take one. The same holds for the clips of a source, as
    long as no participant must hear a clip twice. The source that has been first less often comes first.
    """
    source_of = {clip: source for source, clips in sources.items() for clip in clips}
    tally = Tally(source_of)
    for (a, b), times in plans.items():
        tally.add(a, b, times)
    meetings = [frozenset(two) for two in combinations(sources, 2)]
    own = Counter()
    drawn: list[Pair] = []
    while meetings and len(drawn) < number:
        fewest = min(tally.met[meeting] for meeting in meetings)
        meeting = rng.choice([meeting for meeting in meetings if tally.met[meeting] == fewest])
        pair = _choose_pair(meeting, sources, tally, own, drawn, rng)
        if pair is None:  # every clip of one source has met every clip of the other
            meetings.remove(meeting)
            continue
        drawn.append(pair)
        tally.add(*pair)
        own.update(pair)
    return drawn


def _choose_pair(
    meeting: frozenset[Source],
    sources: Mapping[Source, Sequence[Clip]],
    tally: Tally,
    own: Counter,
    drawn: list[Pair],
    rng: random.Random,
) -> Pair | None:
    """One clip of each source: heard least by this participant, then by all; in the order that was rarer so far."""
    s, t = sorted(meeting, key=lambda source: list(sources).index(source))
    together = {frozenset(pair) for pair in drawn}
    chance = {clip: rng.random() for source in (s, t) for clip in sources[source]}

    def rank(clip: Clip) -> tuple:
        return own[clip], tally.heard[clip], chance[clip]

    for a in sorted(sources[s], key=rank):
        for b in sorted(sources[t], key=rank):
            if frozenset((a, b)) not in together:
                ahead = tally.first[s, t] - tally.first[t, s]
                return (a, b) if ahead < 0 or (ahead == 0 and rng.random() < 0.5) else (b, a)
    return None
